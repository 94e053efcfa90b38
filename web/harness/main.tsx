/**
 * The plot and the slider of the app on made-up points, without a server: `?n=1000000&keep=500&theme=dark`.
 * tests/e2e/test_plot.py drives it; `npx vite harness` shows it.
 */
import "../src/ui/mantine"; // before the panels, as in the app: ours win over Mantine's
import "../src/ui/theme.css";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { useState } from "react";
import { createRoot } from "react-dom/client";
import type { Ranking } from "../src/api/arrays";
import { KeepPanel } from "../src/features/sampling/keep/KeepPanel";
import { PlotPanel } from "../src/features/sampling/PlotPanel";
import { packBits } from "../src/plot/bits";
import { ThemeProvider } from "../src/ui/ThemeProvider";
import { synthetic } from "./synthetic";

const wanted = new URLSearchParams(location.search);
const n = Number(wanted.get("n") ?? 20_000);
localStorage.setItem("tamis-theme", wanted.get("theme") ?? "light");

const made = synthetic(n);
const ranking: Ranking = { ...made, position: made.order, greedyUntil: 600, preselected: 0 };
const tags: Record<string, Uint8Array | null> = {
  all: null,
  half: packBits(n, (position) => position % 2 === 0),
  right: packBits(n, (position) => (made.x[position] ?? 0) > 0),
};
const before = packBits(n, (position) => position % 997 === 0);
const nBefore = Math.ceil(n / 997);

function Page() {
  const [keep, setKeep] = useState(Number(wanted.get("keep") ?? 512));
  const [tag, setTag] = useState("all");
  const [ranked, setRanked] = useState(wanted.get("ranked") !== "no");
  const [onTop, setOnTop] = useState(wanted.get("before") === "yes");
  return (
    <main
      style={{ display: "grid", gridTemplateRows: "1fr auto auto", gap: 12, height: "100%", padding: 16 }}
    >
      <PlotPanel
        datasetId="0"
        projectionId="0"
        points={made}
        ranking={ranked ? ranking : null}
        members={tags[tag] ?? null}
        preselected={onTop ? before : null}
        keep={keep}
        nActive={ranked ? keep + (onTop ? nBefore : 0) : n}
        nOthers={ranked ? n - keep - (onTop ? nBefore : 0) : 0}
        nPreselected={onTop ? nBefore : 0}
        tagId={null}
        selectionId={null}
        onOpen={(position) => {
          document.title = `opened ${position}`;
        }}
      />
      <KeepPanel
        max={made.order.length}
        keep={keep}
        greedyUntil={600}
        curve={made.curve}
        randomCurve={made.randomCurve}
        importance={made.importance}
        onKeep={setKeep}
      />
      <div className="harness">
        <h1 style={{ fontSize: 13 }}>The plot on made-up points</h1>
        {Object.keys(tags).map((name) => (
          <button type="button" key={name} onClick={() => setTag(name)}>
            {name}
          </button>
        ))}
        <button type="button" onClick={() => setRanked(!ranked)}>
          ranked
        </button>
        <button type="button" onClick={() => setOnTop(!onTop)}>
          before
        </button>
      </div>
    </main>
  );
}

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <ThemeProvider>
      <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
        <Page />
      </QueryClientProvider>
    </ThemeProvider>,
  );
}
