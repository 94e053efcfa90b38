import { useQuery } from "@tanstack/react-query";
import { NO_RANK, type Ranking } from "../../api/arrays";
import { imageUrl, sampleQuery } from "../../api/samples";
import { count } from "../../ui/format";
import { distance } from "./keep/curve";
import classes from "./PlotPanel.module.css";
import type { Hovered } from "./usePlot";

const GAP = 14; // pixels between the point and its card
const WIDTH = 156;
const HEIGHT = 168;

/** The image under the pointer, with its name, its place in the ranking and its score. */
export function HoverCard(props: { datasetId: string; hovered: Hovered; ranking: Ranking | null }) {
  const { datasetId, hovered, ranking } = props;
  const { position, left, top, width, height } = hovered;
  const sample = useQuery(sampleQuery(datasetId, position));
  const place = ranking?.rank[position] ?? NO_RANK;
  const x = left + GAP + WIDTH < width ? left + GAP : left - GAP - WIDTH;
  const y = Math.min(Math.max(top - HEIGHT / 2, 8), Math.max(height - HEIGHT - 8, 8));
  return (
    <div className={classes.card} style={{ left: Math.max(x, 8), top: y, width: WIDTH }} role="status">
      {/* A new element for every image: the old picture never stands beside the new name. */}
      <img
        key={position}
        src={imageUrl(datasetId, position, "thumbnail")}
        alt=""
        onError={(event) => event.currentTarget.removeAttribute("src")}
      />
      <span className={classes.name} title={sample.data?.file_name}>
        {sample.data?.file_name ?? `Sample ${count(position)}`}
      </span>
      <span className={classes.facts}>
        {place === NO_RANK
          ? ranking
            ? "not ranked"
            : `sample ${count(position)}`
          : `rank ${count(place + 1)} · ${distance(ranking?.importance[place] ?? 0)}`}
      </span>
    </div>
  );
}
