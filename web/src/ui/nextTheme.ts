type Shown = "light" | "dark";
type Theme = Shown | "auto";

const OTHER: Record<Shown, Shown> = { light: "dark", dark: "light" };

/** The theme after this one: as the system, the other one, the system's own. Each first click is seen. */
export function nextTheme(theme: Theme, system: Shown): Theme {
  if (theme === "auto") return OTHER[system];
  return theme === system ? "auto" : system;
}
