import { Tooltip } from "@mantine/core";
import { useMemo } from "react";
import { distance } from "./curve";
import { histogramOf, keptIn } from "./histogram";
import classes from "./keep.module.css";

const BINS = 28;

/** How the scores of the ranking are spread, the kept ones in the accent. Heights go by the square root. */
export function ImportanceHistogram({
  importance,
  keep,
  means,
}: {
  importance: Float32Array;
  keep: number;
  /** What the strategy says its scores are. */
  means?: string;
}) {
  const histogram = useMemo(() => histogramOf(importance, BINS), [importance]);
  const kept = keptIn(histogram, keep);
  const most = Math.sqrt(Math.max(...histogram.counts, 1)); // few kept beside many others stay visible
  const high = (count: number) => (count ? Math.max((100 * Math.sqrt(count)) / most, 2) : 0);
  const lowest = importance[Math.min(keep, importance.length) - 1];
  const words =
    lowest === undefined
      ? "No scores."
      : `Scores up to ${distance(histogram.high)}; the last image kept has ${distance(lowest)}.`;
  return (
    <figure className={classes.histogram}>
      <figcaption>
        {means === undefined ? (
          "importance"
        ) : (
          <Tooltip label={means} multiline w={300}>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard reads the explanation here */}
            <span className={classes.explained} tabIndex={0}>
              importance
            </span>
          </Tooltip>
        )}
        {histogram.log ? ", log scale" : null}
      </figcaption>
      <svg viewBox={`0 0 ${BINS} 100`} preserveAspectRatio="none" role="img" aria-label={words}>
        <title>{words}</title>
        {Array.from(histogram.counts, (count, bin) => {
          const all = high(count);
          const ours = all * ((kept[bin] ?? 0) / Math.max(count, 1));
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: a bin is its index
            <g key={bin}>
              <rect className={classes.others} x={bin + 0.1} y={100 - all} width={0.8} height={all} />
              <rect className={classes.kept} x={bin + 0.1} y={100 - ours} width={0.8} height={ours} />
            </g>
          );
        })}
      </svg>
      <div className={classes.range} aria-hidden="true">
        <span>{distance(histogram.low)}</span>
        <span>{distance(histogram.high)}</span>
      </div>
    </figure>
  );
}
