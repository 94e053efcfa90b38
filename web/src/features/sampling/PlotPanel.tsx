import { UnstyledButton, VisuallyHidden } from "@mantine/core";
import type { Points, Ranking } from "../../api/arrays";
import { count, counted } from "../../ui/format";
import { HoverCard } from "./HoverCard";
import classes from "./PlotPanel.module.css";
import { PlotPicture } from "./PlotPicture";
import { usePlot } from "./usePlot";

export interface PlotPanelProps {
  readonly datasetId: string;
  readonly projectionId: string;
  readonly points: Points;
  /** Null: nothing is selected, and every member of the tag is active. */
  readonly ranking: Ranking | null;
  /** Packed bits of the tag's members. Null: all samples. */
  readonly members: Uint8Array | null;
  /** Packed bits of what was kept before the selection. Null: nothing. */
  readonly preselected: Uint8Array | null;
  readonly keep: number;
  readonly nActive: number;
  /** How many samples are drawn in grey. */
  readonly nOthers: number;
  readonly nPreselected?: number;
  readonly tagId: string | null;
  readonly selectionId: string | null;
  /** A point was clicked. */
  readonly onOpen: (position: number) => void;
}

const KEYS =
  "Arrow keys move the plot, plus and minus zoom, 0 shows everything, Enter opens the image that is ringed.";

/** The plot with its card, its buttons and its legend; a picture of the server's where it cannot be drawn. */
export function PlotPanel(props: PlotPanelProps) {
  const { datasetId, points, ranking, members, preselected, keep } = props;
  const { place, plot, hovered } = usePlot({
    points,
    rank: ranking?.rank ?? null,
    members,
    preselected,
    keep,
    label: `Plot of the embedding. ${KEYS}`,
    onOpen: props.onOpen,
  });
  const nPreselected = ranking ? (props.nPreselected ?? 0) : 0;
  const kept = ranking ? "kept" : "in this tag";

  return (
    <section className={classes.panel} aria-label="Plot">
      <div ref={place} className={classes.place} />
      {plot === null ? <PlotPicture {...props} /> : null}
      {plot ? (
        <div className={`${classes.float} ${classes.tools}`} role="toolbar" aria-label="View of the plot">
          <Tool label="Zoom in" onClick={() => plot.zoomBy(1.6)}>
            +
          </Tool>
          <Tool label="Zoom out" onClick={() => plot.zoomBy(1 / 1.6)}>
            −
          </Tool>
          <Tool onClick={() => plot.resetView()}>Reset</Tool>
        </div>
      ) : null}
      <p className={`${classes.float} ${classes.hint}`}>{KEYS}</p>
      <p className={`${classes.float} ${classes.legend}`}>
        <span>
          <i className={classes.active} /> {kept} {count(props.nActive - nPreselected)}
        </span>
        {nPreselected ? (
          <span>
            <i className={classes.preselected} /> kept before {count(nPreselected)}
          </span>
        ) : null}
        <span>
          <i className={classes.muted} /> not {kept} {count(props.nOthers)}
        </span>
      </p>
      <VisuallyHidden>
        <p>
          A plot of {counted(points.x.length, "image")}, near each other where the embedding finds them alike.{" "}
          {count(props.nActive)} are active and drawn in colour on top, {count(props.nOthers)} are drawn in
          grey.
        </p>
      </VisuallyHidden>
      {hovered ? <HoverCard datasetId={datasetId} hovered={hovered} ranking={ranking} /> : null}
    </section>
  );
}

function Tool({ label, onClick, children }: { label?: string; onClick: () => void; children: string }) {
  return (
    <UnstyledButton className={classes.tool} aria-label={label} title={label} onClick={onClick}>
      {children}
    </UnstyledButton>
  );
}
