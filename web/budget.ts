import type { Plugin, Rollup } from "vite";

/** Fail the build when the JavaScript that the first screen waits for is larger than this, gzipped. */
export function initialBudget(limit: number): Plugin {
  return {
    name: "initial-budget",
    apply: "build",
    async generateBundle(_options, bundle) {
      const initial = reachable(bundle);
      const sizes = await Promise.all(initial.map((chunk) => gzippedSize(chunk.code)));
      const total = sizes.reduce((sum, size) => sum + size, 0);
      const text = `initial JavaScript: ${(total / 1000).toFixed(1)} kB gzipped in ${initial.length} files`;
      if (total > limit)
        this.error(`${text}, more than the ${limit / 1000} kB allowed. Load a route lazily.`);
      this.info(`${text}, of ${limit / 1000} kB allowed`);
    },
  };
}

/** Return the entry and everything it imports before it runs. */
function reachable(bundle: Rollup.OutputBundle): Rollup.OutputChunk[] {
  const found = new Map<string, Rollup.OutputChunk>();
  const visit = (name: string): void => {
    const chunk = bundle[name];
    if (chunk?.type !== "chunk" || found.has(name)) return;
    found.set(name, chunk);
    chunk.imports.forEach(visit);
  };
  for (const chunk of Object.values(bundle))
    if (chunk.type === "chunk" && chunk.isEntry) visit(chunk.fileName);
  return [...found.values()];
}

async function gzippedSize(text: string): Promise<number> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return (await new Response(stream).arrayBuffer()).byteLength;
}
