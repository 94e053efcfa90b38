import { describe, expect, it } from "vitest";
import { bitsOf, countBits, countUnion, hasBit, PositionsInBits } from "./bits";

function scattered(n: number, size: number, seed: number): number[] {
  const found = new Set<number>();
  let state = seed;
  while (found.size < n) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    found.add(state % size);
  }
  return [...found].sort((a, b) => a - b);
}

describe("bits", () => {
  it("reads little-endian bits as the server packs them", () => {
    const bits = new Uint8Array([0b00000101, 0b10000000]);
    expect([0, 1, 2, 15, 16].map((position) => hasBit(bits, position))).toEqual([
      true,
      false,
      true,
      true,
      false,
    ]);
    expect(countBits(bits)).toBe(3);
  });

  it("counts a union of sets of different length", () => {
    expect(countUnion(bitsOf([1, 2], 8), bitsOf([2, 30], 31))).toBe(3);
  });

  it("finds the position of every index and the index of every position", () => {
    for (const size of [1, 7, 512, 513, 40_000]) {
      const positions = scattered(Math.max(1, Math.floor(size / 3)), size, size);
      const index = new PositionsInBits(bitsOf(positions, size));
      expect(index.length).toBe(positions.length);
      expect(positions.map((_, at) => index.at(at))).toEqual(positions);
      expect(positions.map((position) => index.indexOf(position))).toEqual(positions.map((_, at) => at));
      expect([index.at(-1), index.at(positions.length)]).toEqual([-1, -1]);
    }
  });

  it("has no place for a position that is not set", () => {
    expect(new PositionsInBits(bitsOf([3], 8)).indexOf(4)).toBe(-1);
  });
});
