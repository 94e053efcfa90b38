// What is set before a selection runs: strategy with its parameters, how many to rank, what is kept already.

import { type Selection, type Strategy, strategyOf } from "../../api/selections";
import { check, type Draft, draftOf, fieldsOf, type Json } from "../../ui/schema";
import type { SelectionCreate } from "./queries";

export interface Setup {
  readonly strategy: string;
  /** What is typed into each strategy's form; it stays when another is tried. */
  readonly drafts: Readonly<Record<string, Draft>>;
  /** How many to rank, as typed, by tag; otherwise the usual number. */
  readonly numbers: Readonly<Record<string, string>>;
  readonly onTop: string | null;
}

export const USUAL: Setup = { strategy: "representative", drafts: {}, numbers: {}, onTop: null };
const USUAL_NUMBER = 200;

/** As many as can be looked through in an hour, if there are so many. */
export function usualNumber(size: number): number {
  return Math.max(1, Math.min(USUAL_NUMBER, size));
}

export function draftFor(setup: Setup, strategy: Strategy): Draft {
  return setup.drafts[strategy.name] ?? draftOf(fieldsOf(strategy.parameters));
}

/** What a selection was made with; null while its strategy is not known. */
export function setupOf(selection: Selection | undefined, strategies: readonly Strategy[]): Setup | null {
  const strategy = strategies.find((one) => selection !== undefined && one.name === strategyOf(selection));
  if (selection === undefined || strategy === undefined) return null;
  const draft = draftOf(fieldsOf(strategy.parameters), selection.strategy as Record<string, Json>);
  return {
    strategy: strategy.name,
    drafts: { [strategy.name]: draft },
    numbers: { [selection.tag_id]: String(selection.n_samples) },
    onTop: selection.preselected_tag_id,
  };
}

/** Why a strategy cannot run on a tag, or null. */
export function reasonAgainst(strategy: Strategy, onTop: string | null): string | null {
  const lacking = strategy.needs.filter((need) => need !== "preselected");
  if (lacking.length > 0)
    return `Needs ${lacking.join(" and ")}: run it from Python with tamis.selection.rank.`;
  if (strategy.needs.includes("preselected") && onTop === null) return "Choose what it is on top of first.";
  return null;
}

export interface Wanted {
  /** What to ask the server for; null while something is wrong. */
  readonly body: SelectionCreate | null;
  /** By parameter of the strategy, or `n_samples`. */
  readonly errors: Readonly<Record<string, string>>;
}

/** The request that a setup stands for, or what is wrong with it. */
export function wantedOf(
  setup: Setup,
  strategy: Strategy | undefined,
  tag: { id: string; size: number } | null,
  embeddingId: string | null,
): Wanted {
  if (strategy === undefined || tag === null || embeddingId === null) return { body: null, errors: {} };
  const { values, errors } = check(fieldsOf(strategy.parameters), draftFor(setup, strategy));
  const typed = setup.numbers[tag.id];
  const n = typed === undefined ? usualNumber(tag.size) : Number(typed.replaceAll(/[,\s]/g, ""));
  const found: Record<string, string> = { ...errors };
  if (!Number.isInteger(n) || n < 1 || n > tag.size) {
    found.n_samples = `Enter a whole number from 1 to ${tag.size.toLocaleString("en-US")}.`;
  }
  if (Object.keys(found).length > 0 || reasonAgainst(strategy, setup.onTop) !== null) {
    return { body: null, errors: found };
  }
  const body = {
    tag_id: tag.id,
    embedding_id: embeddingId,
    strategy: { strategy: strategy.name, ...values } as SelectionCreate["strategy"],
    n_samples: n,
    seed: 0,
    preselected_tag_id: setup.onTop,
  } as SelectionCreate;
  return { body, errors: {} };
}
