import { describe, expect, it } from "vitest";
import { bitsOf, PositionsInBits } from "../../api/bits";
import { activeBits } from "./activeBits";
import { joined, rankedPart } from "./sequence";

const order = new Uint32Array([4, 0, 3]);
const rank = new Uint32Array([1, 0xffffffff, 0xffffffff, 2, 0]);

describe("a sequence", () => {
  it("is a part of a ranking, without a copy", () => {
    const kept = rankedPart(order, rank, 0, 2);
    expect([kept.length, kept.at(0), kept.at(1), kept.at(2)]).toEqual([2, 4, 0, -1]);
    expect([4, 0, 3, 1, 99].map((position) => kept.indexOf(position))).toEqual([0, 1, -1, -1, -1]);
    const next = rankedPart(order, rank, 2, 99);
    expect([next.length, next.at(0), next.indexOf(3)]).toEqual([1, 3, 0]);
  });

  it("goes on with the preselected samples", () => {
    const both = joined(rankedPart(order, rank, 0, 1), new PositionsInBits(bitsOf([1, 2], 5)));
    expect([0, 1, 2, 3].map((index) => both.at(index))).toEqual([4, 1, 2, -1]);
    expect([4, 1, 2, 3].map((position) => both.indexOf(position))).toEqual([0, 1, 2, -1]);
  });

  it("by name holds members among the first kept, and all preselected ones", () => {
    const bits = activeBits(bitsOf([0, 3], 5), order, 2, bitsOf([2], 5));
    const named = new PositionsInBits(bits);
    expect([named.length, named.at(0), named.at(1)]).toEqual([2, 0, 2]);
  });
});
