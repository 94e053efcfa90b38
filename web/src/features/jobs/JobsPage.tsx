import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { isActive, jobsQuery } from "../../api/jobs";
import { JobsIcon } from "../../ui/icons";
import { EmptyState, ErrorNotice } from "../../ui/Notice";
import { Page } from "../../ui/Shell";
import { JobRow } from "./JobRow";
import classes from "./JobsPage.module.css";

/** The work of one dataset, or of all: what runs, what waits, what became of the rest. */
export function JobsPage() {
  const { datasetId } = useParams({ strict: false });
  const jobs = useQuery(jobsQuery(datasetId));
  const active = (jobs.data ?? []).filter(isActive);
  const ended = (jobs.data ?? []).filter((job) => !isActive(job));
  return (
    <Page title="Jobs">
      {jobs.isPending ? <Skeleton height={160} radius="lg" /> : null}
      {jobs.error ? <ErrorNotice error={jobs.error} onRetry={() => void jobs.refetch()} /> : null}
      {jobs.data?.length === 0 ? (
        <EmptyState icon={<JobsIcon size={40} />} title="No work yet">
          <p>Reading images, making embeddings and ranking them takes a while. That work shows here.</p>
        </EmptyState>
      ) : null}
      {active.length ? (
        <ul className={classes.list} aria-label="Running and waiting">
          {active.map((job) => (
            <JobRow key={job.id} job={job} withDataset={!datasetId} />
          ))}
        </ul>
      ) : null}
      {ended.length ? (
        <section className={classes.ended}>
          <h2 className={classes.label}>Ended</h2>
          <ul className={classes.list}>
            {ended.map((job) => (
              <JobRow key={job.id} job={job} withDataset={!datasetId} />
            ))}
          </ul>
        </section>
      ) : null}
    </Page>
  );
}
