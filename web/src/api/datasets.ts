import { queryOptions } from "@tanstack/react-query";
import { api, data } from "./client";
import { keys } from "./query";

/** One dataset with its sizes. Every page below /datasets/ID needs it, so it lives here. */
export function datasetQuery(datasetId: string) {
  return queryOptions({
    queryKey: keys.of(datasetId, "facts"),
    queryFn: ({ signal }) =>
      data(api.GET("/api/datasets/{dataset_id}", { params: { path: { dataset_id: datasetId } }, signal })),
  });
}
