// The arithmetic of a grid with any number of rows, all of one height.
//
// Browsers cap the height of an element (Chromium near 33 million pixels, Firefox near 17), and ten million
// images are taller. So the element that scrolls is at most `WINDOW` high and shows a part of the whole that
// begins at `base`; when the scroll position nears an end of it, the window is moved under the reader's feet.

export const WINDOW = 4_000_000;

export interface Layout {
  readonly columns: number;
  readonly rows: number;
  /** Width and height of a cell. */
  readonly cell: number;
  /** From the top of a row to the top of the next. */
  readonly rowHeight: number;
  /** Height of all rows, without the gap after the last. */
  readonly height: number;
}

/** As many columns of at least `wanted` pixels as fit, made wider to fill the line. */
export function layoutOf(n: number, width: number, wanted: number, gap: number): Layout {
  const columns = Math.max(1, Math.floor((width + gap) / (wanted + gap)));
  const cell = Math.max(1, (width - gap * (columns - 1)) / columns);
  const rows = Math.ceil(n / columns);
  const rowHeight = cell + gap;
  return { columns, rows, cell, rowHeight, height: Math.max(0, rows * rowHeight - gap) };
}

export function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}

/** How far the whole can be scrolled. */
export function furthest(height: number, viewport: number): number {
  return Math.max(0, height - viewport);
}

/** The rows that show at `offset`, and `margin` more on both sides; `end` is the first that does not. */
export function visibleRows(
  layout: Layout,
  offset: number,
  viewport: number,
  margin: number,
): { start: number; end: number } {
  const first = Math.floor(offset / layout.rowHeight);
  const last = Math.ceil((offset + viewport) / layout.rowHeight);
  return { start: clamp(first - margin, 0, layout.rows), end: clamp(last + margin, 0, layout.rows) };
}

/** Where the window should begin so that `offset` lies in its middle. */
export function baseFor(offset: number, height: number): number {
  if (height <= WINDOW) return 0;
  return Math.round(clamp(offset - WINDOW / 2, 0, height - WINDOW));
}

/** Whether the scroll position in the window is so near to an end that the window has to move. */
export function mustMove(inWindow: number, base: number, height: number): boolean {
  if (height <= WINDOW) return base !== 0;
  return (inWindow < WINDOW / 8 && base > 0) || (inWindow > (WINDOW / 8) * 7 && base < height - WINDOW);
}

/** The least change of `offset` that brings a row into view. */
export function offsetFor(row: number, layout: Layout, offset: number, viewport: number): number {
  const top = row * layout.rowHeight;
  const bottom = top + layout.cell;
  if (top < offset || layout.cell > viewport) return top;
  if (bottom > offset + viewport) return bottom - viewport;
  return offset;
}

export interface Thumb {
  readonly top: number;
  readonly size: number;
}

const SMALLEST_THUMB = 36; // a thumb in true proportion would vanish above a few thousand rows

export function thumbOf(offset: number, height: number, viewport: number, track: number): Thumb {
  const size = clamp((viewport / Math.max(height, 1)) * track, Math.min(SMALLEST_THUMB, track), track);
  const reach = furthest(height, viewport);
  return { size, top: reach === 0 ? 0 : (clamp(offset, 0, reach) / reach) * (track - size) };
}

/** Where the whole is scrolled to when the thumb is dragged to `top`. */
export function offsetOfThumb(
  top: number,
  size: number,
  height: number,
  viewport: number,
  track: number,
): number {
  const room = track - size;
  return room <= 0 ? 0 : clamp(top / room, 0, 1) * furthest(height, viewport);
}

export type GridKey =
  | "ArrowLeft"
  | "ArrowRight"
  | "ArrowUp"
  | "ArrowDown"
  | "Home"
  | "End"
  | "PageUp"
  | "PageDown";

/** Where a key takes the reader from the `index`-th cell; null where the key means nothing here. */
export function moveBy(
  key: string,
  index: number,
  n: number,
  layout: Layout,
  viewport: number,
): number | null {
  const page = Math.max(1, Math.floor(viewport / layout.rowHeight)) * layout.columns;
  const steps: Record<GridKey, number> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -layout.columns,
    ArrowDown: layout.columns,
    Home: -index,
    End: n - 1 - index,
    PageUp: -page,
    PageDown: page,
  };
  const step = steps[key as GridKey];
  if (step === undefined || n === 0) return null;
  const target = index + step;
  if (key === "ArrowUp" && target < 0) return index;
  if (key === "ArrowDown" && target >= n) {
    const onLastRow = Math.floor(index / layout.columns) === layout.rows - 1;
    return onLastRow ? index : n - 1;
  }
  return clamp(target, 0, n - 1);
}
