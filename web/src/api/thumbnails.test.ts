import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { BATCH, Thumbnails, thumbnailSize } from "./thumbnails";

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);
const pictures = (positions: readonly number[]) =>
  new Map(positions.map((position) => [position, new Blob([String(position)])]));

let alive: Set<string>;

beforeEach(() => {
  vi.useFakeTimers();
  alive = new Set();
  let made = 0;
  vi.spyOn(URL, "createObjectURL").mockImplementation(() => {
    const url = `blob:${made++}`;
    alive.add(url);
    return url;
  });
  vi.spyOn(URL, "revokeObjectURL").mockImplementation((url) => void alive.delete(url));
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe("thumbnails", () => {
  it("come by one request for a screenful, and never twice", async () => {
    const fetchBatch = vi.fn(async (positions: readonly number[]) => pictures(positions));
    const thumbnails = new Thumbnails(fetchBatch);
    const grid = {};
    thumbnails.show(grid, range(0, 40), 160);
    thumbnails.show(grid, range(0, 60), 160);
    await vi.runAllTimersAsync();
    thumbnails.show(grid, range(0, 60), 160);
    await vi.runAllTimersAsync();
    expect(fetchBatch.mock.calls.map(([positions]) => positions.length)).toEqual([60]);
    thumbnails.show(grid, range(50, 110), 160);
    await vi.runAllTimersAsync();
    expect(fetchBatch.mock.calls[1]?.[0]).toEqual(range(60, 110));
  });

  it("come in batches that the server takes", async () => {
    const fetchBatch = vi.fn(async (positions: readonly number[]) => pictures(positions));
    const thumbnails = new Thumbnails(fetchBatch);
    thumbnails.show({}, range(0, BATCH + 10), 160);
    await vi.runAllTimersAsync();
    expect(fetchBatch.mock.calls.map(([positions]) => positions.length)).toEqual([BATCH, 10]);
    expect(thumbnails.url(BATCH + 9)).toBeDefined();
  });

  it("tell only the cell whose picture came", async () => {
    const thumbnails = new Thumbnails(async (positions) => pictures(positions));
    const here = vi.fn();
    const there = vi.fn();
    thumbnails.subscribe(1, here);
    thumbnails.subscribe(2, there);
    thumbnails.show({}, [1], 160);
    await vi.runAllTimersAsync();
    expect([here.mock.calls.length, there.mock.calls.length]).toEqual([1, 0]);
  });

  it("are dropped when too many, but never those that show", async () => {
    const thumbnails = new Thumbnails(async (positions) => pictures(positions), { capacity: 50 });
    const grid = {};
    for (const from of [0, 40, 80]) {
      thumbnails.show(grid, range(from, from + 40), 160);
      await vi.runAllTimersAsync();
    }
    expect(alive.size).toBe(50);
    expect(range(80, 120).every((position) => thumbnails.url(position) !== undefined)).toBe(true);
    expect(thumbnails.url(0)).toBeUndefined();
  });

  it("stop a request once the reader is elsewhere", async () => {
    const signals: AbortSignal[] = [];
    const thumbnails = new Thumbnails((positions, _, signal) => {
      signals.push(signal);
      return new Promise((resolve, reject) => {
        signal.addEventListener("abort", () => reject(new Error("aborted")));
        if (signals.length > 1) resolve(pictures(positions));
      });
    });
    const grid = {};
    thumbnails.show(grid, range(0, 20), 160);
    await vi.runAllTimersAsync();
    thumbnails.show(grid, range(500, 520), 160);
    await vi.runAllTimersAsync();
    expect(signals.map((signal) => signal.aborted)).toEqual([true, false]);
    expect(thumbnails.url(510)).toBeDefined();
  });

  it("are asked for again after a failure, but not where there is none", async () => {
    let away = true;
    const fetchBatch = vi.fn(async (positions: readonly number[]) => {
      if (away) throw new Error("away");
      return pictures(positions.filter((position) => position !== 3));
    });
    const thumbnails = new Thumbnails(fetchBatch);
    const grid = {};
    thumbnails.show(grid, [2, 3], 160);
    await vi.advanceTimersByTimeAsync(1000);
    away = false;
    await vi.runAllTimersAsync();
    thumbnails.show(grid, [2, 3], 160);
    await vi.runAllTimersAsync();
    expect(fetchBatch).toHaveBeenCalledTimes(2);
    expect([thumbnails.isMissing(2), thumbnails.isMissing(3)]).toEqual([false, true]);
  });

  it("are replaced by larger ones, never by smaller ones", async () => {
    const fetchBatch = vi.fn(async (positions: readonly number[]) => pictures(positions));
    const thumbnails = new Thumbnails(fetchBatch);
    for (const size of [160, 512, 160]) {
      thumbnails.show({}, [1], size);
      await vi.runAllTimersAsync();
    }
    expect(fetchBatch.mock.calls.map((call) => (call as unknown[])[1])).toEqual([160, 512]);
    expect(alive.size).toBe(1);
  });

  it("come in few sizes", () => {
    expect([80, 160, 184, 185, 400, 900].map(thumbnailSize)).toEqual([160, 160, 160, 256, 512, 512]);
  });
});
