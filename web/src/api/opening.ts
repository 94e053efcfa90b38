// With how many kept a selection opens, and where a coverage curve bends.

import type { Noun } from "./client";
import { type Selection, strategyOf } from "./selections";

export type CurvePoint = Noun<"CurvePoint">;

/** The farthest distance of any image to a kept one, or the mean over all images. */
export type Measure = "radius" | "mean";

/** The strategies whose promise is about the farthest image; all others lower the average distance. */
const AIMS_AT_FARTHEST = new Set(["coreset", "deduplicate"]);

const FEWEST = 6; // points from which on a bend can be told
const SLIGHTEST = 0.1; // a curve that leaves its chord by less is as good as straight

type Ranked = Pick<Selection, "strategy" | "n_samples" | "n_candidates" | "curve">;

/** What the coverage of a selection is about first. */
export function measureOf(selection: Pick<Selection, "strategy">): Measure {
  return AIMS_AT_FARTHEST.has(strategyOf(selection)) ? "radius" : "mean";
}

/**
 * How many are kept when a selection is opened: all that it ranked. Where it ranked every candidate that would
 * change nothing, and could not be saved; then as many as where its curve bends, or else a third.
 */
export function openingKeep(selection: Ranked): number {
  const { n_samples, n_candidates, curve } = selection;
  if (n_samples < n_candidates) return n_samples;
  return bend(curve, measureOf(selection)) ?? Math.max(1, Math.round(n_samples / 3));
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
