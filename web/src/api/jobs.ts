import { queryOptions } from "@tanstack/react-query";
import { api, data, type Noun } from "./client";
import { keys } from "./query";

export type Job = Noun<"Job">;

/** The jobs of a dataset, or of all, newest first. */
export function jobsQuery(datasetId?: string) {
  return queryOptions({
    queryKey: datasetId ? [...keys.jobs, datasetId] : keys.jobs,
    queryFn: async ({ signal }): Promise<Job[]> => {
      const query = { limit: 100, ...(datasetId ? { dataset_id: datasetId } : {}) };
      const page = await data(api.GET("/api/jobs", { params: { query }, signal }));
      return page.items.toSorted((a, b) => b.created_at - a.created_at);
    },
  });
}

export function cancelJob(jobId: string): Promise<Job> {
  return data(api.POST("/api/jobs/{job_id}/cancel", { params: { path: { job_id: jobId } } }));
}

export function isActive(job: Job): boolean {
  return job.state === "queued" || job.state === "running";
}

const WORDS: Record<Job["kind"], string> = {
  ingest: "Reading images",
  embed: "Making embeddings",
  project: "Laying out the plot",
  select: "Ranking images",
};

/** What a job does, in words for people. */
export function jobWords(job: Job): string {
  return WORDS[job.kind] ?? job.kind;
}
