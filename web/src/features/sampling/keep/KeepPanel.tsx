import { Tooltip, UnstyledButton } from "@mantine/core";
import { useState } from "react";
import { bend, type CurvePoint, type Measure } from "../../../api/opening";
import { count } from "../../../ui/format";
import { CoverageCurve } from "./CoverageCurve";
import { CoverageWords } from "./CoverageWords";
import { ImportanceHistogram } from "./ImportanceHistogram";
import { KeepField } from "./KeepField";
import { KeepSlider } from "./KeepSlider";
import classes from "./keep.module.css";

export interface KeepPanelProps {
  /** How many images the ranking holds. */
  readonly max: number;
  readonly keep: number;
  readonly greedyUntil: number;
  readonly curve: readonly CurvePoint[];
  readonly randomCurve: readonly CurvePoint[];
  /** Best first, as the ranking has it. */
  readonly importance: Float32Array;
  readonly importanceMeans?: string;
  /** What is shown first. Only some strategies aim at the farthest image; the others lower the average. */
  readonly measure?: Measure;
  readonly onKeep: (keep: number) => void;
  /** Whether the slider is to have the focus as it appears, if nothing else has. */
  readonly takesFocus?: boolean;
}

const BEND_RULE =
  "Where the curve lies farthest below the straight line between its ends: from there on an image brings " +
  "less than the average one did. A hint, and only about the part that was measured.";

const BEYOND =
  "Only so many images were ranked one by one. Those beyond follow in the order in which they stood then. To " +
  "rank them too, raise Rank and press Process.";

/** How many are enough: the number, what it covers, the curve and the slider below each other. */
export function KeepPanel(props: KeepPanelProps) {
  const { max, keep, curve, randomCurve, onKeep } = props;
  const [logScale, setLogScale] = useState(true);
  const [measure, setMeasure] = useState<Measure>(props.measure ?? "radius");
  const scale = { min: Math.min(1, max), max, log: logScale };
  const enough = bend(curve, measure);

  return (
    <section className={classes.panel} aria-label="How many to keep">
      <div className={classes.top}>
        <KeepField max={max} keep={keep} onKeep={onKeep} />
        <span className={classes.soft}>of {count(max)} kept</span>
        <CoverageWords curve={curve} randomCurve={randomCurve} measure={measure} keep={keep} />
        {keep > props.greedyUntil ? (
          <Tooltip label={BEYOND} multiline w={300}>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard reads the explanation here */}
            <span className={classes.explained} tabIndex={0}>
              {count(keep - props.greedyUntil)} beyond the ranking
            </span>
          </Tooltip>
        ) : null}
        {enough !== null ? (
          <span className={classes.enough}>
            <span className={classes.soft}>enough?</span>{" "}
            <Tooltip label={BEND_RULE} multiline w={300}>
              <UnstyledButton className={classes.bends} onClick={() => onKeep(enough)}>
                bends at {count(enough)}
              </UnstyledButton>
            </Tooltip>
          </span>
        ) : null}
      </div>
      <div className={classes.below}>
        <div className={classes.main}>
          <div className={classes.choices}>
            <UnstyledButton
              className={classes.chip}
              role="switch"
              aria-checked={logScale}
              onClick={() => setLogScale(!logScale)}
            >
              log scale
            </UnstyledButton>
            <MeasureChoice measure={measure} onMeasure={setMeasure} />
          </div>
          <CoverageCurve {...{ curve, randomCurve, measure, scale, keep, bend: enough, onKeep }} />
          <KeepSlider
            {...{ max, keep, greedyUntil: props.greedyUntil, logScale, onKeep }}
            takesFocus={props.takesFocus}
          />
        </div>
        <ImportanceHistogram importance={props.importance} keep={keep} means={props.importanceMeans} />
      </div>
    </section>
  );
}

const MEASURES: readonly [Measure, string][] = [
  ["radius", "farthest"],
  ["mean", "average"],
];

function MeasureChoice(props: { measure: Measure; onMeasure: (measure: Measure) => void }) {
  return (
    <fieldset className={classes.measure}>
      <legend>distance to a kept image:</legend>
      {MEASURES.map(([value, label]) => (
        <UnstyledButton
          key={value}
          aria-pressed={props.measure === value}
          onClick={() => props.onMeasure(value)}
        >
          {label}
        </UnstyledButton>
      ))}
    </fieldset>
  );
}
