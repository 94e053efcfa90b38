import { useCallback, useState } from "react";
import { type Setup, USUAL } from "./setup";

const remembered = new Map<string, Setup>();

/**
 * What is set for the next selection of a dataset; it is still there after a look at another page. Until
 * somebody sets something, it is what the selection at hand was made with.
 */
export function useSetup(datasetId: string, loaded: Setup | null): [Setup, (change: Partial<Setup>) => void] {
  const [own, setOwn] = useState(() => remembered.get(datasetId) ?? null);
  const setup = own ?? loaded ?? USUAL;
  const change = useCallback(
    (part: Partial<Setup>) => {
      const after = { ...setup, ...part };
      remembered.set(datasetId, after);
      setOwn(after);
    },
    [datasetId, setup],
  );
  return [setup, change];
}
