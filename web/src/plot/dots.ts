/** How large and how faint dots are, so that 500 and 1,000,000 of them both read as a picture. */
import type { Size } from "./view";

const MUTED_INK = 0.1; // share of the screen that all muted points would cover side by side
const ACTIVE_INK = 0.028;
const SMALLEST = 0.6; // radius in CSS pixels; a smaller dot would only be a fainter one
const LARGEST = 2.2;
const LARGEST_ACTIVE = 3.4;
const GROWTH = 0.35; // coming 10 times closer makes dots 2.2 times as large

export interface Dots {
  readonly mutedRadius: number;
  readonly mutedOpacity: number;
  /** The shader divides it by the number of active points: their radius squared, before its bounds. */
  readonly activeInk: number;
  readonly activeLargest: number;
}

/** Return the sizes for `n` points on a screen, `closeness` times as close as the view that shows all. */
export function dotsFor(n: number, { width, height }: Size, closeness: number): Dots {
  const growth = Math.max(closeness, 0.5) ** GROWTH;
  const ideal = growth * Math.sqrt((MUTED_INK * width * height) / (Math.PI * Math.max(n, 1)));
  const mutedRadius = Math.min(Math.max(ideal, SMALLEST), LARGEST * growth ** 0.5);
  return {
    mutedRadius,
    mutedOpacity: Math.min(Math.max((0.62 * ideal) / mutedRadius, 0.1), 0.62),
    activeInk: (growth ** 2 * ACTIVE_INK * width * height) / Math.PI,
    activeLargest: LARGEST_ACTIVE * growth ** 0.5,
  };
}
