import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Noun } from "../../api/client";
import { isActive, jobsQuery } from "../../api/jobs";
import { keys } from "../../api/query";
import { Card } from "../../ui/Card";
import { JobBar } from "../../ui/JobBar";
import { ErrorNotice } from "../../ui/Notice";
import classes from "./OverviewPage.module.css";
import { openUploadQuery, prepare, projectionsQuery } from "./queries";
import { useUploading } from "./upload/store";

/** Between the last image and the first look: what Tamis does meanwhile, and where to go once it is done. */
export function Preparing({ dataset }: { dataset: Noun<"Dataset"> }) {
  const jobs = useQuery(jobsQuery(dataset.id));
  const projections = useQuery(projectionsQuery(dataset.id));
  const uploading = useUploading(dataset.id);
  const interrupted = useQuery(openUploadQuery(dataset.id));
  const active = (jobs.data ?? []).filter((job) => isActive(job) && job.kind !== "select").toReversed();
  const ready = Boolean(projections.data?.items.length);
  const failed = jobs.data?.find((job) => job.kind !== "select" && !isActive(job));

  if (active.length) {
    return (
      <Card title="Preparing the images">
        <p className={classes.soft}>
          Each image becomes a vector, and all vectors become a plot. You can go on working meanwhile.
        </p>
        <div className={classes.jobs} data-testid="preparing">
          {active.map((job) => (
            <JobBar key={job.id} job={job} />
          ))}
        </div>
      </Card>
    );
  }
  if (ready) return <Ready datasetId={dataset.id} />;
  // An upload prepares what it brought once it is closed.
  if (!jobs.data || !projections.data || uploading?.state === "running" || interrupted.data) return null;
  const empty = dataset.n_samples === dataset.n_deleted;
  if (empty && !dataset.root_id && !failed) return null;
  return <Begin dataset={dataset} error={failed?.state === "failed" ? failed.error : null} empty={empty} />;
}

function Ready({ datasetId }: { datasetId: string }) {
  return (
    <div className={classes.row} data-testid="ready">
      <Button
        variant="filled"
        renderRoot={(props) => (
          <Link
            {...props}
            to="/datasets/$datasetId/sampling"
            params={{ datasetId }}
            search={(before) => before}
          />
        )}
      >
        Pick the images worth labeling
      </Button>
      <Button
        renderRoot={(props) => (
          <Link
            {...props}
            to="/datasets/$datasetId/browse"
            params={{ datasetId }}
            search={(before) => before}
          />
        )}
      >
        Browse all images
      </Button>
    </div>
  );
}

function Begin({
  dataset,
  error,
  empty,
}: {
  dataset: Noun<"Dataset">;
  error: string | null;
  empty: boolean;
}) {
  const client = useQueryClient();
  const begin = useMutation({
    mutationFn: () => prepare(dataset.id),
    onSettled: () => client.invalidateQueries({ queryKey: keys.jobs }),
  });
  if (empty && !dataset.root_id) return null;
  return (
    <Card title={error ? "Preparing the images has failed" : "The images are not prepared yet"}>
      {error ? <ErrorNotice error={new Error(error)} /> : null}
      {begin.error ? <ErrorNotice error={begin.error} /> : null}
      <div className={classes.row}>
        <p className={`${classes.soft} ${classes.grow}`}>
          Before you can look at a plot or pick images, each image must become a vector.
        </p>
        <Button variant="filled" loading={begin.isPending} onClick={() => begin.mutate()}>
          {error ? "Try again" : "Prepare the images"}
        </Button>
      </div>
    </Card>
  );
}
