// The tag tree as a commit graph: which lane each tag's dot is in, and the lines that pass through its row.

export interface TagNode {
  readonly id: string;
  readonly parentId: string | null;
}

export interface TreeRow<T extends TagNode> {
  readonly tag: T;
  /** Depth in the tree, from 1: what a screen reader says. */
  readonly level: number;
  readonly siblings: number;
  /** From 1, among the siblings. */
  readonly place: number;
  readonly lane: number;
  /** The lane that a curve comes from, where the tag branches off; null where it goes on straight, or is a root. */
  readonly from: number | null;
  /** Lanes with a line at the top edge of the row, and at the bottom edge. */
  readonly above: readonly number[];
  readonly below: readonly number[];
}

/**
 * Lay tags out with children below their parent, oldest first. An only child goes on in its parent's lane, so a
 * chain stays straight; where there are several, all branch off. A draft always branches: it moves nothing.
 */
export function layoutTree<T extends TagNode>(
  tags: readonly T[],
  draftId: string | null = null,
): TreeRow<T>[] {
  const known = new Set(tags.map((tag) => tag.id));
  const children = new Map<string | null, T[]>();
  for (const tag of tags) {
    const parent = tag.parentId !== null && known.has(tag.parentId) ? tag.parentId : null;
    children.set(parent, [...(children.get(parent) ?? []), tag]);
  }
  const rows: TreeRow<T>[] = [];
  const open = new Set<number>(); // lanes whose line runs on below the present row

  const place = (
    tag: T,
    level: number,
    at: [number, number],
    lane: number,
    from: number | null,
    last: boolean,
  ) => {
    const below = children.get(tag.id) ?? [];
    const branching = below.length > 1 || below[0]?.id === draftId;
    const above = [...open];
    if (last && from !== null) open.delete(from);
    if (below.length > 0) open.add(lane);
    else open.delete(lane);
    rows.push({ tag, level, place: at[0], siblings: at[1], lane, from, above, below: [...open] });
    below.forEach((child, index) => {
      const isLast = index === below.length - 1;
      const next: [number, number] = [index + 1, below.length];
      if (branching) place(child, level + 1, next, lane + 1, lane, isLast);
      else place(child, level + 1, next, lane, null, true);
    });
  };
  const roots = children.get(null) ?? [];
  roots.forEach((root, index) => {
    place(root, 1, [index + 1, roots.length], 0, null, true);
  });
  return rows;
}

/** Where a key takes the reader in the tree; null where it means nothing. */
export function moveInTree(key: string, index: number, rows: readonly TreeRow<TagNode>[]): number | null {
  const row = rows[index];
  if (row === undefined) return null;
  switch (key) {
    case "ArrowDown":
      return Math.min(rows.length - 1, index + 1);
    case "ArrowUp":
      return Math.max(0, index - 1);
    case "Home":
      return 0;
    case "End":
      return rows.length - 1;
    case "ArrowLeft": {
      const parent = rows.findIndex((other) => other.tag.id === row.tag.parentId);
      return parent === -1 ? index : parent;
    }
    case "ArrowRight":
      return rows[index + 1]?.tag.parentId === row.tag.id ? index + 1 : index;
    default:
      return null;
  }
}
