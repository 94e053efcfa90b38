import { expect, test } from "vitest";
import { formatSearch, parseSearch, parseView } from "./view";

test("an id of digits only stays text", () => {
  expect(parseView(parseSearch("?tag=123456789012345678901234&keep=50"))).toEqual({
    tag: "123456789012345678901234",
    keep: 50,
  });
});

test("what makes no sense is left out", () => {
  expect(parseView({ keep: "-3", sample: "1.5", tag: "", sort: 7, evil: "x" })).toEqual({});
});

test("a view survives the address", () => {
  const view = { tag: "a b&c", keep: 0, sort: "rank" };
  expect(parseView(parseSearch(formatSearch(view)))).toEqual(view);
  expect(formatSearch({ tag: undefined })).toBe("");
});
