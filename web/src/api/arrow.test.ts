import { expect, test } from "vitest";
import { readMembers, readPoints, readRanking } from "./arrays";
import { readArrow } from "./arrow";

// Written by pyarrow: tools/arrow_fixtures.py.
const files = import.meta.glob<string>("./fixtures/*.arrow", {
  query: "?url&inline",
  import: "default",
  eager: true,
});

async function file(name: string): Promise<ArrayBuffer> {
  return (await fetch(files[`./fixtures/${name}.arrow`] ?? "")).arrayBuffer();
}

test("points come with their places, NaN where there is none", async () => {
  const { x, y } = readPoints(await file("points"));
  expect([...x]).toEqual([0, 1, 2, Number.NaN, ...Array.from({ length: 16 }, (_, row) => row + 4)]);
  expect(y[4]).toBe(-2);
  expect(y).toHaveLength(20);
});

test("columns in one piece are views into the answer, not copies", async () => {
  const answer = await file("points");
  expect(readPoints(answer).x.buffer).toBe(answer);
});

test.each(["ranking", "batches"])("a ranking is read from %s, and turned round", async (name) => {
  const ranking = readRanking(await file(name));
  expect([...ranking.position]).toEqual(Array.from({ length: 20 }, (_, place) => 19 - place));
  expect(ranking.rank).toEqual(ranking.position);
  expect(ranking.importance[0]).toBe(1);
  expect(ranking.importance[19]).toBe(0);
  expect(ranking).toMatchObject({ greedyUntil: 12, preselected: 3 });
});

test("an empty ranking has no ranks", async () => {
  const ranking = readRanking(await file("empty"));
  expect([ranking.position.length, ranking.rank.length]).toEqual([0, 0]);
});

test("a stream of pictures is read as bytes", async () => {
  const table = readArrow(await file("pictures"));
  expect([...table.numbers("position", Uint32Array)]).toEqual([7, 8, 300]);
  expect(table.binaries("jpeg").map((bytes) => [...bytes])).toEqual([
    [255, 216, 255],
    [],
    [106, 112, 101, 103],
  ]);
});

test.each([
  ["compressed", "This Arrow file is compressed, which Tamis does not read."],
  ["nulls", "This Arrow file has nulls, which Tamis does not read."],
])("what it cannot read it refuses in words: %s", async (name, message) => {
  const answer = await file(name);
  expect(() => readArrow(answer)).toThrow(message);
});

test("a missing column, a cut file and another file are refused", async () => {
  const answer = await file("points");
  expect(() => readArrow(answer).numbers("z", Float32Array)).toThrow("It has: x float32, y float32.");
  expect(() => readArrow(answer).numbers("x", Uint32Array)).toThrow("no column x uint32");
  expect(() => readArrow(answer.slice(0, 300))).toThrow("ends too early");
  expect(() => readArrow(new TextEncoder().encode('{"error": "no"}').buffer)).toThrow(
    "This is no Arrow file.",
  );
});

test("members are bits, counted", () => {
  expect(readMembers(Uint8Array.of(0b11, 0, 0x80).buffer)).toEqual({
    bits: Uint8Array.of(3, 0, 128),
    count: 3,
  });
});
