import { queryOptions } from "@tanstack/react-query";
import { api, data, type Noun } from "../../api/client";
import { keys } from "../../api/query";

export const datasetsQuery = queryOptions({
  queryKey: keys.datasets,
  queryFn: async ({ signal }) => {
    const page = await data(api.GET("/api/datasets", { params: { query: { limit: 1000 } }, signal }));
    return page.items.toSorted((a, b) => b.changed_at - a.changed_at);
  },
});

/** The folders of this machine that may be read in place. */
export const rootsQuery = queryOptions({
  queryKey: keys.roots,
  queryFn: ({ signal }) => data(api.GET("/api/roots", { signal })),
});

/** The names of the folders below a path in a root. */
export function foldersQuery(rootId: string, below: string) {
  return queryOptions({
    queryKey: [...keys.roots, rootId, below],
    queryFn: ({ signal }) =>
      data(
        api.GET("/api/roots/{root_id}/folders", {
          params: { path: { root_id: rootId }, query: { below } },
          signal,
        }),
      ),
  });
}

export function createDataset(body: Noun<"DatasetCreate">): Promise<Noun<"Dataset">> {
  return data(api.POST("/api/datasets", { body }));
}

export function renameDataset(datasetId: string, name: string): Promise<Noun<"Dataset">> {
  return data(
    api.PATCH("/api/datasets/{dataset_id}", { params: { path: { dataset_id: datasetId } }, body: { name } }),
  );
}

export async function removeDataset(datasetId: string): Promise<void> {
  await api.DELETE("/api/datasets/{dataset_id}", { params: { path: { dataset_id: datasetId } } });
}

/** Make a dataset of a folder's images where they lie, and start to read and encode them. */
export async function addFolder(body: Noun<"DatasetCreate">): Promise<Noun<"Dataset">> {
  const dataset = await createDataset(body);
  await api.POST("/api/datasets/{dataset_id}/prepare", {
    params: { path: { dataset_id: dataset.id } },
    body: {},
  });
  return dataset;
}
