import { expect, test } from "vitest";
import { bend, openingKeep } from "./opening";

const curveOf = (radius: (k: number) => number, ks: number[]) =>
  ks.map((k) => ({ k, radius: radius(k), mean: radius(k) / 2 }));

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

const corner = curveOf(
  (k) => (k <= 40 ? 10 - 0.2 * k : 2 - 0.01 * (k - 40)),
  [1, 10, 20, 30, 40, 60, 100, 140],
);

function selectionOf(n_samples: number, n_candidates: number, curve = corner) {
  return { strategy: { strategy: "coreset" }, n_samples, n_candidates, curve };
}

test("a selection opens with all that it ranked, if that leaves something out", () => {
  expect(openingKeep(selectionOf(140, 141))).toBe(140);
});

test("one that ranked every candidate opens where its curve bends, or else with a third", () => {
  expect(openingKeep(selectionOf(140, 140))).toBe(40);
  expect(openingKeep(selectionOf(60, 60, []))).toBe(20);
  expect(openingKeep(selectionOf(1, 1, []))).toBe(1);
});
