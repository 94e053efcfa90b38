"""What the plot does with the graphics card, counted; and how much of it is in colour."""

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import BrowserContext, Page

# Wraps WebGL2 before the app runs. After each frame that draws, the pixels are read back: in a microtask,
# since the browser empties the canvas once it has shown it.
COUNTING = """
(() => {
  const counted = { uniforms: 0, uploads: 0, draws: 0, frames: 0, active: 0 };
  globalThis.countedByTests = counted;
  const kinds = [
    ["uniforms", /^uniform\\d/],
    ["uploads", /^(bufferData|bufferSubData|(compressed|copy)?Tex(Sub)?Image|tex(Sub)?Image|texStorage)/i],
    ["draws", /^draw(Arrays|Elements|Range)/],
  ];
  const inColour = (gl) => {
    const pixels = new Uint8Array(4 * gl.drawingBufferWidth * gl.drawingBufferHeight);
    gl.readPixels(0, 0, gl.drawingBufferWidth, gl.drawingBufferHeight, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
    let number = 0;
    for (let at = 0; at < pixels.length; at += 4) {
      if (pixels[at + 3] > 127 && pixels[at] - pixels[at + 2] > 80) number += 1;
    }
    return number;
  };
  let waiting = false;
  for (const [name, { value }] of Object.entries(
    Object.getOwnPropertyDescriptors(WebGL2RenderingContext.prototype),
  )) {
    const kind = kinds.find(([, pattern]) => pattern.test(name))?.[0];
    if (!kind || typeof value !== "function") continue;
    WebGL2RenderingContext.prototype[name] = function (...words) {
      counted[kind] += 1;
      const answer = value.apply(this, words);
      if (kind === "draws" && !waiting) {
        waiting = true;
        queueMicrotask(() => { waiting = false; counted.frames += 1; counted.active = inColour(this); });
      }
      return answer;
    };
  }
})();
"""
TWO_FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


@dataclass(frozen=True)
class Counted:
    """Calls since the counters were set to zero, and the pixels in colour at the end."""

    uniforms: int
    uploads: int
    draws: int
    frames: int
    active: int


def count_calls(context: BrowserContext) -> None:
    """Count from the next page on."""
    context.add_init_script(COUNTING)


def reset(page: Page) -> None:
    """Set the counters to zero; the number of pixels stays."""
    page.evaluate(
        "() => { for (const name of ['uniforms', 'uploads', 'draws', 'frames']) countedByTests[name] = 0; }"
    )


def counted(page: Page) -> Counted:
    """Let two frames pass, and return what was counted."""
    page.evaluate(TWO_FRAMES)
    numbers: dict[str, Any] = page.evaluate("() => ({ ...countedByTests })")
    return Counted(**numbers)
