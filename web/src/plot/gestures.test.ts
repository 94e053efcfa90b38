import { afterEach, expect, test } from "vitest";
import { listen, type Moves } from "./gestures";

let ending = new AbortController();
afterEach(() => ending.abort());

/** A canvas, and the list of what gestures on it asked for. */
function listened(): { canvas: HTMLCanvasElement; asked: unknown[][] } {
  ending = new AbortController();
  const canvas = document.createElement("canvas");
  const asked: unknown[][] = [];
  const note =
    (name: string) =>
    (...given: unknown[]) =>
      void asked.push([name, ...given]);
  const moves: Moves = {
    pan: note("pan"),
    zoom: note("zoom"),
    reset: note("reset"),
    point: note("point"),
    open: note("open"),
  };
  listen(canvas, moves, ending.signal);
  return { canvas, asked };
}

function pointer(
  canvas: HTMLCanvasElement,
  kind: string,
  pointerId: number,
  clientX: number,
  clientY: number,
) {
  canvas.dispatchEvent(new PointerEvent(kind, { pointerId, clientX, clientY, button: 0 }));
}

test("a pointer that is not pressed points, a pressed one moves the plane", () => {
  const { canvas, asked } = listened();
  pointer(canvas, "pointermove", 1, 10, 20);
  pointer(canvas, "pointerdown", 1, 10, 20);
  pointer(canvas, "pointermove", 1, 15, 18);
  pointer(canvas, "pointerup", 1, 15, 18);
  expect(asked).toEqual([
    ["point", [10, 20]],
    ["pan", 5, -2, false],
    ["point", [15, 18]],
  ]);
});

test("a press that stays where it is opens what it points at, and a drag back to its start does not", () => {
  const { canvas, asked } = listened();
  pointer(canvas, "pointerdown", 1, 10, 20);
  pointer(canvas, "pointermove", 1, 12, 21);
  pointer(canvas, "pointerup", 1, 12, 21);
  canvas.click();
  expect(asked).toEqual([["pan", 2, 1, false], ["point", [12, 21]], ["open"]]);
  asked.length = 0;
  pointer(canvas, "pointerdown", 1, 10, 20);
  pointer(canvas, "pointermove", 1, 30, 20);
  pointer(canvas, "pointermove", 1, 10, 20);
  pointer(canvas, "pointerup", 1, 10, 20);
  canvas.click();
  expect(asked).not.toContainEqual(["open"]);
});

test("of two fingers none opens anything", () => {
  const { canvas, asked } = listened();
  pointer(canvas, "pointerdown", 1, 100, 100);
  pointer(canvas, "pointerdown", 2, 200, 100);
  pointer(canvas, "pointerup", 2, 200, 100);
  pointer(canvas, "pointerup", 1, 100, 100);
  canvas.click();
  expect(asked).not.toContainEqual(["open"]);
});

test("two fingers that part zoom around their middle, and the plane follows the middle", () => {
  const { canvas, asked } = listened();
  pointer(canvas, "pointerdown", 1, 100, 100);
  pointer(canvas, "pointerdown", 2, 200, 100);
  pointer(canvas, "pointermove", 2, 300, 100);
  expect(asked).toEqual([
    ["pan", 50, 0, false],
    ["zoom", 2, 200, 100, false],
  ]);
});

test("the wheel comes closer upwards and is kept from scrolling the page", () => {
  const { canvas, asked } = listened();
  // The DOM of the tests has wheels without a place.
  const event = Object.assign(new WheelEvent("wheel", { deltaY: -100, cancelable: true }), {
    clientX: 7,
    clientY: 9,
  });
  canvas.dispatchEvent(event);
  expect(event.defaultPrevented).toBe(true);
  expect(asked).toEqual([["zoom", expect.closeTo(Math.exp(0.18)), 7, 9, false]]);
});

test.each([
  ["ArrowLeft", ["pan", 60, 0, true]],
  ["ArrowDown", ["pan", 0, -60, true]],
  ["+", ["zoom", 1.5, 0, 0, true]],
  ["-", ["zoom", 1 / 1.5, 0, 0, true]],
  ["0", ["reset"]],
  ["Enter", ["open"]],
  ["Escape", ["point", null]],
])("the key %s means %j", (key, meaning) => {
  const { canvas, asked } = listened();
  canvas.dispatchEvent(new KeyboardEvent("keydown", { key }));
  expect(asked).toEqual([meaning]);
});

test("keys with Ctrl are the browser's, and after the end nothing is heard", () => {
  const { canvas, asked } = listened();
  canvas.dispatchEvent(new KeyboardEvent("keydown", { key: "+", ctrlKey: true }));
  ending.abort();
  canvas.dispatchEvent(new KeyboardEvent("keydown", { key: "+" }));
  expect(asked).toEqual([]);
});
