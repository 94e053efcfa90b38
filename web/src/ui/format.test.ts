import { expect, test } from "vitest";
import { ago, count, counted, duration, percent, size } from "./format";

test("counts are grouped and named", () => {
  expect(count(20431)).toBe("20,431");
  expect(counted(1, "image")).toBe("1 image");
  expect(counted(0, "image")).toBe("0 images");
});

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1 kB"],
  [1_234_567, "1.2 MB"],
  [999_700, "1 MB"],
  [412_000_000, "412 MB"],
  [3_400_000_000_000, "3.4 TB"],
])("%i bytes are %s", (bytes, text) => expect(size(bytes)).toBe(text));

test("times are told as people do", () => {
  const now = Date.UTC(2026, 10, 27, 12);
  expect(ago(now - 10_000, now)).toBe("just now");
  expect(ago(now - 5 * 60_000, now)).toBe("5 minutes ago");
  expect(ago(now - 26 * 3600_000, now)).toBe("yesterday");
  expect(ago(Date.UTC(2026, 2, 3), now)).toBe("3 Mar 2026");
});

test("durations name the two largest units", () => {
  expect(duration(0.4)).toBe("less than a second");
  expect(duration(42.4)).toBe("42 s");
  expect(duration(75)).toBe("1 min 15 s");
  expect(duration(7260)).toBe("2 h 1 min");
});

test("what still runs is never at 100 %", () => {
  expect(percent(1, 3)).toBe("33 %");
  expect(percent(9999, 10000)).toBe("99 %");
  expect(percent(3, 3)).toBe("100 %");
  expect(percent(0, 0)).toBe("0 %");
});
