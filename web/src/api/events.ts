import type { Query, QueryClient, QueryKey } from "@tanstack/react-query";
import { url } from "./client";
import { noteLost } from "./connection";
import { keys } from "./query";

/** Which lists change with a noun besides its own. */
const ALSO: Record<string, string[]> = {
  sample: ["summary", "present", "members", "tags", "problems", "thumbnails"],
  tag: ["selections"], // rankings go with the tag that they were made within
  upload: ["summary", "samples", "tags"],
};

/** Return the keys that an event makes stale: `tag.created` of a dataset means its list of tags. */
export function staleKeys(kind: string, datasetId: string | null): QueryKey[] {
  const noun = kind.split(".")[0]?.replace(/s$/, "") ?? "";
  if (noun === "reset") return [[]];
  if (noun === "job") return [keys.jobs];
  if (noun === "token" || noun === "root") return [[`${noun}s`]];
  if (!datasetId) return [keys.datasets];
  if (noun === "dataset") return [keys.datasets, keys.dataset(datasetId)];
  const nouns = [`${noun}s`, ...(ALSO[noun] ?? [])];
  return [
    keys.datasets,
    ["dataset", datasetId, "facts"],
    ...nouns.map((each) => keys.of(datasetId, each)),
    ...nouns.map((each) => keys.array(datasetId, each)),
  ];
}

/** Every kind of event that the server sends. EventSource hears only those that it is told to listen for. */
const KINDS = [
  "dataset.created",
  "dataset.removed",
  "dataset.renamed",
  "embedding.created",
  "embedding.extended",
  "embedding.removed",
  "job.queued",
  "job.progress",
  "job.succeeded",
  "job.failed",
  "job.cancelled",
  "projection.created",
  "projection.extended",
  "samples.added",
  "samples.annotated",
  "samples.deleted",
  "selection.created",
  "tag.created",
  "tag.removed",
  "tag.renamed",
  "upload.opened",
  "upload.closed",
  "reset",
];

const CLOSED = 2; // EventSource.CLOSED: refused, and the browser does not try again
const AGAIN_MS = 5000;
const LOST_MS = 1500; // a stream that breaks and comes back at once is nothing to tell
const GATHER_MS = 150; // a batch of an upload makes many events; each list is fetched once

/** Listen to the server, one stream a tab, and mark what changed as stale. Returns how to stop. */
export function connectEvents(
  client: QueryClient,
  open: (address: string) => EventSource = (address) => new EventSource(address),
): () => void {
  const waiting = new Map<string, QueryKey>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const flush = (): void => {
    timer = undefined;
    const gathered = [...waiting.values()];
    waiting.clear();
    for (const queryKey of gathered) void client.invalidateQueries({ queryKey });
  };
  const hear = (event: MessageEvent<string>): void => {
    for (const key of staleKeys(event.type, datasetOf(event.data))) waiting.set(JSON.stringify(key), key);
    timer ??= setTimeout(flush, GATHER_MS);
  };

  let silence: ReturnType<typeof setTimeout> | undefined;
  let again: ReturnType<typeof setTimeout> | undefined;
  const lost = (stream: EventSource): void => {
    silence ??= setTimeout(noteLost, LOST_MS, true);
    if (stream.readyState !== CLOSED) return;
    // Whoever is signed out is told so; a proxy may refuse only until its server is there again.
    void client.invalidateQueries({ queryKey: keys.me });
    clearTimeout(again);
    again = setTimeout(() => {
      source = listen();
    }, AGAIN_MS);
  };
  const found = (): void => {
    if (silence === undefined) return;
    clearTimeout(silence);
    silence = undefined;
    noteLost(false);
    // What failed meanwhile is asked for again, and what may have been missed; what never changes is kept.
    void client.invalidateQueries({ predicate: isStaleAfterSilence });
  };
  const listen = (): EventSource => {
    const stream = open(url("/api/events"));
    stream.addEventListener("error", () => lost(stream));
    stream.addEventListener("open", found);
    for (const kind of KINDS) stream.addEventListener(kind, hear);
    return stream;
  };
  let source = listen();
  return () => {
    clearTimeout(timer);
    clearTimeout(silence);
    clearTimeout(again);
    noteLost(false);
    source.close();
  };
}

function isStaleAfterSilence({ queryKey, state }: Query): boolean {
  return queryKey[0] !== "array" || state.status === "error";
}

function datasetOf(text: string): string | null {
  try {
    return (JSON.parse(text) as { dataset?: string | null }).dataset ?? null;
  } catch {
    return null;
  }
}
