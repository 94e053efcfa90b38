import { useSyncExternalStore } from "react";
import { activeStore } from "../../../api/active";
import type { Noun } from "../../../api/client";
import { isAborted } from "../../../api/errors";
import type { Pick, Picked } from "./files";
import { startHasher } from "./hasher";
import { nothingSent, type Progress, runUpload } from "./run";
import { uploadServer } from "./server";

/** An upload of this tab. It goes on while other pages are open, so it lives outside of React. */
export interface Uploading {
  state: "running" | "cancelled" | "failed" | "done";
  progress: Progress;
  leftOut: string[];
  startedAt: number;
  error: unknown;
  closed: Noun<"UploadClosed"> | null;
}

const uploads = new Map<string, Uploading>();
const stoppers = new Map<string, AbortController>();
const lastFiles = new Map<string, Pick>();
const listeners = new Set<() => void>();

/** The upload into this dataset, if this tab made one. */
export function useUploading(datasetId: string): Uploading | undefined {
  return useSyncExternalStore(subscribe, () => uploads.get(datasetId));
}

/** The one upload of this tab that is running, if any, with its dataset. */
export function useRunningUpload(): [datasetId: string, uploading: Uploading] | undefined {
  return useSyncExternalStore(subscribe, running);
}

/** Start to send files; false while an upload into the dataset is running. */
export function startUpload(datasetId: string, pick: Pick): boolean {
  if (uploads.get(datasetId)?.state === "running" || pick.images.length === 0) return false;
  lastFiles.set(datasetId, pick);
  void run(datasetId, pick.images, pick.leftOut);
  return true;
}

/** Stop sending. What has arrived stays; sending the same files again goes on from there. */
export function cancelUpload(datasetId: string): void {
  stoppers.get(datasetId)?.abort();
}

/** Go on with the files that this tab still holds. */
export function resumeUpload(datasetId: string): void {
  const pick = lastFiles.get(datasetId);
  if (pick) startUpload(datasetId, pick);
}

export function forgetUpload(datasetId: string): void {
  uploads.delete(datasetId);
  lastFiles.delete(datasetId);
  notify();
}

async function run(datasetId: string, files: Picked[], leftOut: string[]): Promise<void> {
  const stopper = new AbortController();
  const hasher = startHasher();
  stoppers.set(datasetId, stopper);
  const change = (some: Partial<Uploading>): void => {
    const before = uploads.get(datasetId);
    if (before) uploads.set(datasetId, { ...before, ...some });
    notify();
  };
  uploads.set(datasetId, {
    state: "running",
    progress: nothingSent(files),
    leftOut,
    startedAt: Date.now(),
    error: null,
    closed: null,
  });
  notify();
  addEventListener("beforeunload", warn);
  try {
    const server = uploadServer(datasetId);
    const onProgress = (progress: Progress) => change({ progress });
    const closed = await runUpload({ files, server, hasher, signal: stopper.signal, onProgress });
    change({ state: "done", closed });
    if (closed.tag?.parent_id) activeStore(datasetId).follow(closed.tag.id, closed.tag.parent_id);
    lastFiles.delete(datasetId);
  } catch (error) {
    change(isAborted(error) ? { state: "cancelled" } : { state: "failed", error });
  } finally {
    hasher.stop();
    stoppers.delete(datasetId);
    if (stoppers.size === 0) removeEventListener("beforeunload", warn);
  }
}

/** Ask before the tab is closed over a running upload. */
function warn(event: BeforeUnloadEvent): void {
  event.preventDefault();
}

let lastRunning: [string, Uploading] | undefined;

/** Return the same pair as long as nothing has changed, as React demands. */
function running(): [string, Uploading] | undefined {
  const found = [...uploads].find(([, { state }]) => state === "running");
  if (found?.[1] !== lastRunning?.[1]) lastRunning = found;
  return lastRunning;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function notify(): void {
  for (const listener of listeners) listener();
}
