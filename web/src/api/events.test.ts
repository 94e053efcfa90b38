import { type Query, QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { connectEvents, staleKeys } from "./events";
import { keys } from "./query";

const ID = "6741c0de8a91b20f34e7d512";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** An EventSource whose events the test sends. */
class Stream extends EventTarget {
  closed = false;
  readyState = 1;
  close(): void {
    this.closed = true;
  }
  send(kind: string, dataset: string | null): void {
    this.dispatchEvent(new MessageEvent(kind, { data: JSON.stringify({ id: "1", dataset }) }));
  }
}

function listen(client = new QueryClient()) {
  const invalidate = vi.spyOn(client, "invalidateQueries").mockResolvedValue();
  const stream = new Stream();
  const stop = connectEvents(client, () => stream as unknown as EventSource);
  return { stream, stop, stale: () => invalidate.mock.calls.map(([filter]) => filter?.queryKey) };
}

test("a new tag makes the dataset's tags stale, and its card", () => {
  expect(staleKeys("tag.created", ID)).toContainEqual(keys.of(ID, "tags"));
  expect(staleKeys("tag.created", ID)).toContainEqual(keys.datasets);
  expect(staleKeys("tag.removed", ID)).toContainEqual(keys.of(ID, "selections"));
  expect(staleKeys("tag.created", ID)).not.toContainEqual(keys.jobs);
});

test("deleted samples make counts and members stale", () => {
  const stale = staleKeys("samples.deleted", ID);
  expect(stale).toContainEqual(keys.of(ID, "summary"));
  expect(stale).toContainEqual(keys.array(ID, "members"));
});

test("a job's progress touches nothing but jobs", () => {
  expect(staleKeys("job.progress", ID)).toEqual([keys.jobs]);
});

test("events of one moment are fetched once", () => {
  const { stream, stale } = listen();
  for (let batch = 0; batch < 20; batch += 1) stream.send("job.progress", ID);
  expect(stale()).toEqual([]);
  vi.runAllTimers();
  expect(stale()).toEqual([keys.jobs]);
});

test("a reset makes everything stale", () => {
  const { stream, stale } = listen();
  stream.send("reset", null);
  vi.runAllTimers();
  expect(stale()).toEqual([[]]);
});

test("stopping closes the stream and forgets what waited", () => {
  const { stream, stop, stale } = listen();
  stream.send("tag.created", ID);
  stop();
  vi.runAllTimers();
  expect(stream.closed).toBe(true);
  expect(stale()).toEqual([]);
});

test("after an outage what failed is asked for again, and of the rest only what may have changed", () => {
  const client = new QueryClient();
  const { stream } = listen(client);
  const filter = () => vi.mocked(client.invalidateQueries).mock.calls.at(-1)?.[0]?.predicate;
  stream.dispatchEvent(new Event("open"));
  expect(filter()).toBeUndefined();
  stream.dispatchEvent(new Event("error"));
  stream.dispatchEvent(new Event("open"));
  const chosen = (queryKey: readonly unknown[], status: string) =>
    filter()?.({ queryKey, state: { status } } as unknown as Query);
  expect(chosen(keys.datasets, "success")).toBe(true);
  expect(chosen(keys.array(ID, "ranking", "1"), "success")).toBe(false);
  expect(chosen(keys.array(ID, "ranking", "1"), "error")).toBe(true);
});

test("a stream that is refused is opened again, after a look at who is signed in", () => {
  const client = new QueryClient();
  const invalidate = vi.spyOn(client, "invalidateQueries").mockResolvedValue();
  const streams: Stream[] = [];
  const stop = connectEvents(client, () => {
    streams.push(new Stream());
    return streams.at(-1) as unknown as EventSource;
  });
  Object.assign(streams[0] as Stream, { readyState: 2 }).dispatchEvent(new Event("error"));
  expect(invalidate.mock.calls).toEqual([[{ queryKey: keys.me }]]);
  vi.runAllTimers();
  expect(streams.length).toBe(2);
  streams[1]?.send("dataset.created", null);
  vi.runAllTimers();
  expect(invalidate.mock.calls.at(-1)).toEqual([{ queryKey: keys.datasets }]);
  Object.assign(streams[1] as Stream, { readyState: 2 }).dispatchEvent(new Event("error"));
  stop();
  vi.runAllTimers();
  expect(streams.length).toBe(2);
  expect(streams[1]?.closed).toBe(true);
});
