import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { datasetQuery } from "../../api/datasets";
import { sentence } from "../../api/errors";
import { cancelJob, isActive, type Job, jobWords } from "../../api/jobs";
import { keys } from "../../api/query";
import { ago, duration } from "../../ui/format";
import { JobBar } from "../../ui/JobBar";
import classes from "./JobsPage.module.css";
import { useOutcome } from "./useOutcome";

const ENDS: Record<Job["state"], string> = {
  queued: "waiting",
  running: "running",
  succeeded: "done",
  failed: "failed",
  cancelled: "cancelled",
};

/** One job: its progress and a way to stop it, or how it ended. */
export function JobRow({ job, withDataset }: { job: Job; withDataset: boolean }) {
  const client = useQueryClient();
  const cancel = useMutation({
    mutationFn: () => cancelJob(job.id),
    onSettled: () => client.invalidateQueries({ queryKey: keys.jobs }),
  });
  const active = isActive(job);
  const words = jobWords(job);
  const outcome = useOutcome(job);
  return (
    <li className={classes.row} data-state={job.state}>
      <span className={classes.dot} aria-hidden="true" />
      <div className={classes.body}>
        {active ? <JobBar job={job} words={words} /> : <span className={classes.name}>{words}</span>}
        {outcome ? <p className={classes.outcome}>{outcome}</p> : null}
        {job.error ? <p className={classes.error}>{job.error}</p> : null}
        {cancel.error ? <p className={classes.error}>{sentence(cancel.error)}</p> : null}
      </div>
      {withDataset ? <DatasetName datasetId={job.dataset_id} /> : null}
      {active ? (
        <Button
          size="xs"
          disabled={job.cancel_requested}
          loading={cancel.isPending}
          aria-label={`Cancel: ${words}`}
          onClick={() => cancel.mutate()}
        >
          {job.cancel_requested ? "Stopping" : "Cancel"}
        </Button>
      ) : (
        <span className={classes.end}>
          <b>{ENDS[job.state]}</b> {ended(job)}
        </span>
      )}
    </li>
  );
}

function ended(job: Job): string {
  if (!job.finished_at) return "";
  const took = job.started_at ? `in ${duration((job.finished_at - job.started_at) / 1000)}, ` : "";
  return `${took}${ago(job.finished_at)}`;
}

function DatasetName({ datasetId }: { datasetId: string }) {
  const dataset = useQuery(datasetQuery(datasetId));
  return (
    <Link to="/datasets/$datasetId/overview" params={{ datasetId }} className={classes.dataset}>
      {dataset.data?.name ?? datasetId}
    </Link>
  );
}
