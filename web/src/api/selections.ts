import { queryOptions } from "@tanstack/react-query";
import { api, data, type Noun } from "./client";
import { everyPage } from "./pages";
import { keys } from "./query";

export type Selection = Noun<"Selection">;
export type Strategy = Noun<"StrategyFacts">;

/** All selections of a dataset, oldest first. */
export function selectionsQuery(datasetId: string) {
  return queryOptions({
    queryKey: keys.of(datasetId, "selections"),
    queryFn: ({ signal }) =>
      everyPage((query) =>
        data(
          api.GET("/api/datasets/{dataset_id}/selections", {
            params: { path: { dataset_id: datasetId }, query },
            signal,
          }),
        ),
      ),
  });
}

export const strategiesQuery = queryOptions({
  queryKey: keys.strategies,
  queryFn: ({ signal }) => data(api.GET("/api/strategies", { signal })),
  staleTime: Number.POSITIVE_INFINITY,
});

/** The name of the strategy that a selection ran. */
export function strategyOf(selection: Pick<Selection, "strategy">): string {
  return String(selection.strategy.strategy);
}
