import { describe, expect, it } from "vitest";
import { freeName, openingTag, savedAs, type Tag } from "./tags";

const tag = (id: string, kind: string) => ({ id, name: id, recipe: { kind } }) as unknown as Tag;

describe("tags", () => {
  it("open with the newest upload, whatever was sampled since", () => {
    const tags = [
      tag("initial-tag", "initial"),
      tag("a", "selection"),
      tag("upload-2", "upload"),
      tag("b", "selection"),
    ];
    expect(openingTag(tags)?.id).toBe("upload-2");
    expect(openingTag([])).toBeNull();
  });

  it("get a name that no other has", () => {
    const tags = [{ name: "representative-100" }, { name: "representative-100-2" }];
    expect(freeName("representative-100", tags)).toBe("representative-100-3");
    expect(freeName("typical-100", tags)).toBe("typical-100");
  });

  it("the tag that a point of a ranking was saved as is found by both", () => {
    const best = { selection_id: "s", recipe: { selection: { keep: 30 } } } as unknown as Tag;
    const tags = [tag("initial-tag", "initial"), best];
    expect(savedAs(tags, "s", 30)).toBe(best);
    expect(savedAs(tags, "s", 29)).toBeUndefined();
    expect(savedAs(tags, "t", 30)).toBeUndefined();
    expect(savedAs(tags, null, 0)).toBeUndefined();
    expect(savedAs(undefined, "s", 30)).toBeUndefined();
  });
});
