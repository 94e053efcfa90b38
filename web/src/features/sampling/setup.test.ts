import { describe, expect, it } from "vitest";
import type { Selection, Strategy } from "../../api/selections";
import { reasonAgainst, setupOf, USUAL, wantedOf } from "./setup";

const representative = {
  name: "representative",
  needs: [],
  parameters: {
    properties: {
      strategy: { const: "representative" },
      landmarks: { default: 2000, minimum: 10, maximum: 20000, type: "integer", title: "Landmarks" },
    },
  },
} as unknown as Strategy;
const tag = { id: "t", size: 1906 };

describe("what is asked of the server", () => {
  it("has the usual values until something is set", () => {
    expect(wantedOf(USUAL, representative, tag, "e")).toEqual({
      errors: {},
      body: {
        tag_id: "t",
        embedding_id: "e",
        strategy: { strategy: "representative", landmarks: 2000 },
        n_samples: 200,
        seed: 0,
        preselected_tag_id: null,
      },
    });
    expect(wantedOf(USUAL, representative, { id: "t", size: 7 }, "e").body?.n_samples).toBe(7);
  });

  it("is nothing while a number or a parameter is wrong, which is said at its field", () => {
    const setup = {
      ...USUAL,
      numbers: { t: "2,000", other: "1" },
      drafts: { representative: { landmarks: "3" } },
    };
    const { body, errors } = wantedOf(setup, representative, tag, "e");
    expect(body).toBeNull();
    expect(errors).toEqual({
      n_samples: "Enter a whole number from 1 to 1,906.",
      landmarks: "Enter a whole number from 10 to 20,000.",
    });
  });

  it("says why a strategy cannot run here", () => {
    const similar = { ...representative, needs: ["preselected"] };
    expect(reasonAgainst(representative, null)).toBeNull();
    expect(reasonAgainst({ ...representative, needs: ["scores"] }, null)).toMatch(/^Needs scores: /);
    expect([reasonAgainst(similar, null) === null, reasonAgainst(similar, "t")]).toEqual([false, null]);
    expect(wantedOf(USUAL, similar, tag, "e").body).toBeNull();
  });
});

describe("what a selection was made with", () => {
  const selection = {
    tag_id: "t",
    embedding_id: "e",
    strategy: { strategy: "representative", landmarks: 500 },
    n_samples: 40,
    preselected_tag_id: "kept",
  } as unknown as Selection;

  it("asks for the same again", () => {
    const setup = setupOf(selection, [representative]);
    expect(setup && wantedOf(setup, representative, tag, "e").body).toEqual({ ...selection, seed: 0 });
  });

  it("is not told before the strategies are known", () => {
    expect(setupOf(selection, [])).toBeNull();
    expect(setupOf(undefined, [representative])).toBeNull();
  });
});
