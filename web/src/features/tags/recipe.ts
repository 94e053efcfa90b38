import type { Tag } from "../../api/tags";
import { ago, count } from "../../ui/format";

/** How a tag was made, in a line. */
export function describe(
  tag: Pick<Tag, "name" | "recipe" | "created_at" | "n_deleted" | "n_members">,
  now = Date.now(),
): string {
  const { kind, selection } = tag.recipe;
  const deleted = tag.n_deleted > 0 ? ` ${count(tag.n_deleted)} of its samples have been deleted since.` : "";
  const how = selection
    ? `${String(selection.strategy.strategy)}, ${count(selection.keep)} kept, seed ${selection.seed}`
    : ({ initial: "The first upload", upload: "A later upload", manual: "Chosen by hand" }[kind as string] ??
      `Made by ${kind}`);
  return `${tag.name}: ${how}, ${ago(tag.created_at, now)}.${deleted}`;
}
