import { expect, test } from "vitest";
import { countBits, hasBit, packBits, resizeBits } from "./bits";

test("the lowest bit of a byte is the first position", () => {
  const bits = Uint8Array.of(0b0000_0101, 0b1000_0000);
  expect([...Array(20).keys()].filter((position) => hasBit(bits, position))).toEqual([0, 2, 15]);
});

test("packing gives a byte for every eight positions, begun ones too", () => {
  expect(packBits(10, (position) => position % 3 === 0)).toEqual(Uint8Array.of(0b0100_1001, 0b0000_0010));
  expect(packBits(0, () => true)).toEqual(new Uint8Array(0));
});

test.each([
  [undefined, 5],
  [0, 0],
  [1, 1],
  [9, 4],
  [16, 5],
  [999, 5],
])("bits below %s are counted", (n, count) => {
  expect(countBits(Uint8Array.of(0b1000_0011, 0b0001_0001), n)).toBe(count);
});

test("a set is cut or filled up with zeros", () => {
  const bits = Uint8Array.of(7, 8, 9);
  expect(resizeBits(bits, 2)).toEqual(Uint8Array.of(7, 8));
  expect(resizeBits(bits, 5)).toEqual(Uint8Array.of(7, 8, 9, 0, 0));
});
