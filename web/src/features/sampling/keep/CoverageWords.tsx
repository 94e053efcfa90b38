import type { CurvePoint, Measure } from "../../../api/opening";
import { count } from "../../../ui/format";
import { distance, valueAt } from "./curve";
import classes from "./keep.module.css";

/** The sentence beside the number: how near every image is to a kept one, and what random draws would give. */
export function CoverageWords(props: {
  curve: readonly CurvePoint[];
  randomCurve: readonly CurvePoint[];
  measure: Measure;
  keep: number;
}) {
  const { curve, randomCurve, measure, keep } = props;
  const ours = valueAt(curve, keep, measure);
  const random = valueAt(randomCurve, keep, measure);
  if (ours === null) {
    const last = curve.at(-1);
    return last ? (
      <span className={`${classes.words} ${classes.soft}`}>coverage was measured up to {count(last.k)}</span>
    ) : null;
  }
  return (
    <span className={classes.words}>
      {measure === "radius" ? (
        <>
          <b>all within {distance(ours)}</b> <span className={classes.soft}>of a kept image</span>
        </>
      ) : (
        <>
          <b>{distance(ours)} on average</b> <span className={classes.soft}>to a kept image</span>
        </>
      )}
      {random !== null ? <span className={classes.soft}> (random {distance(random)})</span> : null}
    </span>
  );
}
