import { useCallback, useState } from "react";
import { type Setup, USUAL } from "./setup";

const remembered = new Map<string, Setup>();

/** What is set for the next selection of a dataset; it is still there after a look at another page. */
export function useSetup(datasetId: string): [Setup, (change: Partial<Setup>) => void] {
  const [setup, setSetup] = useState(() => remembered.get(datasetId) ?? USUAL);
  const change = useCallback(
    (part: Partial<Setup>) => {
      setSetup((before) => {
        const after = { ...before, ...part };
        remembered.set(datasetId, after);
        return after;
      });
    },
    [datasetId],
  );
  return [setup, change];
}
