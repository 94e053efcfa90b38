/** Which point is nearest? An even grid over the plane, filled by a counting sort. */
import { type Bounds, boundsOf } from "./view";

/** The points of cell c are `points[start[c]] .. points[start[c + 1] - 1]`, cells row by row. */
export interface Grid {
  readonly bounds: Bounds;
  readonly columns: number;
  readonly rows: number;
  readonly start: Uint32Array;
  readonly points: Uint32Array;
}

const POINTS_A_CELL = 4;
const MOST_CELLS = 1024; // along one axis

/** Sort the points that have a place into cells of a few points each. */
export function buildGrid(x: Float32Array, y: Float32Array): Grid {
  const bounds = boundsOf(x, y);
  const side = Math.min(Math.max(Math.round(Math.sqrt(x.length / POINTS_A_CELL)), 1), MOST_CELLS);
  const shape = { bounds, columns: side, rows: side };
  const cells = new Int32Array(x.length);
  const start = new Uint32Array(side * side + 1);
  for (let point = 0; point < x.length; point += 1) {
    const cell = cellOf(shape, x[point] as number, y[point] as number);
    cells[point] = cell;
    if (cell >= 0) {
      start[cell + 1] = (start[cell + 1] as number) + 1;
    }
  }
  for (let cell = 0; cell < side * side; cell += 1) {
    start[cell + 1] = (start[cell + 1] as number) + (start[cell] as number);
  }
  const points = new Uint32Array(start[side * side] as number);
  const next = start.slice();
  for (let point = 0; point < x.length; point += 1) {
    const cell = cells[point] as number;
    if (cell >= 0) {
      const slot = next[cell] as number;
      points[slot] = point;
      next[cell] = slot + 1;
    }
  }
  return { ...shape, start, points };
}

/**
 * Return the point nearest to (px, py) and no farther than `radius`, or null. One that is `preferred`
 * wins over any that is not: it is drawn on top.
 */
export function nearest(
  grid: Grid,
  x: Float32Array,
  y: Float32Array,
  [px, py]: readonly [number, number],
  radius: number,
  preferred: (point: number) => boolean,
): number | null {
  const [left, bottom] = clampedCell(grid, px - radius, py - radius);
  const [right, top] = clampedCell(grid, px + radius, py + radius);
  let best: number | null = null;
  let bestDistance = radius * radius;
  let bestPreferred = false;
  for (let row = bottom; row <= top; row += 1) {
    const from = grid.start[row * grid.columns + left] as number;
    const until = grid.start[row * grid.columns + right + 1] as number;
    for (let slot = from; slot < until; slot += 1) {
      const point = grid.points[slot] as number;
      const dx = (x[point] as number) - px;
      const dy = (y[point] as number) - py;
      const distance = dx * dx + dy * dy;
      if (distance > radius * radius || (bestPreferred && distance >= bestDistance)) {
        continue;
      }
      const better = preferred(point);
      if ((better && !bestPreferred) || (better === bestPreferred && distance <= bestDistance)) {
        best = point;
        bestDistance = distance;
        bestPreferred = better;
      }
    }
  }
  return best;
}

type Shape = Pick<Grid, "bounds" | "columns" | "rows">;

function clampedCell({ bounds, columns, rows }: Shape, x: number, y: number): [column: number, row: number] {
  const column = Math.floor(((x - bounds.left) / (bounds.right - bounds.left || 1)) * columns);
  const row = Math.floor(((y - bounds.bottom) / (bounds.top - bounds.bottom || 1)) * rows);
  return [Math.min(Math.max(column, 0), columns - 1), Math.min(Math.max(row, 0), rows - 1)];
}

function cellOf(shape: Shape, x: number, y: number): number {
  if (!Number.isFinite(x) || !Number.isFinite(y)) {
    return -1;
  }
  const [column, row] = clampedCell(shape, x, y);
  return row * shape.columns + column;
}
