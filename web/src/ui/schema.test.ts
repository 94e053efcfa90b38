import { describe, expect, it } from "vitest";
import { check, draftOf, fieldsOf, wanted } from "./schema";

// As pydantic writes it.
const schema = {
  properties: {
    strategy: { const: "x", default: "x", title: "Strategy", type: "string" },
    landmarks: { default: 2000, maximum: 20000, minimum: 10, title: "Landmarks", type: "integer" },
    radius: {
      anyOf: [{ exclusiveMinimum: 0, type: "number" }, { type: "null" }],
      default: null,
      title: "Radius",
    },
    power: { default: 2.0, exclusiveMinimum: 0, maximum: 16, title: "Power", type: "number" },
    minimum_distance: {
      default: 0,
      description: "Stop here.",
      minimum: 0,
      title: "Minimum Distance",
      type: "number",
    },
    clusters: {
      default: [1000, 100],
      items: { maximum: 20000, minimum: 2, type: "integer" },
      maxItems: 6,
      minItems: 1,
      title: "Clusters",
      type: "array",
    },
    within: { default: "random", enum: ["random", "coreset"], title: "Within", type: "string" },
    exact: { default: false, title: "Exact", type: "boolean" },
    targets: {
      anyOf: [{ additionalProperties: { type: "number" }, type: "object" }, { type: "null" }],
      default: null,
      title: "Targets",
    },
  },
};

const fields = fieldsOf(schema);

describe("a form from a schema", () => {
  it("has a field per parameter, but not for the strategy's own name", () => {
    expect(fields.map(({ name, kind, nullable }) => [name, kind, nullable])).toEqual([
      ["landmarks", "integer", false],
      ["radius", "number", true],
      ["power", "number", false],
      ["minimum_distance", "number", false],
      ["clusters", "numbers", false],
      ["within", "choice", false],
      ["exact", "boolean", false],
      ["targets", "json", true],
    ]);
    expect(fields[3]).toMatchObject({ label: "Minimum distance", description: "Stop here." });
  });

  it("sends the defaults when nothing is typed", () => {
    expect(check(fields, draftOf(fields))).toEqual({
      values: {
        landmarks: 2000,
        radius: null,
        power: 2,
        minimum_distance: 0,
        clusters: [1000, 100],
        within: "random",
        exact: false,
        targets: null,
      },
      errors: {},
    });
  });

  it("says what is wrong and what to enter", () => {
    const draft = {
      ...draftOf(fields),
      landmarks: "9.5",
      radius: "0",
      power: "17",
      clusters: "1",
      targets: "{",
    };
    expect(check(fields, draft).errors).toEqual({
      landmarks: "Enter a whole number from 10 to 20,000.",
      radius: "Enter a number above 0.",
      power: "Enter a number above 0, up to 16.",
      clusters: "Enter 1 to 6 whole numbers from 2 to 20,000, with commas between them.",
      targets: "Enter valid JSON.",
    });
    expect(check(fields, { ...draft, landmarks: "" }).errors.landmarks).toBe(
      "Enter a whole number from 10 to 20,000.",
    );
  });

  it("takes lists however they are parted", () => {
    expect(check(fields, { ...draftOf(fields), clusters: "300 30;3" }).values.clusters).toEqual([300, 30, 3]);
  });

  it("tells the range in words", () => {
    expect(fields.slice(0, 4).map(wanted)).toEqual([
      "a whole number from 10 to 20,000",
      "a number above 0",
      "a number above 0, up to 16",
      "a number from 0 up",
    ]);
  });
});
