import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { sentence } from "../../api/errors";
import { isActive, type Job } from "../../api/jobs";
import { keys } from "../../api/query";
import { SamplingIcon } from "../../ui/icons";
import { JobBar } from "../../ui/JobBar";
import { EmptyState } from "../../ui/Notice";
import { prepare } from "./queries";
import classes from "./Sampling.module.css";

interface PreparingProps {
  datasetId: string;
  jobs: readonly Job[];
  isEmpty: boolean;
}

/** What the page shows until there is an embedding: the work that makes it, or how to begin. */
export function Preparing({ datasetId, jobs, isEmpty }: PreparingProps) {
  const queries = useQueryClient();
  const begin = useMutation({
    mutationFn: () => prepare(datasetId),
    onSettled: () => queries.invalidateQueries({ queryKey: keys.jobs }),
  });
  const active = jobs.filter((job) => isActive(job) && job.kind !== "select").toReversed();
  const failed = jobs.find((job) => job.kind === "embed" && job.state === "failed");
  if (active.length > 0) {
    return (
      <EmptyState icon={<SamplingIcon size={36} />} title="Preparing the images">
        <p>Each image becomes a vector, and all vectors become a plot. Then the choosing can begin.</p>
        <div className={classes.jobs} data-testid="preparing">
          {active.map((job) => (
            <JobBar key={job.id} job={job} />
          ))}
        </div>
      </EmptyState>
    );
  }
  if (isEmpty) {
    return (
      <EmptyState
        icon={<SamplingIcon size={36} />}
        title="Nothing to sample yet"
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
        Sampling picks the images that are worth labeling. Add some first.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={<SamplingIcon size={36} />}
      title="The images have no embedding yet"
      action={
        <Button variant="filled" loading={begin.isPending} onClick={() => begin.mutate()}>
          Prepare the images
        </Button>
      }
    >
      <p>Sampling compares images by their vectors. Making them takes about a second for thirty images.</p>
      {begin.error || failed ? (
        <p className={classes.wrong} role="alert">
          {begin.error ? sentence(begin.error) : failed?.error}
        </p>
      ) : null}
    </EmptyState>
  );
}
