import { expect, test } from "vitest";
import type { Tag } from "../../api/tags";
import { mayRemove, mayRename } from "./may";

const tag = (id: string, parent: string | null, kind = "selection") =>
  ({ id, parent_id: parent, recipe: { kind } }) as Pick<Tag, "id" | "parent_id" | "recipe">;

const initial = tag("initial", null, "initial");
const upload = tag("upload", "initial", "upload");
const best = tag("best", "initial");
const few = tag("few", "best");
const all = [initial, upload, best, few];

test("only the initial tag keeps its name", () => {
  expect(all.filter(mayRename)).toEqual([upload, best, few]);
});

test("what an upload made, and what another came from, is not removed", () => {
  expect(all.filter((each) => mayRemove(each, all))).toEqual([few]);
});
