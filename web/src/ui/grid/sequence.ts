// What a grid shows, in which order: positions by index, without a copy where there are millions.

export interface Sequence {
  readonly length: number;
  /** The position of the sample at this index. */
  at(index: number): number;
  /** The index of a position, or -1. */
  indexOf(position: number): number;
}

export const EMPTY: Sequence = { length: 0, at: () => -1, indexOf: () => -1 };

/** A part of a ranking. `rank` holds the place of every position in the whole ranking. */
export function rankedPart(order: Uint32Array, rank: Uint32Array, from: number, to: number): Sequence {
  const first = Math.max(0, Math.min(from, order.length));
  const end = Math.max(first, Math.min(to, order.length));
  return {
    length: end - first,
    at: (index) => (index >= 0 && index < end - first ? (order[first + index] ?? -1) : -1),
    indexOf: (position) => {
      const place = rank[position] ?? 0xffffffff;
      return place >= first && place < end ? place - first : -1;
    },
  };
}

/** One after the other; a position in both is found in the first. */
export function joined(first: Sequence, second: Sequence): Sequence {
  return {
    length: first.length + second.length,
    at: (index) => (index < first.length ? first.at(index) : second.at(index - first.length)),
    indexOf: (position) => {
      const index = first.indexOf(position);
      if (index >= 0) return index;
      const further = second.indexOf(position);
      return further < 0 ? -1 : first.length + further;
    },
  };
}
