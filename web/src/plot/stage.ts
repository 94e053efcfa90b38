/** The canvas as a stage: its size in device pixels, frames only when asked for, loss of the GPU. */
import type { Size } from "./view";

export interface Stage {
  readonly size: Size;
  readonly ratio: number;
  /** Draw before the next picture goes to the screen; many requests make one frame. */
  request(): void;
  /** Call `step` with 0 to 1 over some milliseconds, then stop. A new glide replaces the old one. */
  glide(milliseconds: number, step: (share: number) => void): void;
  stop(): void;
}

interface Actions {
  draw(): void;
  resized(): void;
  /** The GPU came back, with nothing of ours in it. */
  restored(): void;
}

/** Watch a canvas until the signal aborts. */
export function setStage(canvas: HTMLCanvasElement, actions: Actions, signal: AbortSignal): Stage {
  let size: Size = { width: 1, height: 1 };
  let ratio = 1;
  let frame = 0;
  let lost = false;
  let motion: ((now: number) => boolean) | null = null;

  const request = () => {
    if (!frame && !lost && !signal.aborted) {
      frame = requestAnimationFrame(onFrame);
    }
  };
  const onFrame = (now: number) => {
    frame = 0;
    const goesOn = motion?.(now) ?? false;
    if (!goesOn) {
      motion = null;
    }
    actions.draw();
    if (goesOn) {
      request();
    }
  };
  const measure = (width: number, height: number) => {
    size = { width: Math.max(canvas.clientWidth, 1), height: Math.max(canvas.clientHeight, 1) };
    ratio = width / size.width;
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    actions.resized();
    if (!lost) {
      actions.draw(); // at once: a canvas is empty after its size changed, and would flicker
    }
  };

  const observer = new ResizeObserver(([entry]) => {
    const exact = entry?.devicePixelContentBoxSize?.[0];
    measure(
      devicePixels(canvas.clientWidth, exact?.inlineSize),
      devicePixels(canvas.clientHeight, exact?.blockSize),
    );
  });
  observer.observe(canvas, { box: "device-pixel-content-box" });
  canvas.addEventListener(
    "webglcontextlost",
    (event) => {
      event.preventDefault(); // tells the browser that we can begin anew
      lost = true;
    },
    { signal },
  );
  canvas.addEventListener(
    "webglcontextrestored",
    () => {
      lost = false;
      actions.restored();
      request();
    },
    { signal },
  );
  signal.addEventListener("abort", () => {
    observer.disconnect();
    cancelAnimationFrame(frame);
  });

  return {
    get size() {
      return size;
    },
    get ratio() {
      return ratio;
    },
    request,
    glide: (milliseconds, step) => {
      let began: number | null = null;
      motion = (now) => {
        began ??= now;
        const share = Math.min((now - began) / milliseconds, 1);
        step(1 - (1 - share) ** 3);
        return share < 1;
      };
      request();
    },
    stop: () => {
      motion = null;
    },
  };
}

/** Return the exact number of device pixels where the browser tells it; an emulated screen tells CSS pixels. */
function devicePixels(css: number, exact: number | undefined): number {
  const about = Math.max(Math.round(css * devicePixelRatio), 1);
  return exact !== undefined && Math.abs(exact - about) <= 2 ? exact : about;
}
