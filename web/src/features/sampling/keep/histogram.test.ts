import { expect, test } from "vitest";
import { histogramOf, keptIn } from "./histogram";

test("scores fall into even bins, and the first of them are told apart", () => {
  const histogram = histogramOf(Float32Array.of(10, 9, 9, 4, 1, 0), 5);
  expect([histogram.low, histogram.high]).toEqual([0, 10]);
  expect([...histogram.counts]).toEqual([2, 0, 1, 0, 3]);
  expect([...keptIn(histogram, 4)]).toEqual([0, 0, 1, 0, 3]);
  expect([...keptIn(histogram, 99)]).toEqual([...histogram.counts]);
});

test("a few outliers do not squash the rest", () => {
  const scores = Float32Array.from({ length: 2000 }, (_, place) => (place === 0 ? 1e6 : 1 - place / 2000));
  const { high, counts } = histogramOf(scores, 4);
  expect(high).toBeLessThan(1);
  expect(counts.every((count) => count > 400)).toBe(true);
});

test("scores that are small but for a few are told apart by their logarithms, and 0 is lowest", () => {
  const { low, high, log, counts } = histogramOf(Float32Array.of(1, 0.5, 0.02, 0.015, 0.001, 0), 3);
  expect([low, high, log]).toEqual([expect.closeTo(0.001), 1, true]);
  expect([...counts]).toEqual([2, 2, 2]);
  expect(histogramOf(Float32Array.of(1, 0.5, 0.02), 3).log).toBe(false);
  expect(histogramOf(Float32Array.of(1, 0.001, -1), 3).log).toBe(false);
  expect([...histogramOf(Float32Array.of(2, 2, 0, 0, 0), 3).counts]).toEqual([3, 0, 2]);
});

test("no scores, or all the same, give a histogram too", () => {
  expect([...histogramOf(new Float32Array(), 3).counts]).toEqual([0, 0, 0]);
  expect([...histogramOf(Float32Array.of(2, 2), 3).counts]).toEqual([2, 0, 0]);
});
