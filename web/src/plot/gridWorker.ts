/** Builds the grid of a large plot beside the page, so that the page stays quick. */
import { buildGrid } from "./grid";

self.addEventListener("message", (event: MessageEvent<{ x: Float32Array; y: Float32Array }>) => {
  const grid = buildGrid(event.data.x, event.data.y);
  self.postMessage(grid, { transfer: [grid.start.buffer, grid.points.buffer] });
});
