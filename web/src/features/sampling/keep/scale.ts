/** The slider's scale: from a number of kept images to a place on the track, and back. */
export interface Scale {
  readonly min: number;
  readonly max: number;
  /** Equal ways on the track are equal factors, so that 10 of 1,000,000 can be aimed at. */
  readonly log: boolean;
}

/** Return where on the track a number lies, 0 to 1. */
export function toShare({ min, max, log }: Scale, keep: number): number {
  if (max <= min) return 1;
  const share = log ? Math.log1p(keep - min) / Math.log1p(max - min) : (keep - min) / (max - min);
  return Math.min(Math.max(share, 0), 1);
}

/** Return the whole number at a place of the track. */
export function toKeep({ min, max, log }: Scale, share: number): number {
  const within = Math.min(Math.max(share, 0), 1);
  const keep = min + (log ? Math.expm1(within * Math.log1p(max - min)) : within * (max - min));
  return clamp({ min, max }, Math.round(keep));
}

export function clamp({ min, max }: Pick<Scale, "min" | "max">, keep: number): number {
  return Math.min(Math.max(keep, min), max);
}

/** Return the number after a key, or null for a key that means nothing here. */
export function afterKey(scale: Scale, keep: number, key: string, shift: boolean): number | null {
  const tenth = Math.max(Math.round(keep / 10), 1);
  const step = shift ? tenth : 1;
  switch (key) {
    case "ArrowRight":
    case "ArrowUp":
      return clamp(scale, keep + step);
    case "ArrowLeft":
    case "ArrowDown":
      return clamp(scale, keep - step);
    case "PageUp":
      return clamp(scale, keep + tenth);
    case "PageDown":
      return clamp(scale, keep - tenth);
    case "Home":
      return scale.min;
    case "End":
      return scale.max;
    default:
      return null;
  }
}

/** Return the numbers to write below the track: powers of ten, or about five even steps. */
export function ticks(scale: Scale): number[] {
  const { min, max, log } = scale;
  if (max <= min) return [max];
  if (!log) {
    const step = evenStep(max, 5);
    const even = Array.from({ length: Math.floor(max / step) }, (_, index) => (index + 1) * step);
    return [min, ...even.filter((tick) => tick > min && toShare(scale, tick) < 0.9), max];
  }
  const powers: number[] = [];
  for (let power = 10; power < max; power *= 10) {
    const share = toShare(scale, power);
    if (power > min && share > 0.06 && share < 0.9) powers.push(power);
  }
  return [min, ...powers, max];
}

/** Return 1, 2 or 5 times a power of ten, so that about `parts` of it make up `whole`. */
export function evenStep(whole: number, parts: number): number {
  const rough = whole / parts;
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * ([1, 2, 5].find((step) => step * power >= rough) ?? 10);
}

/**
 * Return the range of a chart and the levels to mark in it. It begins at 0 unless all values lie in the upper
 * part; then at the round level below them, which is written beside it like the others.
 */
export function levels(values: readonly number[]): { lowest: number; highest: number; lines: number[] } {
  const most = Math.max(...values, 1e-9);
  const least = Math.min(...values);
  const isHigh = values.length > 0 && least > 0.35 * most;
  const step = evenStep(isHigh ? most - 0.9 * least : most, 3);
  const lowest = isHigh ? Math.floor((0.95 * least) / step) * step : 0;
  const highest = lowest + 1.04 * (most - lowest);
  const n = Math.floor((highest - lowest) / step);
  return { lowest, highest, lines: Array.from({ length: n + 1 }, (_, index) => lowest + index * step) };
}
