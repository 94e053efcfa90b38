import { queryOptions } from "@tanstack/react-query";
import { api, data, type Noun } from "../../api/client";
import type { Job } from "../../api/jobs";
import { everyPage } from "../../api/pages";
import { keys } from "../../api/query";
import type { Selection } from "../../api/selections";

export type Embedding = Noun<"Embedding">;
export type Projection = Noun<"Projection">;
export type SelectionCreate = Noun<"SelectionCreate">;

export function embeddingsQuery(datasetId: string) {
  return queryOptions({
    queryKey: keys.of(datasetId, "embeddings"),
    queryFn: ({ signal }) =>
      everyPage((query) =>
        data(
          api.GET("/api/datasets/{dataset_id}/embeddings", {
            params: { path: { dataset_id: datasetId }, query },
            signal,
          }),
        ),
      ),
  });
}

export function projectionsQuery(datasetId: string) {
  return queryOptions({
    queryKey: keys.of(datasetId, "projections", "all"),
    queryFn: ({ signal }) =>
      everyPage((query) =>
        data(
          api.GET("/api/datasets/{dataset_id}/projections", {
            params: { path: { dataset_id: datasetId }, query },
            signal,
          }),
        ),
      ),
  });
}

/** How long a selection would take, and on how many samples it would run. */
export function estimateQuery(datasetId: string, wanted: SelectionCreate | null) {
  return queryOptions({
    queryKey: keys.of(datasetId, "estimate", wanted),
    enabled: wanted !== null,
    queryFn: ({ signal }) =>
      data(
        api.POST("/api/datasets/{dataset_id}/selections/estimate", {
          params: { path: { dataset_id: datasetId } },
          body: wanted as SelectionCreate,
          signal,
        }),
      ),
  });
}

export function createSelection(datasetId: string, wanted: SelectionCreate): Promise<Job> {
  return data(
    api.POST("/api/datasets/{dataset_id}/selections", {
      params: { path: { dataset_id: datasetId } },
      body: wanted,
    }),
  ) as Promise<Job>;
}

/** Ask for all that a dataset lacks before it can be sampled. */
export async function prepare(datasetId: string): Promise<void> {
  await api.POST("/api/datasets/{dataset_id}/prepare", {
    params: { path: { dataset_id: datasetId } },
    body: {},
  });
}

const REDUCED = 64; // a full embedding of so few dimensions has no reduced child, and is used itself

/** The embeddings that a selection can use, the newest first: reduced ones, and full ones that are small. */
export function usableEmbeddings(embeddings: readonly Embedding[]): Embedding[] {
  return embeddings
    .filter((one) => one.n_covered > 0 && (one.kind === "pca" || one.dimension <= REDUCED))
    .toReversed();
}

/** The embedding to begin with: the one asked for, the loaded selection's, or the newest. */
export function chosenEmbedding(
  embeddings: readonly Embedding[],
  asked: string | undefined,
  selection: Pick<Selection, "embedding_id"> | undefined,
): Embedding | null {
  const usable = usableEmbeddings(embeddings);
  const find = (id: string | undefined) => usable.find((one) => one.id === id);
  return find(asked) ?? find(selection?.embedding_id) ?? usable[0] ?? null;
}

/** UMAP is made only for those who ask for it. */
const CLEARER = ["umap", "tsne", "pca"];

/** The projection to draw: of this embedding or its relatives, the clearer method first, then the newest. */
export function chosenProjection(
  projections: readonly Projection[],
  embedding: Pick<Embedding, "id" | "parent_id"> | null,
  embeddings: readonly Pick<Embedding, "id" | "parent_id">[],
): Projection | null {
  if (embedding === null) return null;
  const family = new Set([embedding.id, embedding.parent_id]);
  for (const one of embeddings) if (one.parent_id === embedding.id) family.add(one.id);
  const place = (one: Projection) => {
    const known = CLEARER.indexOf(one.method);
    return known === -1 ? CLEARER.length : known;
  };
  const own = projections.filter((one) => family.has(one.embedding_id)).toReversed();
  return own.toSorted((a, b) => place(a) - place(b))[0] ?? null;
}
