import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ActiveStore, counterOf } from "./active";
import { bitsOf, countBits } from "./bits";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function loaded(): ActiveStore {
  const store = new ActiveStore({ tagId: "t", selectionId: null, keep: 0 });
  store.load("s", 100);
  return store;
}

describe("undo of the unsaved change", () => {
  it("takes a drag of the slider as one step", () => {
    const store = loaded();
    for (let keep = 101; keep <= 150; keep++) store.setKeep(keep);
    vi.advanceTimersByTime(1000);
    store.setKeep(200);
    store.undo();
    expect(store.get()).toMatchObject({ selectionId: "s", keep: 150, canUndo: true, canRedo: true });
    store.undo();
    expect(store.get().keep).toBe(100);
    store.undo();
    expect(store.get()).toMatchObject({ tagId: "t", selectionId: null, canUndo: false });
    store.redo();
    store.redo();
    store.redo();
    expect(store.get()).toMatchObject({ selectionId: "s", keep: 200, canRedo: false });
  });

  it("forgets what was undone once something else is done", () => {
    const store = loaded();
    store.setKeep(5);
    store.undo();
    store.setKeep(6);
    store.settle();
    expect(store.get()).toMatchObject({ keep: 6, canRedo: false });
  });

  it("starts over with another tag", () => {
    const store = loaded();
    store.setDraftName("mine");
    store.selectTag("other");
    expect(store.get()).toEqual({
      tagId: "other",
      selectionId: null,
      keep: 0,
      canUndo: false,
      canRedo: false,
      draftName: null,
      lost: null,
      ready: true,
    });
  });

  it("goes on to the tag of a later upload, unless that would leave a change behind", () => {
    const store = new ActiveStore({ tagId: "first", selectionId: null, keep: 0 });
    store.follow("second", "elsewhere");
    expect(store.get().tagId).toBe("first");
    store.follow("second", "first");
    expect(store.get().tagId).toBe("second");
    store.load("selection", 10);
    store.follow("third", "second");
    expect(store.get().tagId).toBe("second");
  });

  it("drops the change when the tag itself is chosen again, and brings it back", () => {
    const store = loaded();
    store.selectTag("t");
    expect(store.get()).toMatchObject({ tagId: "t", selectionId: null });
    store.undo();
    expect(store.get()).toMatchObject({ tagId: "t", selectionId: "s", keep: 100 });
  });

  it("does not bring back a selection that was removed", () => {
    const store = loaded();
    store.load("gone", 7);
    store.load("s", 100);
    store.load("gone", 8);
    store.load("later", 9);
    store.undo();
    store.load("later", 10);
    store.forget(new Set(["gone"]));
    store.undo();
    expect(store.get()).toMatchObject({ selectionId: "s", keep: 100, lost: null });
    store.undo();
    expect(store.get()).toMatchObject({ selectionId: null, canUndo: false });
    store.redo();
    store.redo();
    expect(store.get()).toMatchObject({ selectionId: "later", keep: 10, canRedo: false });
  });

  it("knows no way back to what was removed, and says what is lost until something else is chosen", () => {
    const store = loaded();
    store.setKeep(7);
    store.leave("tag", { tagId: "initial", selectionId: null, keep: 0 });
    expect(store.get()).toMatchObject({ tagId: "initial", lost: "tag", canUndo: false, canRedo: false });
    store.load("s", 3);
    expect(store.get()).toMatchObject({ tagId: "initial", selectionId: "s", lost: null });
  });

  it("is not disturbed by an address that lags behind the slider", () => {
    const store = loaded();
    store.setKeep(120);
    store.adopt({ tagId: "t", selectionId: "s", keep: 100 });
    expect(store.get().keep).toBe(120);
  });

  it("is ready once the address was read", () => {
    const store = new ActiveStore();
    expect(store.get().ready).toBe(false);
    store.adopt({ tagId: null, selectionId: null, keep: 0 });
    expect(store.get()).toMatchObject({ ready: true, tagId: null, canUndo: false });
  });

  it("keeps the address bar for when the slider rests", () => {
    const store = loaded();
    store.setKeep(7);
    expect(store.getSettled().keep).toBe(100);
    vi.advanceTimersByTime(1000);
    expect(store.getSettled().keep).toBe(7);
  });

  it("tells nobody when the address bar says what is there already", () => {
    const store = loaded();
    const listener = vi.fn();
    store.subscribe(listener);
    store.adopt({ tagId: "t", selectionId: "s", keep: 100 });
    expect(listener).not.toHaveBeenCalled();
    store.adopt({ tagId: "t", selectionId: "s", keep: 3 });
    expect(store.get()).toMatchObject({ keep: 3, canUndo: true });
  });
});

describe("counts", () => {
  const members = bitsOf([0, 1, 2, 3, 4, 5], 10);
  const plain = { members, nMembers: 6, order: null, preselected: null, nPreselected: 0 };

  it("are the members where there is no selection", () => {
    expect(counterOf(plain)(3)).toEqual({ active: 6, total: 6, changed: false });
  });

  it("are a prefix of the ranking", () => {
    const count = counterOf({ ...plain, order: new Uint32Array([5, 0, 3, 1, 2, 4]) });
    expect([0, 2, 99].map((keep) => count(keep).active)).toEqual([0, 2, 6]);
    expect([2, 6].map((keep) => count(keep).changed)).toEqual([true, false]);
  });

  it("leave out what has been deleted since the ranking was made", () => {
    const count = counterOf({ ...plain, order: new Uint32Array([5, 9, 3, 8]) });
    expect([1, 2, 3, 4].map((keep) => count(keep).active)).toEqual([1, 1, 2, 2]);
  });

  it("add the preselected samples, also those outside the tag", () => {
    const preselected = bitsOf([2, 7, 8], 10);
    const count = counterOf({
      ...plain,
      order: new Uint32Array([5, 0]),
      preselected,
      nPreselected: countBits(preselected),
    });
    expect(count(1)).toEqual({ active: 4, total: 8, changed: true });
  });
});
