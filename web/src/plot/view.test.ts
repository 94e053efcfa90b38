import { expect, test } from "vitest";
import { between, boundsOf, EVERYWHERE, hold, pan, showAll, toPlane, toScreen, zoom } from "./view";

const size = { width: 800, height: 600 };
const bounds = { left: -10, right: 30, bottom: 0, top: 5 };

test("points without a place do not count for the bounds", () => {
  const x = Float32Array.of(1, Number.NaN, -3, 4);
  const y = Float32Array.of(2, 50, 7, Number.NaN);
  expect(boundsOf(x, y)).toEqual({ left: -3, right: 1, bottom: 2, top: 7 });
  expect(boundsOf(Float32Array.of(Number.NaN), Float32Array.of(0))).toEqual(EVERYWHERE);
});

test("fitting shows the whole box with a margin, both axes to one scale", () => {
  const view = showAll(bounds, size);
  expect(toScreen(view, -10, 2.5, size)).toEqual([28, 300]);
  expect(toScreen(view, 30, 2.5, size)).toEqual([772, 300]);
  expect(toScreen(view, 10, 5, size)[1]).toBeCloseTo(300 - 2.5 * view.scale);
});

test("a single point lies in the middle, at a scale one can move in", () => {
  const view = showAll({ left: 2, right: 2, bottom: 3, top: 3 }, size);
  expect(toScreen(view, 2, 3, size)).toEqual([400, 300]);
  expect(view.scale).toBeGreaterThan(1);
  expect(Number.isFinite(view.scale)).toBe(true);
});

test("the spot under the pointer stays there while zooming", () => {
  const whole = showAll(bounds, size);
  const before = toPlane(whole, 123, 456, size);
  const closer = zoom(whole, 7.5, 123, 456, size, whole);
  expect(closer.scale).toBeCloseTo(7.5 * whole.scale);
  const after = toPlane(closer, 123, 456, size);
  expect(after[0]).toBeCloseTo(before[0]);
  expect(after[1]).toBeCloseTo(before[1]);
});

test("zooming ends before numbers of 32 bits get coarse, and before the points get lost", () => {
  const whole = showAll(bounds, size);
  expect(zoom(whole, 1e9, 0, 0, size, whole).scale).toBe(4000 * whole.scale);
  expect(zoom(whole, 1e-9, 0, 0, size, whole).scale).toBe(0.4 * whole.scale);
});

test("the plane follows the pointer, but never wholly out of sight", () => {
  const view = showAll(bounds, size);
  const [px, py] = toScreen(pan(view, 40, -25), 3, 3, size);
  const [fromX, fromY] = toScreen(view, 3, 3, size);
  expect([px - fromX, py - fromY].map(Math.round)).toEqual([40, -25]);
  expect(hold(pan(view, 1e6, 1e6), bounds)).toMatchObject({ x: -10, y: 5 });
});

test("a glide keeps the spot under the pointer still all the way", () => {
  const from = showAll(bounds, size);
  const to = zoom(from, 6, 700, 80, size, from);
  const [x, y] = toPlane(from, 700, 80, size);
  for (const share of [0, 0.2, 0.5, 0.9, 1]) {
    const [px, py] = toScreen(between(from, to, share), x, y, size);
    expect(px).toBeCloseTo(700, 3);
    expect(py).toBeCloseTo(80, 3);
  }
  expect(between(from, pan(from, 10, 0), 0.5).x).toBeCloseTo(from.x - 5 / from.scale);
});
