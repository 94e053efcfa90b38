import { queryOptions } from "@tanstack/react-query";
import { api, data, type Noun, url } from "./client";
import { everyPage } from "./pages";
import { keys } from "./query";

export type Tag = Noun<"Tag">;

/** All tags of a dataset, oldest first. */
export function tagsQuery(datasetId: string) {
  return queryOptions({
    queryKey: keys.of(datasetId, "tags"),
    queryFn: ({ signal }) =>
      everyPage((query) =>
        data(
          api.GET("/api/datasets/{dataset_id}/tags", {
            params: { path: { dataset_id: datasetId }, query },
            signal,
          }),
        ),
      ),
  });
}

/** Freeze the preselected samples and the first `keep` of a selection under a name. */
export function createTag(datasetId: string, name: string, selectionId: string, keep: number): Promise<Tag> {
  return data(
    api.POST("/api/datasets/{dataset_id}/tags", {
      params: { path: { dataset_id: datasetId } },
      body: { name, source: { kind: "selection", selection_id: selectionId, keep } },
    }),
  ) as Promise<Tag>;
}

export function renameTag(tag: Tag, name: string): Promise<Tag> {
  return data(
    api.PATCH("/api/datasets/{dataset_id}/tags/{tag_id}", {
      params: { path: { dataset_id: tag.dataset_id, tag_id: tag.id } },
      body: { name },
    }),
  ) as Promise<Tag>;
}

export async function removeTag(tag: Tag): Promise<void> {
  await api.DELETE("/api/datasets/{dataset_id}/tags/{tag_id}", {
    params: { path: { dataset_id: tag.dataset_id, tag_id: tag.id } },
  });
}

/** Where the names of a tag's files are, one a line. */
export function fileList(datasetId: string, tagId: string): string {
  return url(`/api/datasets/${datasetId}/exports/paths?tag_id=${tagId}`);
}

/** The tag that a dataset opens with: the newest that holds everything uploaded so far. */
export function openingTag(tags: readonly Tag[]): Tag | null {
  return (
    tags.findLast((tag) => tag.recipe.kind === "initial" || tag.recipe.kind === "upload") ?? tags[0] ?? null
  );
}

/** The tag that holds just the first `keep` samples of a selection, if they have been saved. */
export function savedAs(
  tags: readonly Tag[] | undefined,
  selectionId: string | null,
  keep: number,
): Tag | undefined {
  if (selectionId === null) return undefined;
  return tags?.find((tag) => tag.selection_id === selectionId && tag.recipe.selection?.keep === keep);
}

/** How many samples of a tag there are: its members without the deleted ones. */
export function sizeOf(tag: Tag): number {
  return tag.n_members - tag.n_deleted;
}

/** A name that no tag has yet: "representative-100", or "representative-100-2" where that is taken. */
export function freeName(wanted: string, tags: readonly Pick<Tag, "name">[]): string {
  const taken = new Set(tags.map((tag) => tag.name));
  let name = wanted;
  for (let number = 2; taken.has(name); number++) name = `${wanted}-${number}`;
  return name;
}
