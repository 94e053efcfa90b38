import { expect, test } from "vitest";
import { afterKey, evenStep, levels, ticks, toKeep, toShare } from "./scale";

const linear = { min: 1, max: 1001, log: false };
const log = { min: 1, max: 1_000_000, log: true };

test("on the log scale equal ways are equal factors, and both ends are reached", () => {
  expect(toShare(log, 1)).toBe(0);
  expect(toShare(log, 1000)).toBeCloseTo(0.5);
  expect(toShare(log, 1_000_000)).toBe(1);
  expect([0, 0.5, 1].map((share) => toKeep(log, share))).toEqual([1, 1000, 1_000_000]);
});

test("on the linear scale equal ways are equal numbers", () => {
  expect(toShare(linear, 501)).toBe(0.5);
  expect(toKeep(linear, 0.25)).toBe(251);
});

test.each([linear, log])("every number comes back from its place on the track", (scale) => {
  for (const keep of [1, 2, 3, 7, 10, 99, 512, 1000]) {
    expect(toKeep(scale, toShare(scale, keep))).toBe(keep);
  }
});

test("places beyond the track and a range of one number are no trouble", () => {
  expect(toKeep(log, -3)).toBe(1);
  expect(toKeep(log, 7)).toBe(1_000_000);
  expect(toShare({ min: 1, max: 1, log: true }, 1)).toBe(1);
  expect(toKeep({ min: 1, max: 1, log: true }, 0.3)).toBe(1);
});

test.each([
  ["ArrowRight", false, 513],
  ["ArrowUp", false, 513],
  ["ArrowLeft", false, 511],
  ["ArrowDown", false, 511],
  ["ArrowRight", true, 563],
  ["ArrowLeft", true, 461],
  ["PageUp", false, 563],
  ["PageDown", false, 461],
  ["Home", false, 1],
  ["End", false, 1001],
  ["Enter", false, null],
])("%s with Shift %s goes from 512 to %s", (key, shift, after) => {
  expect(afterKey(linear, 512, key, shift)).toBe(after);
});

test("keys stop at the ends, and 10 % of little is 1", () => {
  expect(afterKey(linear, 1, "ArrowLeft", true)).toBe(1);
  expect(afterKey(linear, 1001, "ArrowRight", false)).toBe(1001);
  expect(afterKey(linear, 3, "ArrowRight", true)).toBe(4);
});

test("ticks are powers of ten or even steps, and keep away from the ends", () => {
  expect(ticks({ min: 1, max: 20_431, log: true })).toEqual([1, 10, 100, 1000, 20_431]);
  expect(ticks({ min: 1, max: 20_431, log: false })).toEqual([1, 5000, 10_000, 15_000, 20_431]);
  expect(ticks({ min: 1, max: 1, log: true })).toEqual([1]);
  expect(ticks({ min: 1, max: 3, log: true })).toEqual([1, 3]);
});

test.each([
  [1, 4, 0.5],
  [20_431, 5, 5000],
  [0.31, 3, 0.2],
])("%s in about %s parts goes by %s", (whole, parts, step) => {
  expect(evenStep(whole, parts)).toBeCloseTo(step);
});

test("a chart begins at 0, or at a round level below values that are all high", () => {
  expect(levels([4, 0.1, 2])).toEqual({ lowest: 0, highest: 4.16, lines: [0, 2, 4] });
  expect(levels([11.5, 7, 9])).toEqual({ lowest: 6, highest: expect.closeTo(11.72), lines: [6, 8, 10] });
  expect(levels([]).lowest).toBe(0);
});
