import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { initialBudget } from "./budget.ts";

// Where `tamis serve` listens while the app is developed: TAMIS_URL=http://127.0.0.1:PORT npm run dev
declare const process: { env: Record<string, string | undefined> };
const server = process.env.TAMIS_URL ?? "http://127.0.0.1:8000";

export default defineConfig({
  // Relative, with <base href> in index.html: the app also works below a path such as /tamis/.
  base: "./",
  plugins: [react(), initialBudget(300_000)],
  build: {
    outDir: "../src/tamis/server/static",
    emptyOutDir: true,
    license: { fileName: "licences.md" }, // of what is bundled; they ask to be handed on
    target: "es2022",
    // What several pages need is one file: many small ones would each cost a request before the first screen.
    rolldownOptions: {
      output: { codeSplitting: { groups: [{ name: "shared", test: /node_modules|src\/(ui|api)\// }] } },
    },
    cssCodeSplit: false, // one style sheet: 17 kB gzipped, and a request less for each part of a page
    assetsInlineLimit: 0, // no data: addresses, so that the content security policy stays strict
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1000, // kB before compression; the budget that matters is measured after it
  },
  worker: { format: "es" },
  server: { proxy: { "/api": server, "/login": server } },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.{ts,tsx}"],
    restoreMocks: true,
    pool: "vmThreads", // one worker for many files: starting one for each took minutes on a busy machine
    maxWorkers: 2,
  },
});
