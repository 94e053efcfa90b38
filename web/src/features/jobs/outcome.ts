import type { Job } from "../../api/jobs";
import { type Selection, type Strategy, strategyOf } from "../../api/selections";
import type { Tag } from "../../api/tags";
import { count, counted } from "../../ui/format";

export interface Known {
  readonly selections: readonly Selection[];
  readonly strategies: readonly Strategy[];
  readonly tags: readonly Tag[];
}

/** What came of a job that succeeded, in words; null where there is nothing to say. */
export function outcomeOf(job: Job, known: Known): string | null {
  if (job.state !== "succeeded") return null;
  switch (job.kind) {
    case "ingest":
      return readOf(job);
    case "embed":
      return typeof job.result.encoded === "number"
        ? `${counted(job.result.encoded, "image")} encoded`
        : null;
    case "select":
      return rankedOf(job, known);
    default:
      return null;
  }
}

function readOf({ result }: Job): string {
  const parts: string[] = [];
  if (typeof result.new === "number") parts.push(`${counted(result.new, "image")} added`);
  if (typeof result.existing === "number" && result.existing > 0)
    parts.push(`${count(result.existing)} known`);
  if (typeof result.problems === "number" && result.problems > 0)
    parts.push(`${count(result.problems)} could not be read`);
  return parts.join(", ");
}

function rankedOf(job: Job, known: Known): string | null {
  const selection = known.selections.find((one) => one.id === job.result.selection_id);
  if (selection === undefined) return null;
  const strategy = known.strategies.find((one) => one.name === strategyOf(selection));
  const tag = known.tags.find((one) => one.id === selection.tag_id);
  const words = `${strategy?.title ?? strategyOf(selection)}, ${counted(selection.n_samples, "image")}`;
  return tag === undefined ? words : `${words} of ${tag.name}`;
}
