import { useSyncExternalStore } from "react";

let lost = false;
const listeners = new Set<() => void>();

/** Note whether the server can be heard. */
export function noteLost(now: boolean): void {
  if (now === lost) return;
  lost = now;
  for (const listener of listeners) listener();
}

/** Whether the server has not been heard for a while. */
export function useLost(): boolean {
  return useSyncExternalStore(subscribe, () => lost);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
