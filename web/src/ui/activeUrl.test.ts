import { describe, expect, it } from "vitest";
import { choiceOf } from "./activeUrl";

const none = () => undefined;

describe("the address", () => {
  it("means the opening tag when it names none, and waits until that is known", () => {
    expect(choiceOf({}, undefined, none)).toBeNull();
    expect(choiceOf({}, "initial", none)).toEqual({ tagId: "initial", selectionId: null, keep: 0 });
    expect(choiceOf({}, null, none)).toEqual({ tagId: null, selectionId: null, keep: 0 });
  });

  it("can ask for all samples, which is no tag", () => {
    expect(choiceOf({ tag: "all" }, "initial", none)?.tagId).toBeNull();
  });

  it("means as many as the selection opens with when it names a selection without a number", () => {
    expect(choiceOf({ tag: "t", selection: "s", keep: 7 }, null, none)?.keep).toBe(7);
    expect(choiceOf({ tag: "t", selection: "s" }, null, none)).toBeNull();
    expect(choiceOf({ tag: "t", selection: "s" }, null, () => 200)?.keep).toBe(200);
  });
});
