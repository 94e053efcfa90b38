import { expect, it } from "vitest";
import type { Job } from "../../api/jobs";
import { type Known, outcomeOf } from "./outcome";

const known = {
  selections: [{ id: "s", tag_id: "t", strategy: { strategy: "coreset" }, n_samples: 60 }],
  strategies: [{ name: "coreset", title: "Diverse" }],
  tags: [{ id: "t", name: "initial-tag" }],
} as unknown as Known;

function job(kind: Job["kind"], result: Job["result"], state: Job["state"] = "succeeded"): Job {
  return { kind, result, state } as Job;
}

it("says what came of a job, and nothing of one that came to nothing", () => {
  expect(outcomeOf(job("ingest", { new: 57, existing: 0, problems: 5 }), known)).toBe(
    "57 images added, 5 could not be read",
  );
  expect(outcomeOf(job("ingest", { new: 1, existing: 1200, problems: 0 }), known)).toBe(
    "1 image added, 1,200 known",
  );
  expect(outcomeOf(job("embed", { encoded: 57 }), known)).toBe("57 images encoded");
  expect(outcomeOf(job("select", { selection_id: "s" }), known)).toBe("Diverse, 60 images of initial-tag");
  expect(outcomeOf(job("select", { selection_id: "gone" }), known)).toBeNull();
  expect(outcomeOf(job("embed", { encoded: 57 }, "failed"), known)).toBeNull();
  expect(outcomeOf(job("project", {}), known)).toBeNull();
});
