import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { isActive, jobsQuery } from "../../api/jobs";
import classes from "../../ui/Chip.module.css";
import { percent } from "../../ui/format";

/** What runs now, in the header: nothing when nothing does. */
export function JobsChip() {
  const { datasetId } = useParams({ strict: false });
  const jobs = useQuery(jobsQuery(datasetId));
  const active = (jobs.data ?? []).filter(isActive);
  const failed = !active.length && jobs.data?.[0]?.state === "failed";
  const sum = (of: "done" | "total") => active.reduce((total, job) => total + (job.total ? job[of] : 0), 0);
  const words = failed
    ? "last job failed"
    : `${active.length} ${active.length === 1 ? "job" : "jobs"}${sum("total") ? ` · ${percent(sum("done"), sum("total"))}` : ""}`;
  const content = (
    <>
      <span className={classes.dot} aria-hidden="true" />
      {words}
    </>
  );
  const look = { className: classes.chip, "data-failed": failed || undefined };
  if (!active.length && !failed) return null;
  return datasetId ? (
    <Link to="/datasets/$datasetId/jobs" params={{ datasetId }} search={(before) => before} {...look}>
      {content}
    </Link>
  ) : (
    <Link to="/jobs" {...look}>
      {content}
    </Link>
  );
}
