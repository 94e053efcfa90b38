/** Where the plane lies on the screen. Lengths on the screen are CSS pixels; y points up in the plane. */

/** `scale` pixels of the screen show one unit of the plane, and (x, y) lies in the middle. */
export interface View {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

export interface Bounds {
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
  readonly top: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export const EVERYWHERE: Bounds = { left: -1, right: 1, bottom: -1, top: 1 };
const MARGIN = { across: 28, down: 54 }; // pixels left free when all is shown; buttons and legend lie there
const CLOSEST = 4000; // times as close as the view that shows all points; beyond, float32 gets coarse
const FARTHEST = 0.4;

/** Return the smallest box around all points that have a place (NaN: none). */
export function boundsOf(x: Float32Array, y: Float32Array): Bounds {
  let left = Infinity;
  let right = -Infinity;
  let bottom = Infinity;
  let top = -Infinity;
  for (let index = 0; index < x.length; index += 1) {
    const px = x[index] as number;
    const py = y[index] as number;
    if (Number.isFinite(px) && Number.isFinite(py)) {
      left = Math.min(left, px);
      right = Math.max(right, px);
      bottom = Math.min(bottom, py);
      top = Math.max(top, py);
    }
  }
  return left <= right ? { left, right, bottom, top } : EVERYWHERE;
}

/** Show the whole box, both axes to the same scale: distances in the plane mean something. */
export function showAll(bounds: Bounds, size: Size): View {
  const wide = Math.max(size.width - 2 * MARGIN.across, 16);
  const high = Math.max(size.height - 2 * MARGIN.down, 16);
  const width = bounds.right - bounds.left;
  const height = bounds.top - bounds.bottom;
  const scale = Math.min(wide / (width || 1e-9), high / (height || 1e-9));
  return {
    x: (bounds.left + bounds.right) / 2,
    y: (bounds.bottom + bounds.top) / 2,
    scale: width || height ? scale : Math.min(wide, high) / 2,
  };
}

/** Move the plane along with the pointer. */
export function pan(view: View, dx: number, dy: number): View {
  return { ...view, x: view.x - dx / view.scale, y: view.y + dy / view.scale };
}

/** Come closer by `factor`, while the spot of the plane under (px, py) stays there. */
export function zoom(view: View, factor: number, px: number, py: number, size: Size, whole: View): View {
  const scale = Math.min(Math.max(view.scale * factor, whole.scale * FARTHEST), whole.scale * CLOSEST);
  const [x, y] = toPlane(view, px, py, size);
  return {
    x: x - (px - size.width / 2) / scale,
    y: y + (py - size.height / 2) / scale,
    scale,
  };
}

/** Keep at least some of the box in sight, so that nobody loses the points. */
export function hold(view: View, bounds: Bounds): View {
  return {
    ...view,
    x: Math.min(Math.max(view.x, bounds.left), bounds.right),
    y: Math.min(Math.max(view.y, bounds.bottom), bounds.top),
  };
}

/** Return the spot of the plane below a pixel. */
export function toPlane(view: View, px: number, py: number, size: Size): [x: number, y: number] {
  return [view.x + (px - size.width / 2) / view.scale, view.y - (py - size.height / 2) / view.scale];
}

/** Return the pixel above a spot of the plane. */
export function toScreen(view: View, x: number, y: number, size: Size): [px: number, py: number] {
  return [size.width / 2 + (x - view.x) * view.scale, size.height / 2 - (y - view.y) * view.scale];
}

/** Return the view a share of the way from one to another: the scale by ratio, so that it looks even. */
export function between(from: View, to: View, share: number): View {
  const scale = from.scale * (to.scale / from.scale) ** share;
  // The middle moves with 1/scale: then a zoom at the pointer keeps the pointer's spot still on the way.
  const moved =
    Math.abs(to.scale - from.scale) < 1e-9 * to.scale
      ? share
      : (1 / from.scale - 1 / scale) / (1 / from.scale - 1 / to.scale);
  return { x: from.x + (to.x - from.x) * moved, y: from.y + (to.y - from.y) * moved, scale };
}
