import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useCallback } from "react";
import { useActive } from "../../api/active";
import { membersQuery, projectionQuery, type Ranking } from "../../api/arrays";
import type { Selection } from "../../api/selections";
import { ErrorNotice } from "../../ui/Notice";
import { useCounter } from "../../ui/useCounter";
import { useSetView } from "../../ui/view";
import { PlotPanel } from "./PlotPanel";
import type { Projection } from "./queries";
import classes from "./Sampling.module.css";

interface PlotAreaProps {
  datasetId: string;
  projection: Projection | null;
  selection: Selection | undefined;
  ranking: Ranking | undefined;
}

/** The plot with everything that it draws, once it is there. */
export function PlotArea({ datasetId, projection, selection, ranking }: PlotAreaProps) {
  const active = useActive(datasetId);
  const setView = useSetView();
  const open = useCallback((sample: number) => setView({ sample }), [setView]);
  const onTop = selection?.preselected_tag_id ?? null;
  const points = useQuery({
    ...projectionQuery(datasetId, projection?.id ?? ""),
    enabled: projection !== null,
  });
  const members = useQuery({ ...membersQuery(datasetId, active.tagId), enabled: active.ready });
  const preselected = useQuery({ ...membersQuery(datasetId, onTop), enabled: onTop !== null });
  const counts = useCounter(datasetId, active.tagId, active.selectionId, active.ready)?.(active.keep);
  if (projection === null) {
    return (
      <div className={classes.noPlot}>
        <p>The plot of this embedding is not laid out yet. Ranking works without it.</p>
      </div>
    );
  }
  for (const query of [members, points]) {
    if (query.error) return <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />;
  }
  if (points.data === undefined || members.data === undefined) return <Skeleton radius="lg" height="100%" />;
  const nActive = counts?.active ?? members.data.count;
  return (
    <PlotPanel
      datasetId={datasetId}
      projectionId={projection.id}
      points={points.data}
      ranking={active.selectionId === null ? null : (ranking ?? null)}
      members={members.data.bits}
      preselected={onTop === null ? null : (preselected.data?.bits ?? null)}
      keep={active.keep}
      nActive={nActive}
      nOthers={Math.max(0, projection.n_points - nActive)}
      nPreselected={onTop === null ? 0 : (preselected.data?.count ?? 0)}
      tagId={active.tagId}
      selectionId={active.selectionId}
      onOpen={open}
    />
  );
}
