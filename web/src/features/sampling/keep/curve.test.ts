import { expect, test } from "vitest";
import { distance, valueAt } from "./curve";

test("between two measured points the value goes by the logarithm, beyond the last there is none", () => {
  const curve = [
    { k: 1, radius: 3, mean: 1 },
    { k: 100, radius: 1, mean: 0.5 },
  ];
  expect(valueAt(curve, 1, "radius")).toBe(3);
  expect(valueAt(curve, 10, "radius")).toBe(2);
  expect(valueAt(curve, 10, "mean")).toBe(0.75);
  expect(valueAt(curve, 100, "radius")).toBe(1);
  expect(valueAt(curve, 101, "radius")).toBeNull();
  expect(valueAt([], 5, "radius")).toBeNull();
});

test.each([
  [0, "0"],
  [0.3134, "0.31"],
  [0.00871, "0.0087"],
  [1.44, "1.4"],
  [12.34, "12.3"],
  [123.4, "123"],
])("the distance %s is written %s", (value, text) => {
  expect(distance(value)).toBe(text);
});
