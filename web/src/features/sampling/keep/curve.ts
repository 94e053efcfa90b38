/** What the coverage curve says: at a number of kept images, and where it bends. */
import type { Noun } from "../../../api/client";

export type CurvePoint = Noun<"CurvePoint">;

/** The farthest distance of any image to a kept one, or the mean over all images. */
export type Measure = "radius" | "mean";

const FEWEST = 6; // points from which on a bend can be told
const SLIGHTEST = 0.1; // a curve that leaves its chord by less is as good as straight

/** Return the value at `keep`, between two measured points by the logarithm; null beyond the last one. */
export function valueAt(curve: readonly CurvePoint[], keep: number, measure: Measure): number | null {
  const next = curve.findIndex((point) => point.k >= keep);
  const after = curve[next];
  if (!after) return null;
  const before = curve[next - 1];
  if (!before || after.k === keep) return after[measure];
  const share = Math.log(keep / before.k) / Math.log(after.k / before.k);
  return before[measure] + (after[measure] - before[measure]) * share;
}

/**
 * Return the number of kept images at which the curve bends, or null where it does not.
 *
 * The rule: draw a straight line from the first to the last point of the curve; the bend is where the curve
 * lies farthest below it, both axes scaled to 0..1 (Satopää et al. 2011, "Finding a kneedle in a haystack").
 * There the curve is as steep as it is on average: each further image brings less than the average one did.
 * It is a hint about the part that was measured, and moves when more of the ranking is measured.
 */
export function bend(curve: readonly CurvePoint[], measure: Measure): number | null {
  const first = curve[0];
  const last = curve.at(-1);
  if (!first || !last || curve.length < FEWEST) return null;
  const wide = last.k - first.k;
  const high = first[measure] - last[measure];
  if (wide <= 0 || high <= 0) return null;
  let deepest = SLIGHTEST;
  let found: number | null = null;
  for (const point of curve) {
    const chord = 1 - (point.k - first.k) / wide;
    const below = chord - (point[measure] - last[measure]) / high;
    if (below > deepest) {
      deepest = below;
      found = point.k;
    }
  }
  return found;
}

/** Return a distance with two digits that count: 0.31, 1.4, 12, 0.0087. */
export function distance(value: number): string {
  if (value === 0) return "0";
  return value >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(value >= 10 ? 3 : 2)));
}
