import { expect, test } from "vitest";
import { buildGrid, nearest } from "./grid";

const NOBODY = () => false;

function scattered(n: number): { x: Float32Array; y: Float32Array } {
  const x = Float32Array.from({ length: n }, (_, point) => Math.sin(point * 12.9898) * 50);
  const y = Float32Array.from({ length: n }, (_, point) => Math.cos(point * 78.233) * 20);
  x[3] = Number.NaN;
  return { x, y };
}

test("every point that has a place is in the grid once", () => {
  const { x, y } = scattered(5000);
  const grid = buildGrid(x, y);
  expect([...grid.points].sort((a, b) => a - b)).toEqual(
    [...Array(5000).keys()].filter((point) => point !== 3),
  );
});

test("the grid finds what a search through all points finds", () => {
  const { x, y } = scattered(3000);
  const grid = buildGrid(x, y);
  for (let trial = 0; trial < 200; trial += 1) {
    const spot = [Math.sin(trial) * 55, Math.cos(trial * 1.7) * 24] as const;
    const distance = (point: number) => Math.hypot((x[point] ?? 0) - spot[0], (y[point] ?? 0) - spot[1]);
    const near = [...grid.points].filter((point) => distance(point) <= 2);
    const best = Math.min(...near.map(distance));
    const found = nearest(grid, x, y, spot, 2, NOBODY);
    expect(found === null ? Number.POSITIVE_INFINITY : distance(found)).toBe(best);
  }
});

test("a preferred point wins over a nearer one, and nothing out of reach is found", () => {
  const x = Float32Array.of(0, 1, 2);
  const y = Float32Array.of(0, 0, 0);
  const grid = buildGrid(x, y);
  expect(nearest(grid, x, y, [0.1, 0], 3, NOBODY)).toBe(0);
  expect(nearest(grid, x, y, [0.1, 0], 3, (point) => point > 0)).toBe(1);
  expect(nearest(grid, x, y, [0.1, 0], 0.5, (point) => point > 0)).toBe(0);
  expect(nearest(grid, x, y, [9, 9], 1, NOBODY)).toBeNull();
});

test("there may be no points, or all in one spot", () => {
  const none = new Float32Array();
  expect(nearest(buildGrid(none, none), none, none, [0, 0], 1, NOBODY)).toBeNull();
  const same = new Float32Array(100).fill(5);
  expect(nearest(buildGrid(same, same), same, same, [5, 5], 1, NOBODY)).not.toBeNull();
});
