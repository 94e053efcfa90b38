import { expect, test } from "vitest";
import { bend, distance, valueAt } from "./curve";

const curveOf = (radius: (k: number) => number, ks: number[]) =>
  ks.map((k) => ({ k, radius: radius(k), mean: radius(k) / 2 }));

test("between two measured points the value goes by the logarithm, beyond the last there is none", () => {
  const curve = [
    { k: 1, radius: 3, mean: 1 },
    { k: 100, radius: 1, mean: 0.5 },
  ];
  expect(valueAt(curve, 1, "radius")).toBe(3);
  expect(valueAt(curve, 10, "radius")).toBe(2);
  expect(valueAt(curve, 10, "mean")).toBe(0.75);
  expect(valueAt(curve, 100, "radius")).toBe(1);
  expect(valueAt(curve, 101, "radius")).toBeNull();
  expect(valueAt([], 5, "radius")).toBeNull();
});

test("a corner is found where it is", () => {
  const corner = curveOf(
    (k) => (k <= 40 ? 10 - 0.2 * k : 2 - 0.01 * (k - 40)),
    [1, 10, 20, 30, 40, 60, 100, 140],
  );
  expect(bend(corner, "radius")).toBe(40);
  expect(bend(corner, "mean")).toBe(40);
});

test("a smooth curve bends where it is as steep as on average", () => {
  const every = Array.from({ length: 400 }, (_, index) => index + 1);
  // Of 1/sqrt(k) on 1..400 the mean slope is -0.95/399; -k^-1.5/2 equals it at k = 35.4.
  expect(
    bend(
      curveOf((k) => k ** -0.5, every),
      "radius",
    ),
  ).toBe(35);
});

test("a straight, a rising and a short curve have no bend", () => {
  const ks = [1, 20, 40, 60, 80, 100, 120];
  expect(
    bend(
      curveOf((k) => 10 - 0.05 * k, ks),
      "radius",
    ),
  ).toBeNull();
  expect(
    bend(
      curveOf((k) => k, ks),
      "radius",
    ),
  ).toBeNull();
  expect(
    bend(
      curveOf((k) => 1 / k, [1, 2, 3]),
      "radius",
    ),
  ).toBeNull();
  expect(bend([], "radius")).toBeNull();
});

test.each([
  [0, "0"],
  [0.3134, "0.31"],
  [0.00871, "0.0087"],
  [1.44, "1.4"],
  [12.34, "12.3"],
  [123.4, "123"],
])("the distance %s is written %s", (value, text) => {
  expect(distance(value)).toBe(text);
});
