/** Finds the point under the pointer. Its grid is built when somebody points for the first time. */
import { buildGrid, type Grid, nearest } from "./grid";

const MANY = 100_000; // from here on a grid is built beside the page: 1,000,000 points take about 0.2 s

export class Picker {
  #x: Float32Array = new Float32Array();
  #y: Float32Array = new Float32Array();
  #grid: Grid | null = null;
  #worker: Worker | null = null;
  readonly #ready: () => void;

  /** `ready` is called when a grid that was asked for has come. */
  constructor(ready: () => void) {
    this.#ready = ready;
  }

  setPoints(x: Float32Array, y: Float32Array): void {
    this.destroy();
    this.#x = x;
    this.#y = y;
    this.#grid = null;
  }

  /** Return the point nearest to a spot, or null: also as long as there is no grid yet. */
  at(
    spot: readonly [x: number, y: number],
    radius: number,
    preferred: (point: number) => boolean,
  ): number | null {
    if (!this.#grid) {
      this.#build();
    }
    return this.#grid && nearest(this.#grid, this.#x, this.#y, spot, radius, preferred);
  }

  destroy(): void {
    this.#worker?.terminate();
    this.#worker = null;
  }

  #build(): void {
    if (this.#x.length < MANY) {
      this.#grid = buildGrid(this.#x, this.#y);
    } else if (!this.#worker) {
      this.#worker = new Worker(new URL("./gridWorker.ts", import.meta.url), { type: "module" });
      this.#worker.addEventListener("message", (event: MessageEvent<Grid>) => {
        this.destroy();
        this.#grid = event.data;
        this.#ready();
      });
      this.#worker.addEventListener("error", () => {
        this.destroy();
        this.#grid = buildGrid(this.#x, this.#y);
        this.#ready();
      });
      this.#worker.postMessage({ x: this.#x, y: this.#y });
    }
  }
}
