import type { PointerEvent } from "react";
import type { CurvePoint, Measure } from "../../../api/opening";
import { distance, valueAt } from "./curve";
import classes from "./keep.module.css";
import { levels, type Scale, toKeep, toShare } from "./scale";

export interface CoverageCurveProps {
  readonly curve: readonly CurvePoint[];
  readonly randomCurve: readonly CurvePoint[];
  readonly measure: Measure;
  readonly scale: Scale;
  readonly keep: number;
  /** Where the curve bends, or null. */
  readonly bend: number | null;
  readonly onKeep: (keep: number) => void;
}

/** How well the kept images cover all others, beside random draws. A click or a drag sets how many are kept. */
export function CoverageCurve(props: CoverageCurveProps) {
  const { curve, randomCurve, measure, scale, keep, bend, onKeep } = props;
  const { lowest, highest, lines } = levels([...curve, ...randomCurve].map((point) => point[measure]));
  const across = (k: number) => 100 * toShare(scale, k);
  const down = (value: number) => 100 * (1 - (value - lowest) / (highest - lowest));
  const value = valueAt(curve, keep, measure);
  const bendValue = bend === null ? null : valueAt(curve, bend, measure);
  const named = randomCurve[Math.floor(0.62 * randomCurve.length)];

  const point = (event: PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const next = toKeep(scale, (event.clientX - box.left) / box.width);
    if (next !== keep) onKeep(next);
  };
  const path = (points: readonly CurvePoint[]) =>
    points.map((each) => `${across(each.k)},${down(each[measure])}`).join(" ");

  return (
    <div
      className={classes.chart}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        point(event);
      }}
      onPointerMove={(event) => event.currentTarget.hasPointerCapture(event.pointerId) && point(event)}
    >
      {lines.map((line) => (
        <span key={line} className={classes.gridline} style={{ top: `${down(line)}%` }}>
          <span className={classes.level}>{distance(line)}</span>
        </span>
      ))}
      <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true" focusable="false">
        <polyline className={classes.random} points={path(randomCurve)} />
        <polyline className={classes.ours} points={path(curve)} />
      </svg>
      {named ? (
        <span
          className={classes.randomLabel}
          style={{ left: `${across(named.k)}%`, top: `${down(named[measure])}%` }}
        >
          random
        </span>
      ) : null}
      {bend !== null && bendValue !== null ? (
        <span className={classes.bend} style={{ left: `${across(bend)}%`, top: `${down(bendValue)}%` }} />
      ) : null}
      <span className={classes.here} style={{ left: `${across(keep)}%` }} />
      {value !== null ? (
        <span className={classes.dot} style={{ left: `${across(keep)}%`, top: `${down(value)}%` }} />
      ) : null}
    </div>
  );
}
