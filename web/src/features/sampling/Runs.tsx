import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { activeStore, useActivePart } from "../../api/active";
import { cancelJob, type Job } from "../../api/jobs";
import { openingKeep } from "../../api/opening";
import { keys } from "../../api/query";
import { type Selection, type Strategy, strategyOf } from "../../api/selections";
import type { Tag } from "../../api/tags";
import { ago, count } from "../../ui/format";
import { JobBar } from "../../ui/JobBar";
import { useFocusWhenLost } from "../../ui/useFocusWhenLost";
import type { Embedding } from "./queries";
import classes from "./Runs.module.css";

interface RunsProps {
  datasetId: string;
  /** Of the present tag, newest first. */
  selections: readonly Selection[];
  /** Selections that wait or run. */
  jobs: readonly Job[];
  /** The job that was asked for on this page. */
  mine: string | null;
  /** The last one, if it failed. */
  failed: Job | null;
  strategies: readonly Strategy[];
  embeddings: readonly Embedding[];
  tags: readonly Tag[];
}

/** What has been ranked on this tag: a click brings it back. Running work comes first, with a way to stop it. */
export function Runs({ datasetId, selections, jobs, mine, failed, ...known }: RunsProps) {
  const loaded = useActivePart(datasetId, (state) => state.selectionId);
  if (selections.length + jobs.length === 0 && failed === null) {
    return (
      <p className={classes.none}>
        Nothing has been ranked on this tag yet. Press <b>Process</b>: what comes out is a ranking, and how
        many to keep is decided afterwards.
      </p>
    );
  }
  return (
    <ul className={classes.runs} aria-label="Selections on this tag">
      {jobs.map((job) => (
        <Running key={job.id} job={job} takesFocus={job.id === mine} />
      ))}
      {failed === null ? null : (
        <li className={classes.failed} role="alert">
          <b>The last selection failed.</b> {failed.error}
        </li>
      )}
      {selections.map((selection) => {
        const strategy = known.strategies.find((one) => one.name === strategyOf(selection));
        const embedding = known.embeddings.find((one) => one.id === selection.embedding_id);
        const onTop = known.tags.find((tag) => tag.id === selection.preselected_tag_id);
        return (
          <li key={selection.id}>
            <button
              type="button"
              className={classes.run}
              aria-pressed={selection.id === loaded}
              onClick={() => activeStore(datasetId).load(selection.id, openingKeep(selection))}
            >
              <span className={classes.dot} aria-hidden="true" />
              <span className={classes.words}>
                <b>
                  {strategy?.title ?? strategyOf(selection)}, {count(selection.n_samples)}
                </b>
                <small>
                  {embedding?.name ?? "deleted embedding"}
                  {onTop === undefined ? "" : ` · on top of ${onTop.name}`} · {ago(selection.created_at)}
                </small>
              </span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}

function Running({ job, takesFocus }: { job: Job; takesFocus: boolean }) {
  const button = useFocusWhenLost<HTMLButtonElement>(takesFocus);
  const queries = useQueryClient();
  const cancel = useMutation({
    mutationFn: () => cancelJob(job.id),
    onSettled: () => queries.invalidateQueries({ queryKey: keys.jobs }),
  });
  return (
    <li className={classes.running} data-testid="running-selection">
      <JobBar job={job} />
      <Button
        ref={button}
        size="xs"
        aria-label="Cancel the selection"
        disabled={job.cancel_requested}
        loading={cancel.isPending}
        onClick={() => cancel.mutate()}
      >
        {job.cancel_requested ? "Stopping" : "Cancel"}
      </Button>
    </li>
  );
}
