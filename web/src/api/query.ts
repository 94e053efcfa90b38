import { QueryClient } from "@tanstack/react-query";
import { asApiError } from "./errors";

/**
 * The keys of everything that Query holds. Events invalidate by them (events.ts), so use no others:
 * what belongs to a dataset is under `keys.of(datasetId, "tags")`, what never changes under `keys.array(...)`.
 */
export const keys = {
  me: ["me"],
  tokens: ["tokens"],
  roots: ["roots"],
  strategies: ["strategies"],
  encoders: ["encoders"],
  datasets: ["datasets"],
  jobs: ["jobs"],
  dataset: (datasetId: string) => ["dataset", datasetId],
  of: (datasetId: string, noun: string, ...rest: unknown[]) => ["dataset", datasetId, noun, ...rest],
  array: (datasetId: string, noun: string, ...rest: unknown[]) => ["array", datasetId, noun, ...rest],
} as const;

/** Server state. Events say when it changed, so it stays fresh until then; refusals are not tried again. */
export function newQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 60_000,
        refetchOnWindowFocus: false,
        retry: (failures, error) => failures < 2 && [0, 503].includes(asApiError(error).status),
      },
      mutations: { retry: false },
    },
  });
}
