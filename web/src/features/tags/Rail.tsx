import classes from "./TagTree.module.css";

const STEP = 14; // pixels between lanes
const HEIGHT = 30;
const FIRST = 10;

interface RailProps {
  lane: number;
  from: number | null;
  above: readonly number[];
  below: readonly number[];
  draft: boolean;
}

/** The lines and the dot of one row of the tag tree. */
export function Rail({ lane, from, above, below, draft }: RailProps) {
  const x = (at: number) => FIRST + at * STEP;
  const middle = HEIGHT / 2;
  const passing = above.filter((at) => at !== lane && below.includes(at));
  return (
    <svg
      className={classes.rail}
      width={FIRST + lane * STEP + 12}
      height={HEIGHT}
      aria-hidden="true"
      data-draft={draft || undefined}
    >
      {passing.map((at) => (
        <path key={at} className={classes.line} d={`M${x(at)} 0V${HEIGHT}`} />
      ))}
      {from === null && above.includes(lane) ? (
        <path className={classes.line} d={`M${x(lane)} 0V${middle}`} />
      ) : null}
      {from === null ? null : (
        <path
          className={draft ? classes.draftLine : classes.line}
          d={`M${x(from)} 0V4Q${x(from)} ${middle} ${x(lane)} ${middle}`}
        />
      )}
      {below.includes(lane) ? <path className={classes.line} d={`M${x(lane)} ${middle}V${HEIGHT}`} /> : null}
      <circle className={classes.dot} cx={x(lane)} cy={middle} r={draft ? 4.5 : 4} />
    </svg>
  );
}
