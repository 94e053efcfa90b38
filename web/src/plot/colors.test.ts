import { expect, test } from "vitest";
import { toRgb } from "./colors";

test.each([
  ["#ff8000", [1, 128 / 255, 0]],
  ["  #F80 ", [1, 136 / 255, 0]],
])("%s becomes red, green and blue", (color, rgb) => {
  expect(toRgb(color)).toEqual(rgb);
});
