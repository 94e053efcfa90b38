import { type KeyboardEvent, useMemo, useState } from "react";
import { useActivePart } from "../../api/active";
import type { Ranking } from "../../api/arrays";
import { thumbnailsOf } from "../../api/samples";
import { count } from "../../ui/format";
import { SampleGrid } from "../../ui/grid/SampleGrid";
import { SampleDetail } from "../../ui/SampleDetail";
import { type Order, useActiveSequence } from "../../ui/useActiveSequence";
import { useSetView, useView } from "../../ui/view";
import classes from "./RankGrid.module.css";

const ORDERS: readonly (readonly [Order, string])[] = [
  ["rank", "By importance"],
  ["name", "In order"],
  ["next", "Dropped next"],
];
const NONE: Record<Order, string> = {
  rank: "Nothing is kept. Move the slider to the right.",
  name: "This tag is empty.",
  next: "Nothing is dropped: all are kept.",
};

/** What is kept, best first; the same in the order of the dataset; or what falls out next. */
export function RankGrid({ datasetId, ranking }: { datasetId: string; ranking: Ranking | undefined }) {
  const { sort, sample } = useView();
  const setView = useSetView();
  const ranked = useActivePart(datasetId, (state) => state.selectionId !== null);
  const keep = useActivePart(datasetId, (state) => state.keep);
  const asked = ORDERS.find(([order]) => order === sort)?.[0] ?? "rank";
  const order = ranked ? asked : "name";
  const sequence = useActiveSequence(datasetId, order);
  const thumbnails = useMemo(() => thumbnailsOf(datasetId), [datasetId]);
  const [large, setLarge] = useState(false);
  const open = (position: number | undefined) =>
    setView({ sample: position }, { replace: sample !== undefined && position !== undefined });
  const badge =
    order === "name"
      ? undefined
      : (index: number) => {
          const rank = order === "rank" ? index + 1 : keep + index + 1;
          return order === "rank" && rank > keep ? "kept before" : count(rank);
        };
  return (
    <div className={classes.panel}>
      <div className={classes.top}>
        <Tabs
          ranked={ranked}
          order={order}
          onOrder={(next) => setView({ sort: next === "rank" ? undefined : next }, { replace: true })}
        />
        <button
          type="button"
          className={classes.size}
          aria-pressed={large}
          aria-label="Large images"
          title={large ? "Smaller images" : "Larger images"}
          onClick={() => setLarge(!large)}
        >
          <span className={large ? classes.one : classes.four} aria-hidden="true" />
        </button>
      </div>
      {sequence === null ? null : sequence.length === 0 ? (
        <p className={classes.none}>{NONE[order]}</p>
      ) : (
        <SampleGrid
          sequence={sequence}
          thumbnails={thumbnails}
          label={ORDERS.find(([known]) => known === order)?.[1] ?? "Images"}
          cellSize={large ? 150 : 76}
          badge={badge}
          current={sample}
          onOpen={(index) => open(sequence.at(index))}
        />
      )}
      {sample !== undefined && sequence !== null ? (
        <SampleDetail
          datasetId={datasetId}
          position={sample}
          sequence={sequence}
          extra={factsOf(ranking, sample, keep)}
          onMove={open}
          onClose={() => open(undefined)}
        />
      ) : null}
    </div>
  );
}

function factsOf(ranking: Ranking | undefined, position: number, keep: number): [string, string][] {
  const place = ranking?.rank[position] ?? 0xffffffff;
  if (ranking === undefined || place >= ranking.position.length) return [];
  return [
    ["Rank", `${count(place + 1)} of ${count(ranking.position.length)}`],
    ["Importance", (ranking.importance[place] ?? 0).toPrecision(3)],
    ["Kept", place < keep ? "yes" : "no"],
  ];
}

interface TabsProps {
  ranked: boolean;
  order: Order;
  onOrder: (order: Order) => void;
}

function Tabs({ ranked, order, onOrder }: TabsProps) {
  const shown = ORDERS.filter(([known]) => ranked || known === "name");
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const at = shown.findIndex(([known]) => known === order);
    const next = shown[(at + step + shown.length) % shown.length];
    if (next === undefined) return;
    onOrder(next[0]);
    event.currentTarget.querySelector<HTMLElement>(`[data-order="${next[0]}"]`)?.focus();
  };
  return (
    <div role="tablist" aria-label="Order of the images" className={classes.tabs} onKeyDown={onKeyDown}>
      {shown.map(([known, words]) => (
        <button
          key={known}
          type="button"
          role="tab"
          className={classes.tab}
          data-order={known}
          aria-selected={known === order}
          tabIndex={known === order ? 0 : -1}
          onClick={() => onOrder(known)}
        >
          {words}
        </button>
      ))}
    </div>
  );
}
