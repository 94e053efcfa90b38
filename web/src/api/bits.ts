// Packed little-endian bitsets over positions, as the server sends them: bit i of byte b is position 8 b + i.

const BLOCK = 64; // bytes between two entries of the running count: 512 positions

const ONES = new Uint8Array(256);
for (let value = 1; value < 256; value++) ONES[value] = (ONES[value >> 1] ?? 0) + (value & 1);

export function hasBit(bits: Uint8Array, position: number): boolean {
  return (((bits[position >> 3] ?? 0) >> (position & 7)) & 1) === 1;
}

export function countBits(bits: Uint8Array): number {
  let total = 0;
  for (const byte of bits) total += ONES[byte] ?? 0;
  return total;
}

/** How many positions are in one or the other; the shorter set counts as if filled up with zeros. */
export function countUnion(a: Uint8Array, b: Uint8Array): number {
  const [longer, shorter] = a.length >= b.length ? [a, b] : [b, a];
  let total = 0;
  for (let index = 0; index < longer.length; index++)
    total += ONES[(longer[index] ?? 0) | (shorter[index] ?? 0)] ?? 0;
  return total;
}

export function bitsOf(positions: Iterable<number>, size: number): Uint8Array {
  const bits = new Uint8Array((size + 7) >> 3);
  for (const position of positions) bits[position >> 3] = (bits[position >> 3] ?? 0) | (1 << (position & 7));
  return bits;
}

/**
 * The positions of a bitset in ascending order, without a list of them: the running count of every 512th
 * position makes `at` a short search. Ten million positions cost 80 kB beside the bits.
 */
export class PositionsInBits {
  readonly length: number;
  private readonly bits: Uint8Array;
  private readonly before: Uint32Array; // set bits before each block

  constructor(bits: Uint8Array) {
    this.bits = bits;
    const blocks = Math.ceil(bits.length / BLOCK);
    this.before = new Uint32Array(blocks + 1);
    let total = 0;
    for (let block = 0; block < blocks; block++) {
      this.before[block] = total;
      const end = Math.min(bits.length, (block + 1) * BLOCK);
      for (let index = block * BLOCK; index < end; index++) total += ONES[bits[index] ?? 0] ?? 0;
    }
    this.before[blocks] = total;
    this.length = total;
  }

  /** The position of the `index`-th set bit, or -1. */
  at(index: number): number {
    if (index < 0 || index >= this.length) return -1;
    let low = 0;
    let high = this.before.length - 2; // the last block whose running count is <= index
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.before[middle] ?? 0) <= index) low = middle;
      else high = middle - 1;
    }
    let left = index - (this.before[low] ?? 0);
    for (let byte = low * BLOCK; byte < this.bits.length; byte++) {
      const value = this.bits[byte] ?? 0;
      const ones = ONES[value] ?? 0;
      if (left >= ones) {
        left -= ones;
        continue;
      }
      for (let bit = 0; bit < 8; bit++) if ((value >> bit) & 1 && left-- === 0) return byte * 8 + bit;
    }
    return -1;
  }

  /** The place of a position among the set bits, or -1 where it is not set. */
  indexOf(position: number): number {
    if (!hasBit(this.bits, position)) return -1;
    const last = position >> 3;
    const block = Math.floor(last / BLOCK);
    let total = this.before[block] ?? 0;
    for (let byte = block * BLOCK; byte < last; byte++) total += ONES[this.bits[byte] ?? 0] ?? 0;
    return total + (ONES[(this.bits[last] ?? 0) & ((1 << (position & 7)) - 1)] ?? 0);
  }
}
