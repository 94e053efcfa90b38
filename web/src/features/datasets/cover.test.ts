import { expect, test } from "vitest";
import { coverPositions } from "./cover";
import { placeName } from "./FolderPicker";

test("a cover shows images from all over the dataset, none twice, and no more than there are", () => {
  expect(coverPositions(0)).toEqual([]);
  expect(coverPositions(2)).toEqual([0, 1]);
  expect(coverPositions(1000)).toEqual([0, 200, 400, 600, 800]);
});

test("a folder lends its dataset its own name", () => {
  const root = { id: "1", path: "/data/photos/" };
  expect(placeName({ root, below: [] })).toBe("photos");
  expect(placeName({ root, below: ["2026", "may"] })).toBe("may");
  expect(placeName({ root: { id: "2", path: "D:\\images" }, below: [] })).toBe("images");
});
