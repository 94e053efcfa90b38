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
