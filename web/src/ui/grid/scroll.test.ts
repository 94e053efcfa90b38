import { describe, expect, it } from "vitest";
import {
  baseFor,
  furthest,
  layoutOf,
  moveBy,
  mustMove,
  offsetFor,
  offsetOfThumb,
  thumbOf,
  visibleRows,
  WINDOW,
} from "./scroll";

const MANY = 10_000_000;
const VIEWPORT = 800;
const many = layoutOf(MANY, 1000, 120, 6);

describe("layout", () => {
  it("fills the line with cells of at least the wanted width", () => {
    expect(layoutOf(10, 366, 120, 3)).toEqual({
      columns: 3,
      rows: 4,
      cell: 120,
      rowHeight: 123,
      height: 489,
    });
    expect(layoutOf(10, 50, 120, 6)).toMatchObject({ columns: 1, rows: 10, cell: 50 });
    expect(layoutOf(0, 400, 120, 6)).toMatchObject({ rows: 0, height: 0 });
  });

  it("asks for no more rows than show", () => {
    const layout = layoutOf(2000, 1000, 120, 6);
    const { start, end } = visibleRows(layout, 0, VIEWPORT, 0);
    expect([start, end]).toEqual([0, Math.ceil(VIEWPORT / layout.rowHeight)]);
    expect(visibleRows(layout, furthest(layout.height, VIEWPORT), VIEWPORT, 3).end).toBe(layout.rows);
  });
});

describe("ten million images", () => {
  it("are taller than a browser allows, and yet every row can be reached", () => {
    expect(many.height).toBeGreaterThan(WINDOW * 10);
    for (const share of [0, 0.1, 0.5, 0.9, 1]) {
      const offset = furthest(many.height, VIEWPORT) * share;
      const base = baseFor(offset, many.height);
      expect(offset - base).toBeGreaterThanOrEqual(0);
      expect(offset - base).toBeLessThanOrEqual(WINDOW - VIEWPORT);
      expect(mustMove(offset - base, base, many.height)).toBe(false);
    }
  });

  it("move the window before its end is reached, but not at the end of the whole", () => {
    expect(mustMove(WINDOW - VIEWPORT, 0, many.height)).toBe(true);
    expect(mustMove(10, 0, many.height)).toBe(false);
    expect(mustMove(10, 5000, many.height)).toBe(true);
    expect(mustMove(WINDOW - VIEWPORT, Math.round(many.height - WINDOW), many.height)).toBe(false);
  });

  it("have a thumb that can be grasped and reaches both ends", () => {
    const track = 700;
    const end = furthest(many.height, VIEWPORT);
    const { size } = thumbOf(0, many.height, VIEWPORT, track);
    expect(size).toBeGreaterThanOrEqual(24);
    expect(thumbOf(end, many.height, VIEWPORT, track).top).toBeCloseTo(track - size);
    expect(offsetOfThumb(track - size, size, many.height, VIEWPORT, track)).toBe(end);
    const middle = thumbOf(end / 3, many.height, VIEWPORT, track);
    expect(offsetOfThumb(middle.top, size, many.height, VIEWPORT, track)).toBeCloseTo(end / 3, 3);
  });
});

describe("keys", () => {
  const layout = layoutOf(10, 366, 120, 3); // 3 columns: 0-2, 3-5, 6-8, 9

  it.each([
    ["ArrowRight", 2, 3],
    ["ArrowLeft", 0, 0],
    ["ArrowDown", 4, 7],
    ["ArrowDown", 7, 9],
    ["ArrowDown", 9, 9],
    ["ArrowUp", 1, 1],
    ["ArrowUp", 9, 6],
    ["Home", 5, 0],
    ["End", 5, 9],
    ["PageDown", 0, 6],
    ["PageUp", 8, 2],
    ["x", 3, null],
  ])("%s takes cell %i to %s", (key, from, to) => {
    expect(moveBy(key, from, 10, layout, 250)).toBe(to);
  });

  it("scroll only as far as the row needs", () => {
    expect(offsetFor(0, layout, 100, 250)).toBe(0);
    expect(offsetFor(1, layout, 100, 250)).toBe(100);
    expect(offsetFor(3, layout, 100, 250)).toBe(3 * 123 + 120 - 250);
  });
});
