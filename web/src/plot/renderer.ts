/** Draws the scene. What changed since the last frame goes to the GPU once, and nothing else does. */
import { countBits, resizeBits } from "./bits";
import { type PlotColors, toRgb } from "./colors";
import { dotsFor } from "./dots";
import { attribute, byteTexture, link, type Program, sendBytes, type Uniforms } from "./gl";
import { BYTES_A_ROW, POINTS_FRAGMENT, POINTS_VERTEX, RING_FRAGMENT, RING_VERTEX } from "./shaders";
import type { Size, View } from "./view";

export const NO_RANK = 0xffffffff;

export interface Frame {
  readonly view: View;
  readonly size: Size;
  readonly ratio: number;
  /** How many times as close as the view that shows all points. */
  readonly closeness: number;
}

export interface Scene {
  points: { readonly x: Float32Array; readonly y: Float32Array };
  rank: Uint32Array | null;
  members: Uint8Array | null;
  preselected: Uint8Array | null;
  keep: number;
  colors: PlotColors;
  frame: Frame;
  ring: number | null;
}

type Part = keyof Scene;

const PARTS: readonly Part[] = [
  "points",
  "rank",
  "members",
  "preselected",
  "keep",
  "colors",
  "frame",
  "ring",
];
const UNITS = { members: 0, preselected: 1 } as const;

interface Resources {
  readonly points: Program;
  readonly ring: Program;
  readonly x: WebGLBuffer;
  readonly y: WebGLBuffer;
  readonly rank: WebGLBuffer;
}

export class Renderer {
  readonly #gl: WebGL2RenderingContext;
  readonly #scene: Scene;
  readonly #stale = new Set<Part>(PARTS);
  #resources: Resources;

  constructor(gl: WebGL2RenderingContext, scene: Scene) {
    this.#gl = gl;
    this.#scene = scene;
    this.#resources = prepare(gl);
  }

  get scene(): Readonly<Scene> {
    return this.#scene;
  }

  /** Change a part of the scene; return whether that changes the picture. */
  change<P extends Part>(part: P, value: Scene[P]): boolean {
    if (this.#scene[part] === value) {
      return false;
    }
    this.#scene[part] = value;
    this.#stale.add(part);
    if (part === "points") {
      for (const sized of ["rank", "members", "preselected", "frame"] as const) {
        this.#stale.add(sized);
      }
    }
    return true;
  }

  /** Begin anew in a context that was lost and came back: everything goes up again. */
  restore(): void {
    this.#resources = prepare(this.#gl);
    for (const part of PARTS) {
      this.#stale.add(part);
    }
  }

  /** Draw a frame: one call for all points, one more for the ring. */
  draw(): void {
    const gl = this.#gl;
    const { points, frame, ring } = this.#scene;
    const { width, height } = gl.canvas;
    gl.useProgram(this.#resources.points.program);
    this.#send();
    gl.viewport(0, 0, width, height);
    gl.clear(gl.COLOR_BUFFER_BIT);
    if (points.x.length > 0) {
      gl.drawArraysInstanced(gl.POINTS, 0, points.x.length, 2);
    }
    if (ring !== null) {
      this.#drawRing(ring, frame);
    }
  }

  /** Count the pixels that show an active point. Draws first: a canvas may be empty after it was shown. */
  activePixels(): number {
    const gl = this.#gl;
    this.draw();
    const { width, height } = gl.canvas;
    const pixels = new Uint8Array(4 * width * height);
    gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
    const wanted = [this.#scene.colors.active, this.#scene.colors.preselected].map((color) => toRgb(color));
    let count = 0;
    for (let at = 0; at < pixels.length; at += 4) {
      const alpha = pixels[at + 3] as number;
      const near = ([red, green, blue]: readonly [number, number, number]) =>
        Math.abs((pixels[at] as number) / alpha - red) < 0.1 &&
        Math.abs((pixels[at + 1] as number) / alpha - green) < 0.1 &&
        Math.abs((pixels[at + 2] as number) / alpha - blue) < 0.1;
      if (alpha > 127 && wanted.some(near)) {
        count += 1;
      }
    }
    return count;
  }

  /** Give the memory of the GPU back at once, and not when the page is cleaned up. */
  destroy(): void {
    this.#gl.getExtension("WEBGL_lose_context")?.loseContext();
  }

  #send(): void {
    const { points, rank, members, preselected, keep, colors } = this.#scene;
    const gl = this.#gl;
    const { uniforms } = this.#resources.points;
    const n = points.x.length;
    const stale = (part: Part) => this.#stale.has(part);
    if (stale("points")) {
      sendNumbers(gl, this.#resources.x, points.x, gl.STATIC_DRAW);
      sendNumbers(gl, this.#resources.y, points.y, gl.STATIC_DRAW);
    }
    if (stale("rank")) {
      sendNumbers(gl, this.#resources.rank, ranksOf(n, rank), gl.DYNAMIC_DRAW);
    }
    for (const part of ["members", "preselected"] as const) {
      const bits = this.#scene[part];
      if (stale(part) && bits) {
        const rows = Math.max(Math.ceil(n / 8 / BYTES_A_ROW), 1);
        sendBytes(gl, UNITS[part], resizeBits(bits, rows * BYTES_A_ROW), BYTES_A_ROW);
      }
    }
    if (stale("rank") || stale("members") || stale("preselected")) {
      gl.uniform1ui(uniforms.given ?? null, (rank ? 1 : 0) | (members ? 2 : 0) | (preselected ? 4 : 0));
      gl.uniform2f(
        uniforms.counts ?? null,
        members ? countBits(members, n) : n,
        preselected ? countBits(preselected, n) : 0,
      );
    }
    if (stale("keep")) {
      gl.uniform1ui(uniforms.keep ?? null, keep);
    }
    if (stale("colors")) {
      for (const name of ["active", "preselected", "muted"] as const) {
        gl.uniform3fv(uniforms[`${name}Color`] ?? null, toRgb(colors[name]));
      }
      gl.uniform3fv(uniforms.haloColor ?? null, toRgb(colors.background));
    }
    if (stale("frame")) {
      this.#sendFrame(uniforms, n);
    }
    this.#stale.clear();
  }

  #sendFrame(uniforms: Uniforms, n: number): void {
    const gl = this.#gl;
    const { view, size, ratio, closeness } = this.#scene.frame;
    const dots = dotsFor(n, size, closeness);
    const across = (2 * view.scale) / size.width;
    const upwards = (2 * view.scale) / size.height;
    gl.uniform4f(uniforms.view ?? null, view.x, view.y, across, upwards);
    gl.uniform4f(
      uniforms.dots ?? null,
      dots.mutedRadius,
      dots.mutedOpacity,
      dots.activeInk,
      dots.activeLargest,
    );
    gl.uniform1f(uniforms.ratio ?? null, ratio);
  }

  #drawRing(point: number, { view, size, ratio, closeness }: Frame): void {
    const gl = this.#gl;
    const { points, colors } = this.#scene;
    const { program, uniforms } = this.#resources.ring;
    const dots = dotsFor(points.x.length, size, closeness);
    gl.useProgram(program);
    gl.uniform2f(
      uniforms.at ?? null,
      (((points.x[point] as number) - view.x) * 2 * view.scale) / size.width,
      (((points.y[point] as number) - view.y) * 2 * view.scale) / size.height,
    );
    gl.uniform2f(uniforms.radius ?? null, ratio * (dots.activeLargest + 3), ratio * 1.75);
    gl.uniform3fv(uniforms.ringColor ?? null, toRgb(colors.ring));
    gl.uniform3fv(uniforms.haloColor ?? null, toRgb(colors.background));
    gl.drawArrays(gl.POINTS, 0, 1);
  }
}

function prepare(gl: WebGL2RenderingContext): Resources {
  const resources = {
    points: link(gl, POINTS_VERTEX, POINTS_FRAGMENT),
    ring: link(gl, RING_VERTEX, RING_FRAGMENT),
    x: attribute(gl, 0, "float"),
    y: attribute(gl, 1, "float"),
    rank: attribute(gl, 2, "uint"),
  };
  gl.useProgram(resources.points.program);
  for (const name of ["members", "preselected"] as const) {
    byteTexture(gl, UNITS[name]);
    gl.uniform1i(resources.points.uniforms[name] ?? null, UNITS[name]);
  }
  gl.disable(gl.DEPTH_TEST);
  gl.enable(gl.BLEND);
  gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA); // colours are premultiplied, as the page expects them
  gl.clearColor(0, 0, 0, 0);
  return resources;
}

function sendNumbers(
  gl: WebGL2RenderingContext,
  buffer: WebGLBuffer,
  numbers: Float32Array | Uint32Array,
  usage: GLenum,
): void {
  gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
  gl.bufferData(gl.ARRAY_BUFFER, numbers, usage);
}

function ranksOf(n: number, rank: Uint32Array | null): Uint32Array {
  if (rank && rank.length >= n) {
    return rank.subarray(0, n);
  }
  const filled = new Uint32Array(n).fill(NO_RANK);
  filled.set(rank ?? []);
  return filled;
}
