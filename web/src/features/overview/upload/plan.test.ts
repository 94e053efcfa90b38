import { expect, test } from "vitest";
import { fromInput, type Picked, sorted } from "./files";
import { BATCH_BYTES, batches, pieces } from "./plan";

function picked(name: string, bytes = 10, type = ""): Picked {
  const file = new File([], name, { type });
  Object.defineProperty(file, "size", { value: bytes });
  return { name, file };
}

const sizes = (made: Picked[][]) => made.map((batch) => batch.length);

test("a request holds at most 32 files", () => {
  expect(sizes(batches(Array.from({ length: 70 }, (_, n) => picked(`${n}.jpg`))))).toEqual([32, 32, 6]);
});

test("a request holds at most 16 MB, unless one file alone is larger", () => {
  const files = [9_000_000, 9_000_000, 50_000_000, 1].map((bytes, n) => picked(`${n}.jpg`, bytes));
  expect(sizes(batches(files))).toEqual([1, 1, 1, 1]);
  expect(sizes(batches([picked("a.jpg", BATCH_BYTES - 1), picked("b.jpg", 1)]))).toEqual([2]);
  expect(batches([])).toEqual([]);
});

test("pieces keep the order and lose nothing", () => {
  expect(pieces([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
});

test("images are told from the rest, hidden files are left alone, and names are in one form", () => {
  const files = [
    picked("photos/b.JPG"),
    picked("photos/.DS_Store"),
    picked("__MACOSX/photos/._b.JPG"),
    picked("photos/notes.txt"),
    picked("photos/a", 10, "image/png"),
    picked("photos/cafe\u0301.png"),
  ];
  const pick = sorted(files);
  expect(pick.images.map(({ name }) => name)).toEqual(["photos/a", "photos/b.JPG", "photos/caf\u00e9.png"]);
  expect(pick.leftOut).toEqual(["photos/notes.txt"]);
});

test("a chosen folder keeps its paths", () => {
  const file = new File([], "a.jpg");
  Object.defineProperty(file, "webkitRelativePath", { value: "photos/day/a.jpg" });
  expect(fromInput([file]).images.map(({ name }) => name)).toEqual(["photos/day/a.jpg"]);
});
