/** The importance scores of a ranking in bins, and how many of each bin are among the first k. */
export interface Histogram {
  readonly low: number;
  readonly high: number;
  /** The bin of each place of the ranking. */
  readonly bins: Uint8Array;
  readonly counts: Uint32Array;
}

const SAMPLE = 4096; // scores looked at to find the range
const OUTSIDE = 0.002; // the share of scores at either end that the first and the last bin take in

/** Sort scores into bins between the lowest and the highest, a few outliers apart. */
export function histogramOf(importance: Float32Array, nBins: number): Histogram {
  const [low, high] = rangeOf(importance);
  const bins = new Uint8Array(importance.length);
  const counts = new Uint32Array(nBins);
  const wide = high - low || 1;
  for (let place = 0; place < importance.length; place++) {
    const share = ((importance[place] as number) - low) / wide;
    const bin = Math.min(Math.max(Math.floor(share * nBins), 0), nBins - 1);
    bins[place] = bin;
    counts[bin] = (counts[bin] as number) + 1;
  }
  return { low, high, bins, counts };
}

function rangeOf(importance: Float32Array): [low: number, high: number] {
  const n = Math.min(importance.length, SAMPLE);
  const every = importance.length / n;
  const sample = Float32Array.from(
    { length: n },
    (_, index) => importance[Math.floor(index * every)] ?? 0,
  ).sort();
  const cut = Math.floor(OUTSIDE * n);
  return [sample[cut] ?? 0, sample[n - 1 - cut] ?? 0];
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
