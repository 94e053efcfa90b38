import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useActive } from "../../api/active";
import { membersQuery, rankingQuery } from "../../api/arrays";
import { thumbnailsOf } from "../../api/samples";
import { tagsQuery } from "../../api/tags";
import { count } from "../../ui/format";
import { SampleGrid } from "../../ui/grid/SampleGrid";
import { BrowseIcon } from "../../ui/icons";
import { EmptyState, ErrorNotice } from "../../ui/Notice";
import { SampleDetail } from "../../ui/SampleDetail";
import { useActiveSequence } from "../../ui/useActiveSequence";
import { useDatasetId, useSetView, useView } from "../../ui/view";
import classes from "./BrowsePage.module.css";
import { CellSize, rememberedSize } from "./CellSize";

/** The active samples as a grid of any size, with the detail of one on top. */
export function BrowsePage() {
  const datasetId = useDatasetId();
  const { sort, sample } = useView();
  const setView = useSetView();
  const active = useActive(datasetId);
  const [cellSize, setCellSize] = useState(rememberedSize);
  const tags = useQuery(tagsQuery(datasetId));
  const members = useQuery({ ...membersQuery(datasetId, active.tagId), enabled: active.ready });
  const ranked = active.selectionId !== null;
  const ranking = useQuery({ ...rankingQuery(datasetId, active.selectionId ?? ""), enabled: ranked });
  const byRank = ranked && sort !== "name";
  const sequence = useActiveSequence(datasetId, byRank ? "rank" : "name");
  const thumbnails = useMemo(() => thumbnailsOf(datasetId), [datasetId]);

  const error = members.error ?? (ranked ? ranking.error : null);
  const tagName = tags.data?.find((tag) => tag.id === active.tagId)?.name ?? "All samples";
  const badge = byRank
    ? (index: number) => (index < active.keep ? count(index + 1) : "kept before")
    : undefined;
  const open = (position: number | undefined) =>
    setView({ sample: position }, { replace: sample !== undefined && position !== undefined });
  if (error) {
    return (
      <div className={classes.page}>
        <ErrorNotice error={error} onRetry={() => void members.refetch()} />
      </div>
    );
  }
  return (
    <div className={classes.page}>
      <header className={classes.head}>
        <h1 className={classes.title}>{ranked ? `${tagName}, sampled` : tagName}</h1>
        <p className={classes.count}>{sequence === null ? "" : count(sequence.length)}</p>
        {ranked ? (
          <label className={classes.sort}>
            Sort by
            <select
              value={byRank ? "rank" : "name"}
              onChange={(event) =>
                setView({ sort: event.currentTarget.value === "name" ? "name" : undefined })
              }
            >
              <option value="rank">Rank</option>
              <option value="name">Name</option>
            </select>
          </label>
        ) : null}
        <CellSize value={cellSize} onChange={setCellSize} />
      </header>
      {sequence?.length === 0 ? (
        <Nothing datasetId={datasetId} />
      ) : sequence === null ? null : (
        <SampleGrid
          sequence={sequence}
          thumbnails={thumbnails}
          label={tagName}
          cellSize={cellSize}
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
          onMove={open}
          onClose={() => open(undefined)}
        />
      ) : null}
    </div>
  );
}

function Nothing({ datasetId }: { datasetId: string }) {
  return (
    <EmptyState
      icon={<BrowseIcon size={36} />}
      title="No images here yet"
      action={
        <Button
          variant="filled"
          renderRoot={(props) => (
            <Link {...props} to="/datasets/$datasetId/overview" params={{ datasetId }} />
          )}
        >
          Add images
        </Button>
      }
    >
      They show here as soon as they are in.
    </EmptyState>
  );
}
