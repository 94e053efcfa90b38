import { useQuery } from "@tanstack/react-query";
import type { Job } from "../../api/jobs";
import { selectionsQuery, strategiesQuery } from "../../api/selections";
import { tagsQuery } from "../../api/tags";
import { outcomeOf } from "./outcome";

/** What came of a job. What a ranking was of is looked up, once for all jobs of a dataset. */
export function useOutcome(job: Job): string | null {
  const enabled = job.kind === "select" && job.state === "succeeded";
  const selections = useQuery({ ...selectionsQuery(job.dataset_id), enabled }).data ?? [];
  const strategies = useQuery({ ...strategiesQuery, enabled }).data ?? [];
  const tags = useQuery({ ...tagsQuery(job.dataset_id), enabled }).data ?? [];
  return outcomeOf(job, { selections, strategies, tags });
}
