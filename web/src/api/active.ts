// The active set: which samples are kept right now. Plain TypeScript; `useActive` is its only tie to React.
//
// active = (members of the tag that are among the first `keep` of the selection) and all preselected samples;
// without a selection, the members of the tag. Counting needs no request: the ranking is here already.

import { useSyncExternalStore } from "react";
import { countUnion, hasBit } from "./bits";

export interface Choice {
  /** null: all samples, which is no tag. */
  readonly tagId: string | null;
  /** null: nothing has changed since the tag was made. */
  readonly selectionId: string | null;
  readonly keep: number;
}

export interface ActiveState extends Choice {
  /** False until the address bar has been read: nothing is worth loading before that. */
  readonly ready: boolean;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** The name typed for the tag to come; null until somebody types. */
  readonly draftName: string | null;
  /** What was asked for and is there no more, so that something else is shown. */
  readonly lost: Lost | null;
}

export type Lost = "tag" | "selection";

const NOTHING: Choice = { tagId: null, selectionId: null, keep: 0 };
const SETTLE_MS = 500; // after this long without a move, a drag of the slider is one step for undo
const HISTORY = 100;

export function sameChoice(a: Choice, b: Choice): boolean {
  return a.tagId === b.tagId && a.selectionId === b.selectionId && a.keep === b.keep;
}

/** The choice of one dataset with its undo history. A new tag starts a new history. */
export class ActiveStore {
  private now: Choice;
  private settled: Choice;
  private past: Choice[] = [];
  private future: Choice[] = [];
  private draftName: string | null = null;
  private lost: Lost | null = null;
  private ready: boolean;
  private state: ActiveState;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly listeners = new Set<() => void>();

  constructor(choice: Choice | null = null) {
    this.ready = choice !== null;
    this.now = this.settled = choice ?? NOTHING;
    this.state = this.compose();
  }

  readonly get = (): ActiveState => this.state;

  /** The choice once the slider rests: what belongs into the address bar. */
  readonly getSettled = (): Choice => this.settled;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Take over what the address bar says, without a step for undo where it names another tag. */
  adopt(choice: Choice): void {
    const known = this.ready && sameChoice(choice, this.settled);
    if (known) return; // also while the slider moves: the address lags behind it
    this.settle();
    if (!this.ready || choice.tagId !== this.settled.tagId) this.startOver(choice);
    else this.step(choice);
  }

  /** Show a tag as it is. On the present tag that drops the unsaved change, which undo brings back. */
  selectTag(tagId: string | null): void {
    this.settle();
    const choice = { tagId, selectionId: null, keep: 0 };
    if (tagId === this.now.tagId) this.step(choice);
    else this.startOver(choice);
  }

  /** Show something else in place of what was removed. There is no way back to that. */
  leave(lost: Lost, choice: Choice): void {
    this.settle();
    this.startOver(choice, lost);
  }

  /** Take removed selections out of the history: undo must not bring them back. */
  forget(selectionIds: ReadonlySet<string>): void {
    const stays = (choice: Choice) => choice.selectionId === null || !selectionIds.has(choice.selectionId);
    this.past = changes(this.past.filter(stays), this.settled);
    this.future = changes(this.future.filter(stays), this.settled);
    this.tell();
  }

  /** Go on to a tag that grew out of the one that is shown, unless a change of it is not saved yet. */
  follow(tagId: string, parentId: string): void {
    if (this.ready && this.now.tagId === parentId && this.now.selectionId === null) this.selectTag(tagId);
  }

  /** Show the first `keep` samples of a selection on the present tag. */
  load(selectionId: string, keep: number): void {
    this.settle();
    this.draftName = null;
    this.step({ ...this.now, selectionId, keep });
  }

  /** Move the slider. Moves that follow one another are one step for undo. */
  setKeep(keep: number): void {
    if (keep === this.now.keep) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.settle(), SETTLE_MS);
    this.now = { ...this.now, keep };
    this.tell();
  }

  setDraftName(name: string | null): void {
    this.draftName = name;
    this.tell();
  }

  /** End a drag of the slider now. */
  settle(): void {
    clearTimeout(this.timer);
    if (!sameChoice(this.now, this.settled)) this.step(this.now);
  }

  undo(): void {
    this.settle();
    const previous = this.past.pop();
    if (previous === undefined) return;
    this.future.push(this.settled);
    this.now = this.settled = previous;
    this.tell();
  }

  redo(): void {
    this.settle();
    const next = this.future.pop();
    if (next === undefined) return;
    this.past.push(this.settled);
    this.now = this.settled = next;
    this.tell();
  }

  private step(choice: Choice): void {
    if (sameChoice(choice, this.settled) && sameChoice(choice, this.now)) return;
    if (!sameChoice(choice, this.settled)) {
      this.past = [...this.past, this.settled].slice(-HISTORY);
      this.future = [];
    }
    this.now = this.settled = choice;
    this.lost = null;
    this.tell();
  }

  private startOver(choice: Choice, lost: Lost | null = null): void {
    this.past = [];
    this.future = [];
    this.draftName = null;
    this.lost = lost;
    this.ready = true;
    this.now = this.settled = choice;
    this.tell();
  }

  private compose(): ActiveState {
    const { past, future, draftName, lost, ready } = this;
    const moving = !sameChoice(this.now, this.settled);
    return {
      ...this.now,
      draftName,
      lost,
      ready,
      canUndo: past.length > 0 || moving,
      canRedo: future.length > 0 && !moving,
    };
  }

  private tell(): void {
    this.state = this.compose();
    for (const listener of this.listeners) listener();
  }
}

/** Steps that change something, the last of which leads to `next`. */
function changes(steps: Choice[], next: Choice): Choice[] {
  return steps.filter((step, index) => !sameChoice(step, steps[index + 1] ?? next));
}

/** What counting needs: the members of the tag and, of a loaded selection, its ranking. */
export interface ActiveFacts {
  readonly members: Uint8Array;
  readonly nMembers: number;
  readonly order: Uint32Array | null;
  /** Members of the preselected tag. */
  readonly preselected: Uint8Array | null;
  readonly nPreselected: number;
}

export interface ActiveCounts {
  /** Samples that are active now. */
  readonly active: number;
  /** Samples that could be: the tag's members and the preselected ones. */
  readonly total: number;
  /** Whether the active samples are others than the tag's. */
  readonly changed: boolean;
}

/** Answers how many samples are active for any `keep`, in constant time. */
export type Counter = (keep: number) => ActiveCounts;

export function counterOf(facts: ActiveFacts): Counter {
  const { members, nMembers, order, preselected, nPreselected } = facts;
  if (order === null) return () => ({ active: nMembers, total: nMembers, changed: false });
  const gone = missingBefore(order, members, preselected);
  const total = preselected === null ? nMembers : countUnion(members, preselected);
  return (keep) => {
    const k = Math.max(0, Math.min(keep, order.length));
    const active = nPreselected + k - (gone?.[k] ?? 0);
    return { active, total, changed: active !== nMembers || total !== nMembers };
  };
}

/** For each k, how many of the first k do not count: deleted since, or preselected. null: none at all. */
function missingBefore(
  order: Uint32Array,
  members: Uint8Array,
  preselected: Uint8Array | null,
): Uint32Array | null {
  const counts = (position: number) =>
    hasBit(members, position) && !(preselected !== null && hasBit(preselected, position));
  if (order.every(counts)) return null;
  const gone = new Uint32Array(order.length + 1);
  order.forEach((position, index) => {
    gone[index + 1] = (gone[index] ?? 0) + (counts(position) ? 0 : 1);
  });
  return gone;
}

const stores = new Map<string, ActiveStore>();

/** The store of a dataset, the same for everybody who asks. */
export function activeStore(datasetId: string): ActiveStore {
  let store = stores.get(datasetId);
  if (store === undefined) {
    store = new ActiveStore();
    stores.set(datasetId, store);
  }
  return store;
}

export function useActive(datasetId: string): ActiveState {
  const store = activeStore(datasetId);
  return useSyncExternalStore(store.subscribe, store.get);
}

/** What `useActive` gives, but through a selector: renders again only when what it picks changes. */
export function useActivePart<T extends string | number | boolean | null>(
  datasetId: string,
  pick: (state: ActiveState) => T,
): T {
  const store = activeStore(datasetId);
  return useSyncExternalStore(store.subscribe, () => pick(store.get()));
}
