import { queryOptions } from "@tanstack/react-query";
import { readArrow } from "./arrow";
import { api, bytes, data, type Noun, url } from "./client";
import { keys } from "./query";
import { type FetchThumbnails, Thumbnails } from "./thumbnails";

export type Sample = Noun<"Sample">;

export function sampleQuery(datasetId: string, position: number) {
  return queryOptions({
    queryKey: keys.of(datasetId, "samples", position),
    queryFn: ({ signal }) =>
      data(
        api.GET("/api/datasets/{dataset_id}/samples/{position}", {
          params: { path: { dataset_id: datasetId, position } },
          signal,
        }),
      ),
  });
}

export function imageUrl(datasetId: string, position: number, part: "image" | "thumbnail"): string {
  return url(`/api/datasets/${datasetId}/samples/${position}/${part}`);
}

function fetcher(datasetId: string): FetchThumbnails {
  return async (positions, size, signal) => {
    const query = `positions=${positions.join(",")}&size=${size}`;
    const table = readArrow(await bytes(`/api/datasets/${datasetId}/thumbnails?${query}`, signal));
    const found = table.numbers("position", Uint32Array);
    const pictures = new Map<number, Blob>();
    table.binaries("jpeg").forEach((jpeg, row) => {
      pictures.set(found[row] ?? -1, new Blob([jpeg], { type: "image/jpeg" }));
    });
    return pictures;
  };
}

const stores = new Map<string, Thumbnails>();

/** The thumbnails of a dataset, shared by every grid that shows it. */
export function thumbnailsOf(datasetId: string): Thumbnails {
  let store = stores.get(datasetId);
  if (store === undefined) {
    store = new Thumbnails(fetcher(datasetId));
    stores.set(datasetId, store);
  }
  return store;
}
