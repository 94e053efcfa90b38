/** Sets of positions as they come over the wire: packed bits, the lowest bit of a byte first. */

/** Tell whether a position is in the set; positions past its end are not. */
export function hasBit(bits: Uint8Array, position: number): boolean {
  return (((bits[position >> 3] ?? 0) >> (position & 7)) & 1) === 1;
}

/** Count the positions below `n` that are in the set. */
export function countBits(bits: Uint8Array, n = bits.length * 8): number {
  const whole = Math.min(bits.length, n >> 3);
  let count = 0;
  for (let index = 0; index < whole; index += 1) {
    count += ONES[bits[index] as number] as number;
  }
  if (whole < bits.length && n >> 3 === whole) {
    count += ONES[(bits[whole] as number) & ((1 << (n & 7)) - 1)] as number;
  }
  return count;
}

/** Pack the positions below `n` for which `inside` says yes. */
export function packBits(n: number, inside: (position: number) => boolean): Uint8Array {
  const bits = new Uint8Array(Math.ceil(n / 8));
  for (let position = 0; position < n; position += 1) {
    if (inside(position)) {
      bits[position >> 3] = (bits[position >> 3] as number) | (1 << (position & 7));
    }
  }
  return bits;
}

/** Copy the set into `length` bytes, cut or filled up with zeros. */
export function resizeBits(bits: Uint8Array, length: number): Uint8Array {
  const resized = new Uint8Array(length);
  resized.set(bits.subarray(0, length));
  return resized;
}

const ONES = Uint8Array.from({ length: 256 }, (_, byte) => {
  let count = 0;
  for (let rest = byte; rest > 0; rest >>= 1) {
    count += rest & 1;
  }
  return count;
});
