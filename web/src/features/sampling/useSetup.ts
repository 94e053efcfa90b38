import { useCallback, useReducer } from "react";
import { type Setup, USUAL } from "./setup";

const remembered = new Map<string, Setup>();

/**
 * What is set for the next selection, by what is shown: a tag, and perhaps a selection of it. Until somebody
 * sets something, it is what the selection at hand was made with. It is still there after a look elsewhere.
 */
export function useSetup(shown: string, loaded: Setup | null): [Setup, (change: Partial<Setup>) => void] {
  const [, redraw] = useReducer((changes: number) => changes + 1, 0);
  const setup = remembered.get(shown) ?? loaded ?? USUAL;
  const change = useCallback(
    (part: Partial<Setup>) => {
      remembered.set(shown, { ...setup, ...part });
      redraw();
    },
    [shown, setup],
  );
  return [setup, change];
}
