import { expect, test } from "vitest";
import { dotsFor } from "./dots";

const size = { width: 740, height: 560 };

test("many points make smaller and fainter dots, within bounds", () => {
  const sizes = [1, 500, 20_000, 1_000_000].map((n) => dotsFor(n, size, 1));
  const radii = sizes.map((dots) => dots.mutedRadius);
  expect(radii).toEqual(radii.toSorted((a, b) => b - a));
  expect(radii[0]).toBe(2.2);
  expect(radii[3]).toBe(0.6);
  expect(sizes.map((dots) => dots.mutedOpacity)).toEqual([0.62, 0.62, 0.62, expect.closeTo(0.12, 1)]);
});

test("dots grow as one comes closer", () => {
  expect(dotsFor(20_000, size, 10).mutedRadius).toBeGreaterThan(2 * dotsFor(20_000, size, 1).mutedRadius);
});
