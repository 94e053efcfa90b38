import { act, cleanup, renderHook } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { USUAL } from "./setup";
import { useSetup } from "./useSetup";

afterEach(cleanup);

const LOADED = { ...USUAL, strategy: "coreset" };

test("what is set belongs to the tag and the selection that are shown", () => {
  const { result, rerender } = renderHook(({ shown, loaded }) => useSetup(shown, loaded), {
    initialProps: { shown: "dataset/tag/", loaded: null as typeof LOADED | null },
  });
  expect(result.current[0]).toEqual(USUAL);
  act(() => result.current[1]({ onTop: "before" }));
  expect(result.current[0]).toEqual({ ...USUAL, onTop: "before" });
  rerender({ shown: "dataset/tag/selection", loaded: LOADED });
  expect(result.current[0]).toEqual(LOADED); // the form says what the selection at hand was made with
  rerender({ shown: "dataset/child/", loaded: null });
  expect(result.current[0]).toEqual(USUAL); // a saved child does not inherit what was on top
  rerender({ shown: "dataset/tag/", loaded: null });
  expect(result.current[0].onTop).toBe("before");
});
