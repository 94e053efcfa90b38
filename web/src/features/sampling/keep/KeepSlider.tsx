import type { KeyboardEvent, PointerEvent } from "react";
import { count } from "../../../ui/format";
import { useFocusWhenLost } from "../../../ui/useFocusWhenLost";
import classes from "./keep.module.css";
import { afterKey, type Scale, ticks, toKeep, toShare } from "./scale";

export interface KeepSliderProps {
  readonly max: number;
  readonly keep: number;
  /** Up to here each image was the best next choice; the track beyond is dotted. */
  readonly greedyUntil: number;
  readonly logScale: boolean;
  readonly onKeep: (keep: number) => void;
  /** Whether it is to have the focus as it appears, if nothing else has. */
  readonly takesFocus?: boolean | undefined;
}

const FEWEST = 1;

/**
 * Choose how many images are kept. Arrow keys: one more or less, with Shift 10 %; Home and End: the ends.
 * Not an <input type="range">: on a log scale its value could not be the number that it stands for.
 */
export function KeepSlider({ max, keep, greedyUntil, logScale, onKeep, takesFocus }: KeepSliderProps) {
  const track = useFocusWhenLost<HTMLDivElement>(takesFocus ?? false);
  const scale: Scale = { min: Math.min(FEWEST, max), max, log: logScale };
  const change = (next: number) => next !== keep && onKeep(next);
  const share = toShare(scale, keep);
  const greedy = toShare(scale, Math.min(greedyUntil, max));

  const point = (event: PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    change(toKeep(scale, (event.clientX - box.left) / box.width));
  };
  const press = (event: KeyboardEvent) => {
    const next = event.ctrlKey || event.metaKey ? null : afterKey(scale, keep, event.key, event.shiftKey);
    if (next === null) return;
    event.preventDefault();
    change(next);
  };

  return (
    <div className={classes.slider}>
      <div
        ref={track}
        role="slider"
        tabIndex={0}
        aria-label="Images to keep"
        aria-valuemin={scale.min}
        aria-valuemax={max}
        aria-valuenow={keep}
        aria-valuetext={`${count(keep)} of ${count(max)} images kept`}
        className={classes.track}
        onKeyDown={press}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          point(event);
        }}
        onPointerMove={(event) => event.currentTarget.hasPointerCapture(event.pointerId) && point(event)}
      >
        <span className={classes.rail} style={{ width: `${100 * greedy}%` }} />
        <span className={classes.beyond} style={{ left: `${100 * greedy}%` }} />
        <span className={classes.fill} style={{ width: `${100 * share}%` }} />
        {greedyUntil < max ? (
          <span className={classes.mark} style={{ left: `${100 * greedy}%` }}>
            <span className={classes.markText} data-left={greedy > 0.7 || undefined}>
              best order up to {count(greedyUntil)}
            </span>
          </span>
        ) : null}
        <span className={classes.knob} style={{ left: `${100 * share}%` }} />
      </div>
      <div className={classes.ticks} aria-hidden="true">
        {ticks(scale).map((tick) => (
          <span key={tick} style={{ left: `${100 * toShare(scale, tick)}%` }}>
            {count(tick)}
          </span>
        ))}
      </div>
    </div>
  );
}
