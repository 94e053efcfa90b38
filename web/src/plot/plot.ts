/** The plot: a million points whose activity follows a slider at the price of one uniform. */
import { hasBit } from "./bits";
import type { PlotColors } from "./colors";
import { listen, type Moves } from "./gestures";
import { Picker } from "./picker";
import { Renderer } from "./renderer";
import { setStage } from "./stage";
import {
  type Bounds,
  between,
  boundsOf,
  EVERYWHERE,
  hold,
  pan,
  showAll,
  toPlane,
  toScreen,
  type View,
  zoom,
} from "./view";

export type HoverListener = (position: number | null, clientX: number, clientY: number) => void;

/** Arrays are kept as they are, not copied: hand in a new one instead of writing into an old one. */
export interface Plot {
  /** Row = position; NaN: the sample has no place. The view then shows all. */
  setPoints(x: Float32Array, y: Float32Array): void;
  /** Ranks by position, NO_RANK = none. Null: there is no selection, and every member is active. */
  setRanks(rank: Uint32Array | null): void;
  /** Packed bits. Only members can be active, and what is preselected. Null: all samples are members. */
  setMembers(bits: Uint8Array | null): void;
  /** Packed bits: active whatever their rank. */
  setPreselected(bits: Uint8Array | null): void;
  setKeep(keep: number): void;
  setColors(colors: PlotColors): void;
  /** Be told which point is under the pointer, and where on the page that point is. */
  onHover(listener: HoverListener): void;
  /** Be told which point was clicked. */
  onOpen(listener: (position: number) => void): void;
  resetView(): void;
  /** Come closer to the middle by a factor. */
  zoomBy(factor: number): void;
  /** Count the pixels of active points. Slow, for tests. */
  activePixels(): number;
  destroy(): void;
}

const REACH = 9; // CSS pixels around the pointer in which a point is found
const GLIDE = 180; // milliseconds
const PLAIN: PlotColors = {
  active: "#b8461f",
  preselected: "#1d1b18",
  muted: "#8f887c",
  ring: "#1d1b18",
  background: "#fffdf9",
};

/** Make a plot on a canvas, or return null where there is no WebGL2. */
export function createPlot(canvas: HTMLCanvasElement): Plot | null {
  const gl = canvas.getContext("webgl2", { antialias: false, depth: false, stencil: false });
  return gl && new CanvasPlot(canvas, gl);
}

class CanvasPlot implements Plot {
  readonly #canvas: HTMLCanvasElement;
  readonly #renderer: Renderer;
  readonly #ending = new AbortController();
  readonly #stage: ReturnType<typeof setStage>;
  readonly #picker: Picker;
  #hover: HoverListener = () => undefined;
  #open: (position: number) => void = () => undefined;
  #pointer: readonly [number, number] | null = null;
  #bounds: Bounds = EVERYWHERE;
  /** Null: whatever shows all points, also after the canvas changes its size. */
  #view: View | null = null;
  /** Where a glide ends: the next key press goes on from there. */
  #goal: View | null = null;

  constructor(canvas: HTMLCanvasElement, gl: WebGL2RenderingContext) {
    this.#canvas = canvas;
    const size = { width: 1, height: 1 };
    this.#renderer = new Renderer(gl, {
      points: { x: new Float32Array(), y: new Float32Array() },
      rank: null,
      members: null,
      preselected: null,
      keep: 0,
      colors: PLAIN,
      frame: { view: showAll(EVERYWHERE, size), size, ratio: 1, closeness: 1 },
      ring: null,
    });
    this.#picker = new Picker(() => this.#point(this.#pointer));
    this.#stage = setStage(
      canvas,
      {
        draw: () => this.#renderer.draw(),
        resized: () => this.#look(this.#view),
        restored: () => this.#renderer.restore(),
      },
      this.#ending.signal,
    );
    listen(canvas, this.#moves(), this.#ending.signal);
  }

  setPoints(x: Float32Array, y: Float32Array): void {
    this.#picker.setPoints(x, y);
    this.#bounds = boundsOf(x, y);
    this.#point(null);
    this.#renderer.change("points", { x, y });
    this.#look(null);
  }

  setRanks(rank: Uint32Array | null): void {
    this.#change("rank", rank);
  }

  setMembers(bits: Uint8Array | null): void {
    this.#change("members", bits);
  }

  setPreselected(bits: Uint8Array | null): void {
    this.#change("preselected", bits);
  }

  setKeep(keep: number): void {
    this.#change("keep", keep);
  }

  setColors(colors: PlotColors): void {
    this.#change("colors", colors);
  }

  onHover(listener: HoverListener): void {
    this.#hover = listener;
  }

  onOpen(listener: (position: number) => void): void {
    this.#open = listener;
  }

  resetView(): void {
    this.#moves().reset();
  }

  zoomBy(factor: number): void {
    const { width, height } = this.#stage.size;
    this.#moves().zoom(factor, width / 2, height / 2, true);
  }

  activePixels(): number {
    return this.#renderer.activePixels();
  }

  destroy(): void {
    this.#ending.abort();
    this.#picker.destroy();
    this.#renderer.destroy();
  }

  #change(...[part, value]: Parameters<Renderer["change"]>): void {
    if (this.#renderer.change(part, value)) {
      this.#stage.request();
    }
  }

  #whole(): View {
    return showAll(this.#bounds, this.#stage.size);
  }

  #look(view: View | null): void {
    this.#view = view && hold(view, this.#bounds);
    const whole = this.#whole();
    const shown = this.#view ?? whole;
    const { size, ratio } = this.#stage;
    this.#change("frame", { view: shown, size, ratio, closeness: shown.scale / whole.scale });
  }

  /** Go to a view, gliding unless the reader prefers things not to move. */
  #go(view: View, smooth: boolean, arrived: () => void = () => undefined): void {
    this.#stage.stop();
    this.#goal = null;
    if (!smooth || matchMedia("(prefers-reduced-motion: reduce)").matches) {
      this.#look(view);
      arrived();
      return;
    }
    this.#goal = view;
    const from = this.#renderer.scene.frame.view;
    this.#stage.glide(GLIDE, (share) => {
      this.#look(between(from, view, share));
      if (share === 1) {
        this.#goal = null;
        arrived();
      }
    });
  }

  #moves(): Moves {
    const here = () => this.#goal ?? this.#renderer.scene.frame.view;
    const lookUp = () => this.#point([this.#stage.size.width / 2, this.#stage.size.height / 2]);
    return {
      pan: (dx, dy, smooth) => {
        this.#point(null);
        this.#go(hold(pan(here(), dx, dy), this.#bounds), smooth, smooth ? lookUp : undefined);
      },
      zoom: (factor, px, py, smooth) => {
        this.#point(null);
        this.#go(zoom(here(), factor, px, py, this.#stage.size, this.#whole()), smooth);
      },
      reset: () => {
        this.#point(null);
        this.#go(this.#whole(), true, () => this.#look(null));
      },
      point: (at) => this.#point(at),
      open: () => {
        const { ring } = this.#renderer.scene;
        if (ring !== null) this.#open(ring);
      },
    };
  }

  /** Find the point at a pixel of the canvas, ring it, and tell the listener. */
  #point(at: readonly [px: number, py: number] | null): void {
    this.#pointer = at;
    const { frame, points, ring } = this.#renderer.scene;
    const spot = at && toPlane(frame.view, at[0], at[1], frame.size);
    const found = spot && this.#picker.at(spot, REACH / frame.view.scale, (point) => this.#isActive(point));
    if (found === ring) {
      return;
    }
    this.#canvas.style.cursor = found === null ? "grab" : "pointer";
    this.#change("ring", found);
    const box = this.#canvas.getBoundingClientRect();
    const x = found === null ? 0 : (points.x[found] as number);
    const y = found === null ? 0 : (points.y[found] as number);
    const [px, py] = toScreen(frame.view, x, y, frame.size);
    this.#hover(found, box.left + px, box.top + py);
  }

  #isActive(point: number): boolean {
    const { members, rank, preselected, keep } = this.#renderer.scene;
    const before = rank !== null && preselected !== null && hasBit(preselected, point);
    return before || ((!members || hasBit(members, point)) && (!rank || (rank[point] ?? keep) < keep));
  }
}
