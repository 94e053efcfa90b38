import { expect, it } from "vitest";
import { nextTheme } from "./nextTheme";

it("changes what is seen at the first click, and comes round", () => {
  for (const system of ["light", "dark"] as const) {
    const other = system === "light" ? "dark" : "light";
    expect(nextTheme("auto", system)).toBe(other);
    expect(nextTheme(other, system)).toBe(system);
    expect(nextTheme(system, system)).toBe("auto");
  }
});
