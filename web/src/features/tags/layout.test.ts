import { describe, expect, it } from "vitest";
import { layoutTree, moveInTree } from "./layout";

const tag = (id: string, parentId: string | null) => ({ id, parentId });
const sketch = (tags: ReturnType<typeof tag>[], draft?: string) =>
  layoutTree(tags, draft).map(({ tag: { id }, lane, from, above, below }) => ({
    id,
    lane,
    from,
    above,
    below,
  }));

describe("the tag tree", () => {
  it("keeps a chain straight", () => {
    expect(sketch([tag("a", null), tag("b", "a"), tag("c", "b")])).toEqual([
      { id: "a", lane: 0, from: null, above: [], below: [0] },
      { id: "b", lane: 0, from: null, above: [0], below: [0] },
      { id: "c", lane: 0, from: null, above: [0], below: [] },
    ]);
  });

  it("branches several children off side by side, with the line running on to the last", () => {
    expect(sketch([tag("a", null), tag("b", "a"), tag("c", "a"), tag("b1", "b")])).toEqual([
      { id: "a", lane: 0, from: null, above: [], below: [0] },
      { id: "b", lane: 1, from: 0, above: [0], below: [0, 1] },
      { id: "b1", lane: 1, from: null, above: [0, 1], below: [0] },
      { id: "c", lane: 1, from: 0, above: [0], below: [] },
    ]);
  });

  it("does not move a tag when a draft appears beside it or leaves", () => {
    const before = sketch([tag("a", null)]);
    const withDraft = sketch([tag("a", null), tag("draft", "a")], "draft");
    expect(withDraft[0]?.lane).toBe(before[0]?.lane);
    expect(withDraft[1]).toEqual({ id: "draft", lane: 1, from: 0, above: [0], below: [] });
  });

  it("shows a tag whose parent is gone as a root", () => {
    expect(sketch([tag("b", "gone")])).toEqual([{ id: "b", lane: 0, from: null, above: [], below: [] }]);
  });

  it("tells a screen reader level, place and siblings", () => {
    const rows = layoutTree([tag("a", null), tag("b", "a"), tag("c", "a")]);
    expect(rows.map(({ level, place, siblings }) => [level, place, siblings])).toEqual([
      [1, 1, 1],
      [2, 1, 2],
      [2, 2, 2],
    ]);
  });

  it("is walked by keys", () => {
    const rows = layoutTree([tag("a", null), tag("b", "a"), tag("b1", "b"), tag("c", "a")]);
    expect(moveInTree("ArrowDown", 3, rows)).toBe(3);
    expect(moveInTree("ArrowLeft", 3, rows)).toBe(0);
    expect(moveInTree("ArrowRight", 0, rows)).toBe(1);
    expect(moveInTree("ArrowRight", 2, rows)).toBe(2);
    expect(moveInTree("End", 0, rows)).toBe(3);
    expect(moveInTree("a", 0, rows)).toBeNull();
  });
});
