/** Turns pointers, the wheel and keys on a canvas into moves of the view. Positions: CSS pixels of the canvas. */

export interface Moves {
  pan(dx: number, dy: number, smooth: boolean): void;
  zoom(factor: number, px: number, py: number, smooth: boolean): void;
  reset(): void;
  /** The pointer is above (px, py), or null: it is gone. */
  point(at: readonly [px: number, py: number] | null): void;
  /** Open the point that is pointed at. */
  open(): void;
}

const KEY_STEP = 60; // pixels
const KEY_ZOOM = 1.5;
const DOUBLE_CLICK_ZOOM = 2;
const STILL = 4; // pixels that a hand moves in a click

/** Listen until the signal aborts. */
export function listen(canvas: HTMLCanvasElement, moves: Moves, signal: AbortSignal): void {
  listenToPointers(canvas, moves, signal);
  canvas.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 : 16);
      const pinched = event.ctrlKey ? 5 : 1; // a pinch on a touch pad arrives as a small wheel with Ctrl
      const factor = Math.exp(-Math.max(Math.min(pixels * pinched, 400), -400) * 0.0018);
      moves.zoom(factor, ...within(canvas, event), false);
    },
    { signal, passive: false },
  );
  canvas.addEventListener(
    "dblclick",
    (event) => {
      const factor = event.shiftKey ? 1 / DOUBLE_CLICK_ZOOM : DOUBLE_CLICK_ZOOM;
      moves.zoom(factor, ...within(canvas, event), true);
    },
    { signal },
  );
  canvas.addEventListener(
    "keydown",
    (event) => {
      if (!event.ctrlKey && !event.metaKey && !event.altKey && pressed(canvas, moves, event.key)) {
        event.preventDefault();
      }
    },
    { signal },
  );
}

/** Do what a key stands for; return false for a key that stands for nothing. */
function pressed(canvas: HTMLCanvasElement, moves: Moves, key: string): boolean {
  const middle: [number, number] = [canvas.clientWidth / 2, canvas.clientHeight / 2];
  switch (key) {
    case "ArrowLeft":
      moves.pan(KEY_STEP, 0, true);
      break;
    case "ArrowRight":
      moves.pan(-KEY_STEP, 0, true);
      break;
    case "ArrowUp":
      moves.pan(0, KEY_STEP, true);
      break;
    case "ArrowDown":
      moves.pan(0, -KEY_STEP, true);
      break;
    case "+":
    case "=":
      moves.zoom(KEY_ZOOM, ...middle, true);
      break;
    case "-":
    case "_":
      moves.zoom(1 / KEY_ZOOM, ...middle, true);
      break;
    case "0":
    case "Home":
      moves.reset();
      break;
    case "Enter":
      moves.open();
      break;
    case "Escape":
      moves.point(null);
      return true;
    default:
      return false;
  }
  return true;
}

function listenToPointers(canvas: HTMLCanvasElement, moves: Moves, signal: AbortSignal): void {
  const down = new Map<number, readonly [number, number]>();
  let start: readonly [number, number] = [0, 0];
  /** How far from there a pointer has been; a second one makes it no click. */
  let gone = 0;
  canvas.style.touchAction = "none";
  canvas.style.cursor = "grab";

  canvas.addEventListener(
    "pointerdown",
    (event) => {
      if (event.button !== 0 || down.size >= 2) {
        return;
      }
      gone = down.size === 0 ? 0 : Number.POSITIVE_INFINITY;
      start = within(canvas, event);
      down.set(event.pointerId, within(canvas, event));
      canvas.setPointerCapture(event.pointerId);
      canvas.style.cursor = "grabbing";
    },
    { signal },
  );
  canvas.addEventListener(
    "pointermove",
    (event) => {
      const here = within(canvas, event);
      const before = down.get(event.pointerId);
      if (!before) {
        moves.point(here);
        return;
      }
      gone = Math.max(gone, Math.hypot(here[0] - start[0], here[1] - start[1]));
      const other = [...down].find(([id]) => id !== event.pointerId)?.[1];
      if (other) {
        pinch(moves, before, here, other);
      } else {
        moves.pan(here[0] - before[0], here[1] - before[1], false);
      }
      down.set(event.pointerId, here);
    },
    { signal },
  );
  const lift = (event: PointerEvent) => {
    const tapped = down.delete(event.pointerId) && down.size === 0;
    if (tapped) {
      canvas.style.cursor = "grab";
      moves.point(within(canvas, event));
    }
  };
  canvas.addEventListener("pointerup", lift, { signal });
  canvas.addEventListener("pointercancel", lift, { signal });
  // By now a finger has caused all its events, so none of them falls on what is opened.
  canvas.addEventListener("click", () => gone <= STILL && moves.open(), { signal });
  canvas.addEventListener("pointerleave", () => down.size === 0 && moves.point(null), { signal });
}

/** One finger of two moves: the plane follows the middle of both, and their distance is the zoom. */
function pinch(
  moves: Moves,
  before: readonly [number, number],
  here: readonly [number, number],
  other: readonly [number, number],
): void {
  const apart = (point: readonly [number, number]) => Math.hypot(point[0] - other[0], point[1] - other[1]);
  moves.pan((here[0] - before[0]) / 2, (here[1] - before[1]) / 2, false);
  const factor = apart(here) / Math.max(apart(before), 1);
  moves.zoom(factor, (here[0] + other[0]) / 2, (here[1] + other[1]) / 2, false);
}

function within(canvas: HTMLCanvasElement, event: MouseEvent): [px: number, py: number] {
  const box = canvas.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
}
