import type { Tag } from "../../api/tags";

type Known = Pick<Tag, "id" | "parent_id" | "recipe">;

/** Programs know the initial tag by its name. */
export function mayRename(tag: Known): boolean {
  return tag.recipe.kind !== "initial";
}

/** What tells of an upload stays, and so does what another tag came from. */
export function mayRemove(tag: Known, tags: readonly Known[]): boolean {
  const ofUpload = tag.recipe.kind === "initial" || tag.recipe.kind === "upload";
  return !ofUpload && !tags.some((other) => other.parent_id === tag.id);
}

/** Where to go when the tag that is shown has been removed: to its parent, and on from there. null: it is there. */
export function goneTo(tagId: string, before: readonly Known[], now: readonly Known[]): string | null {
  let tag = before.find((known) => known.id === tagId);
  if (tag === undefined || now.some((known) => known.id === tagId)) return null;
  const there = new Set(now.map((known) => known.id));
  while (tag?.parent_id && !there.has(tag.parent_id)) {
    const parent: string = tag.parent_id;
    tag = before.find((known) => known.id === parent);
  }
  return tag?.parent_id ?? now[0]?.id ?? null;
}
