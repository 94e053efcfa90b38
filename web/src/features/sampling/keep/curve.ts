/** What the coverage curve says at a number of kept images. */
import type { CurvePoint, Measure } from "../../../api/opening";

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

/** Return a distance with two digits that count: 0.31, 1.4, 12, 0.0087. */
export function distance(value: number): string {
  if (value === 0) return "0";
  return value >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(value >= 10 ? 3 : 2)));
}
