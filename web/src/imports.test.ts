import { expect, test } from "vitest";

const files = import.meta.glob<string>("./**/*.{ts,tsx}", { query: "?raw", import: "default", eager: true });

/** Which rooms a room may import besides itself. The app may import everything. */
const ALLOWED: Record<string, string[]> = { api: [], plot: [], ui: ["api"], features: ["api", "plot", "ui"] };

/** "./features/tags/TagTree.tsx" -> "features/tags"; a feature is a room of its own. */
function roomOf(path: string): string {
  const [, first = "", second = ""] = path.split("/");
  if (!first || !(first in ALLOWED)) return "app";
  return first === "features" ? `features/${second}` : first;
}

function importsOf(path: string, text: string): string[] {
  const found = text.matchAll(/(?:from\s+|import\s+|import\(\s*|new URL\(\s*)"(\.[^"]*)"/g);
  const here = new URL(path, "http://src/");
  return [...found].map((match) => `.${new URL(match[1] ?? "", here).pathname}`);
}

function mayImport(from: string, to: string): boolean {
  if (from === "app" || from === to) return true;
  return ALLOWED[from.split("/")[0] ?? ""]?.includes(to) ?? false;
}

test("imports flow one way: app -> features -> api, plot, ui, and features never meet", () => {
  const breaches = Object.entries(files).flatMap(([path, text]) =>
    importsOf(path, text)
      .filter((target) => !mayImport(roomOf(path), roomOf(target)))
      .map((target) => `${path} imports ${target}`),
  );
  expect(breaches).toEqual([]);
});

test("files stay small enough to be read: components 200 lines, everything else 400", () => {
  const long = Object.entries(files)
    .filter(([path]) => path !== "./api/schema.d.ts")
    .map(([path, text]) => [path, text.split("\n").length - 1] as const)
    .filter(([path, lines]) => lines > (path.endsWith(".tsx") ? 200 : 400));
  expect(long).toEqual([]);
});

test("no barrel files: an import says where a thing lives", () => {
  expect(Object.keys(files).filter((path) => /\/index\.tsx?$/.test(path))).toEqual([]);
});
