import { Progress } from "@mantine/core";
import { type Job, jobWords } from "../api/jobs";
import { count, percent } from "./format";
import classes from "./JobBar.module.css";

/** One job under way: what it does, how far it is. */
export function JobBar({ job, words = jobWords(job) }: { job: Job; words?: string }) {
  const known = job.state === "running" && job.total > 0;
  const part = known ? Math.min(100, (100 * job.done) / job.total) : 0;
  return (
    <div className={classes.job}>
      <div className={classes.words}>
        <span>{words}</span>
        <span className={classes.number}>
          {known
            ? `${count(Math.min(job.done, job.total))} of ${count(job.total)} · ${percent(job.done, job.total)}`
            : waiting(job)}
        </span>
      </div>
      <Progress size={6} value={part} aria-label={words} />
    </div>
  );
}

function waiting(job: Job): string {
  if (job.cancel_requested) return "stopping";
  return job.state === "queued" ? "waiting" : job.stage || "starting";
}
