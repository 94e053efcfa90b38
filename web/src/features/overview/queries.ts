import { queryOptions } from "@tanstack/react-query";
import { api, data } from "../../api/client";
import { keys } from "../../api/query";

export function summaryQuery(datasetId: string) {
  return queryOptions({
    queryKey: keys.of(datasetId, "summary"),
    queryFn: ({ signal }) =>
      data(
        api.GET("/api/datasets/{dataset_id}/summary", {
          params: { path: { dataset_id: datasetId } },
          signal,
        }),
      ),
  });
}

/** The files that could not be read as images. */
export function problemsQuery(datasetId: string) {
  return queryOptions({
    queryKey: keys.of(datasetId, "problems"),
    queryFn: ({ signal }) =>
      data(
        api.GET("/api/datasets/{dataset_id}/problems", {
          params: { path: { dataset_id: datasetId }, query: { limit: 200 } },
          signal,
        }),
      ),
  });
}

export function projectionsQuery(datasetId: string) {
  return queryOptions({
    queryKey: keys.of(datasetId, "projections", "first"),
    queryFn: ({ signal }) =>
      data(
        api.GET("/api/datasets/{dataset_id}/projections", {
          params: { path: { dataset_id: datasetId }, query: { limit: 1 } },
          signal,
        }),
      ),
  });
}

/** An upload that was begun, and neither finished nor empty: its tab was closed, say. */
export function openUploadQuery(datasetId: string) {
  return queryOptions({
    queryKey: keys.of(datasetId, "uploads", "open"),
    queryFn: async ({ signal }) => {
      const query = { limit: 1000 };
      const path = { dataset_id: datasetId };
      const page = await data(
        api.GET("/api/datasets/{dataset_id}/uploads", { params: { path, query }, signal }),
      );
      return page.items.findLast((upload) => upload.state === "open" && upload.n_added > 0) ?? null;
    },
  });
}

/** Make whatever is missing before the images can be looked at: embeddings and the plot. */
export async function prepare(datasetId: string): Promise<void> {
  await api.POST("/api/datasets/{dataset_id}/prepare", {
    params: { path: { dataset_id: datasetId } },
    body: {},
  });
}
