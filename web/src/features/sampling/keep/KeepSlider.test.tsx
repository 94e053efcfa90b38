import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { KeepField } from "./KeepField";
import { KeepSlider } from "./KeepSlider";

afterEach(cleanup);

function slider(onKeep: (keep: number) => void, keep = 512) {
  render(<KeepSlider max={20_431} keep={keep} greedyUntil={2000} logScale onKeep={onKeep} />);
  return screen.getByRole("slider", { name: "Images to keep" });
}

test("a screen reader hears how many of how many are kept", () => {
  const element = slider(() => undefined);
  expect(element.getAttribute("aria-valuenow")).toBe("512");
  expect(element.getAttribute("aria-valuemin")).toBe("1");
  expect(element.getAttribute("aria-valuemax")).toBe("20431");
  expect(element.getAttribute("aria-valuetext")).toBe("512 of 20,431 images kept");
});

test("each key press is one change, and one that changes nothing is none", () => {
  const onKeep = vi.fn();
  const element = slider(onKeep, 1);
  fireEvent.keyDown(element, { key: "ArrowRight" });
  fireEvent.keyDown(element, { key: "End" });
  fireEvent.keyDown(element, { key: "ArrowLeft" });
  fireEvent.keyDown(element, { key: "Tab" });
  expect(onKeep.mock.calls).toEqual([[2], [20_431]]);
});

test("the end of the best order is marked", () => {
  slider(() => undefined);
  expect(screen.getByText("best order up to 2,000")).toBeTruthy();
});

test("a typed number counts with Enter and is held within the range", () => {
  const onKeep = vi.fn();
  render(<KeepField max={20_431} keep={512} onKeep={onKeep} />);
  const field = screen.getByRole<HTMLInputElement>("textbox", { name: "Number of images to keep" });
  fireEvent.change(field, { target: { value: "1,5" } });
  expect(onKeep).not.toHaveBeenCalled();
  fireEvent.keyDown(field, { key: "Enter" });
  fireEvent.change(field, { target: { value: "999999" } });
  fireEvent.blur(field);
  fireEvent.change(field, { target: { value: "many" } });
  fireEvent.blur(field);
  fireEvent.keyDown(field, { key: "ArrowUp" });
  expect(onKeep.mock.calls).toEqual([[15], [20_431], [513]]);
  expect(field.value).toBe("512");
});
