import { Skeleton, VisuallyHidden } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { activeStore, useActive } from "../../api/active";
import { rankingQuery } from "../../api/arrays";
import { isActive, jobsQuery } from "../../api/jobs";
import { measureOf, openingKeep } from "../../api/opening";
import { keys } from "../../api/query";
import { selectionsQuery, strategiesQuery, strategyOf } from "../../api/selections";
import { sizeOf, tagsQuery } from "../../api/tags";
import { ErrorNotice } from "../../ui/Notice";
import { useSelection } from "../../ui/useCounter";
import { useDatasetId, useSetView, useView } from "../../ui/view";
import { KeepPanel } from "./keep/KeepPanel";
import { PlotArea } from "./PlotArea";
import { Preparing } from "./Preparing";
import {
  chosenEmbedding,
  chosenProjection,
  createSelection,
  embeddingsQuery,
  projectionsQuery,
  type SelectionCreate,
} from "./queries";
import { RankGrid } from "./RankGrid";
import { Runs } from "./Runs";
import classes from "./Sampling.module.css";
import { SetupBar } from "./SetupBar";
import { setupOf } from "./setup";
import { useSetup } from "./useSetup";

/** Rank the samples of a tag, see them in the plot, decide how many to keep. */
export function SamplingPage() {
  const datasetId = useDatasetId();
  const view = useView();
  const setView = useSetView();
  const active = useActive(datasetId);
  const tags = useQuery(tagsQuery(datasetId)).data ?? [];
  const strategies = useQuery(strategiesQuery).data ?? [];
  const embeddings = useQuery(embeddingsQuery(datasetId));
  const projections = useQuery(projectionsQuery(datasetId)).data ?? [];
  const selections = useQuery(selectionsQuery(datasetId)).data ?? [];
  const jobs = useQuery({
    ...jobsQuery(datasetId),
    refetchInterval: ({ state }) => (state.data?.some(isActive) ? 1000 : false),
  });
  const selection = useSelection(datasetId, active.selectionId);
  const [setup, changeSetup] = useSetup(
    [datasetId, active.tagId, active.selectionId].join("/"),
    setupOf(selection, strategies),
  );
  const ranking = useQuery({
    ...rankingQuery(datasetId, active.selectionId ?? ""),
    enabled: active.selectionId !== null,
  });
  const process = useProcess(datasetId, jobs.data ?? []);

  const tag = tags.find((one) => one.id === active.tagId) ?? null;
  const embedding = chosenEmbedding(embeddings.data ?? [], view.embedding, selection);
  const running = (jobs.data ?? []).filter((job) => job.kind === "select" && isActive(job));
  const last = jobs.data?.find((job) => job.kind === "select");

  if (embeddings.error) {
    return (
      <div className={classes.lost}>
        <ErrorNotice error={embeddings.error} onRetry={() => void embeddings.refetch()} />
      </div>
    );
  }
  if (embeddings.data === undefined || !active.ready) return <Skeleton m={16} height="60%" radius="lg" />;
  if (embedding === null) {
    return (
      <>
        <Title />
        <Preparing datasetId={datasetId} jobs={jobs.data ?? []} isEmpty={tags.length === 0} />
      </>
    );
  }
  return (
    <div className={classes.page}>
      <Title />
      <div className={classes.middle}>
        <SetupBar
          datasetId={datasetId}
          tags={tags}
          tag={tag === null ? null : { id: tag.id, size: sizeOf(tag) }}
          embeddings={embeddings.data}
          embedding={embedding}
          setup={setup}
          busy={process.busy}
          refused={process.error}
          onSetup={(change) => {
            process.reset();
            changeSetup(change);
          }}
          onEmbedding={(id) => setView({ embedding: id })}
          onProcess={process.start}
        />
        <div className={classes.plot}>
          <PlotArea
            datasetId={datasetId}
            projection={chosenProjection(projections, embedding, embeddings.data)}
            selection={selection}
            ranking={ranking.data}
          />
        </div>
        {ranking.error ? <ErrorNotice error={ranking.error} onRetry={() => void ranking.refetch()} /> : null}
        {selection !== undefined && ranking.data !== undefined ? (
          <KeepPanel
            key={selection.id}
            max={ranking.data.position.length}
            keep={active.keep}
            greedyUntil={ranking.data.greedyUntil}
            curve={selection.curve}
            randomCurve={selection.random_curve}
            importance={ranking.data.importance}
            importanceMeans={strategies.find((one) => one.name === strategyOf(selection))?.importance}
            measure={measureOf(selection)}
            takesFocus={process.made === selection.id}
            onKeep={(keep) => activeStore(datasetId).setKeep(keep)}
          />
        ) : null}
      </div>
      <aside className={classes.right} aria-label="Selections and images">
        <Runs
          datasetId={datasetId}
          selections={selections.filter((one) => one.tag_id === active.tagId).toReversed()}
          jobs={running}
          mine={process.mine}
          failed={last?.state === "failed" && last.id === process.mine ? last : null}
          strategies={strategies}
          embeddings={embeddings.data}
          tags={tags}
        />
        <RankGrid datasetId={datasetId} ranking={ranking.data} />
      </aside>
    </div>
  );
}

/** The left column names the page already; a screen reader hears it here. */
function Title() {
  return (
    <VisuallyHidden>
      <h1>Sampling</h1>
    </VisuallyHidden>
  );
}

/** Ask for a selection, wait for its job, and show the result, unless another tag was chosen meanwhile. */
function useProcess(
  datasetId: string,
  jobs: readonly { id: string; state: string; result: Record<string, unknown> }[],
) {
  const queries = useQueryClient();
  const [waiting, setWaiting] = useState<{ jobId: string; wanted: SelectionCreate } | null>(null);
  const [mine, setMine] = useState<string | null>(null);
  const [done, setDone] = useState<string | null>(null);
  const create = useMutation({
    mutationFn: (wanted: SelectionCreate) => createSelection(datasetId, wanted),
    onSuccess: (job, wanted) => {
      setWaiting({ jobId: job.id, wanted });
      setMine(job.id);
      void queries.invalidateQueries({ queryKey: keys.jobs });
    },
  });
  const job = jobs.find((one) => one.id === waiting?.jobId);
  const state = job?.state;
  const made = job?.result.selection_id;

  useEffect(() => {
    if (waiting === null || state === undefined || state === "queued" || state === "running") return;
    setWaiting(null);
    if (state !== "succeeded" || typeof made !== "string") return;
    setDone(made);
    const key = keys.of(datasetId, "selections");
    void queries.invalidateQueries({ queryKey: key }).then(() => {
      const store = activeStore(datasetId);
      const known = queries.getQueryData(selectionsQuery(datasetId).queryKey);
      const selection = known?.find((one) => one.id === made);
      const keep = selection === undefined ? waiting.wanted.n_samples : openingKeep(selection);
      if (store.get().tagId === waiting.wanted.tag_id) store.load(made, keep);
    });
  }, [waiting, state, made, datasetId, queries]);

  return {
    start: (wanted: SelectionCreate) => create.mutate(wanted),
    reset: create.reset,
    busy: create.isPending || waiting !== null,
    error: create.error,
    /** The job that was asked for here last, and the selection that came of one. */
    mine,
    made: done,
  };
}
