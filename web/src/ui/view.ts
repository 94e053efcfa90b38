import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";
import { parseView, type View } from "../api/view";

/** The dataset that the address names. */
export function useDatasetId(): string {
  return useParams({ strict: false }).datasetId ?? "";
}

/** What the address says about the dataset's page: tag, embedding, selection, keep, sort, sample. */
export function useView(): View {
  return parseView(useSearch({ strict: false }));
}

/** Change some of the view; undefined removes. `replace` leaves no step in the history (a slider's way). */
export function useSetView(): (change: View, options?: { replace?: boolean }) => void {
  const navigate = useNavigate();
  return useCallback(
    (change, options) => {
      void navigate({
        to: ".",
        search: (before: View) => ({ ...before, ...change }),
        replace: options?.replace ?? false,
      });
    },
    [navigate],
  );
}
