/** The importance scores of a ranking in bins, and how many of each bin are among the first k. */
export interface Histogram {
  readonly low: number;
  readonly high: number;
  /** Whether each bin is as many times as wide as the one before: where most scores are small. */
  readonly log: boolean;
  /** The bin of each place of the ranking. */
  readonly bins: Uint8Array;
  readonly counts: Uint32Array;
}

const SAMPLE = 4096; // scores looked at to find the range
const UNEVEN = 20; // how many times the median the highest score is where the bins are logarithmic
const OUTSIDE = 0.002; // the share of scores at either end that the first and the last bin take in

/** Sort scores into bins between the lowest and the highest, a few outliers apart. Logarithms have no place for 0:
 * it is in the first bin. */
export function histogramOf(importance: Float32Array, nBins: number): Histogram {
  const sorted = sampled(importance);
  const cut = Math.floor(OUTSIDE * sorted.length);
  const high = sorted[sorted.length - 1 - cut] ?? 0;
  const plain = sorted[cut] ?? 0;
  const least = plain < 0 ? 0 : (sorted.subarray(cut).find((score) => score > 0) ?? 0);
  const median = sorted[sorted.length >> 1] ?? 0;
  const log = least > 0 && high > UNEVEN * Math.max(median, least);
  const low = log ? least : plain;
  const wide = (log ? Math.log(high / low) : high - low) || 1;
  const bins = new Uint8Array(importance.length);
  const counts = new Uint32Array(nBins);
  for (let place = 0; place < importance.length; place++) {
    const score = importance[place] as number;
    const share = (log ? Math.log(score / low) : score - low) / wide;
    const bin = Math.min(Math.max(Math.floor(share * nBins), 0), nBins - 1);
    bins[place] = bin;
    counts[bin] = (counts[bin] as number) + 1;
  }
  return { low, high, log, bins, counts };
}

function sampled(importance: Float32Array): Float32Array {
  const n = Math.min(importance.length, SAMPLE);
  const every = importance.length / n;
  return Float32Array.from({ length: n }, (_, index) => importance[Math.floor(index * every)] ?? 0).sort();
}

/** Count how many of the first `keep` fall into each bin. */
export function keptIn({ bins, counts }: Histogram, keep: number): Uint32Array {
  const kept = new Uint32Array(counts.length);
  const until = Math.min(keep, bins.length);
  for (let place = 0; place < until; place++) {
    const bin = bins[place] as number;
    kept[bin] = (kept[bin] as number) + 1;
  }
  return kept;
}
