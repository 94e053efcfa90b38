import { describe, expect, it } from "vitest";
import type { Noun } from "../../api/client";
import { whatGoes } from "./RemoveDataset";

const dataset: Noun<"Dataset"> = {
  id: "6565d1c0a1b2c3d4e5000001",
  name: "orchard",
  root_id: null,
  folder: null,
  n_samples: 1200,
  n_deleted: 0,
  n_problems: 0,
  total_bytes: 1,
  created_at: 0,
  changed_at: 0,
};

describe("what is said before a dataset is removed", () => {
  it("counts the uploaded images that go", () => {
    expect(whatGoes(dataset)).toMatch(/^The 1,200 images that were uploaded to it, its tags/);
    expect(whatGoes({ ...dataset, n_samples: 2, n_deleted: 1 })).toMatch(/^The image that was uploaded/);
    expect(whatGoes({ ...dataset, n_samples: 0 })).toMatch(/^Its tags/);
  });
  it("promises that a folder stays as it is", () => {
    expect(whatGoes({ ...dataset, root_id: "r" })).toMatch(/images stay in their folder\.$/);
  });
});
