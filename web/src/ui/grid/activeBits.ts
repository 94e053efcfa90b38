/** The active samples as bits: members among the first `keep` of the order, and the preselected ones. */
export function activeBits(
  members: Uint8Array,
  order: Uint32Array,
  keep: number,
  preselected: Uint8Array | null,
): Uint8Array {
  const bits = new Uint8Array(Math.max(members.length, preselected?.length ?? 0));
  if (preselected !== null) bits.set(preselected);
  for (const position of order.subarray(0, keep)) {
    const byte = position >> 3;
    bits[byte] = (bits[byte] ?? 0) | ((members[byte] ?? 0) & (1 << (position & 7)));
  }
  return bits;
}
