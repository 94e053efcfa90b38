import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { activeStore } from "../api/active";
import { api } from "../api/client";
import { keys } from "../api/query";
import { useLeaveTheGone } from "./useLeaveTheGone";

let datasetId = "";
let next = 0;

const tag = (id: string, kind = "manual") => ({ id, recipe: { kind } });
const initial = tag("initial", "initial");
const listed: Record<string, { id: string }[]> = {};
const queries = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: 60_000 } } });

afterEach(cleanup);
beforeEach(() => {
  queries.clear();
  datasetId = `d${++next}`; // each dataset has a store of its own
  listed.tags = [initial, tag("mine")];
  listed.selections = [{ id: "s" }];
  vi.spyOn(api, "GET").mockImplementation((path: string) => {
    const items = listed[path.split("/").at(-1) ?? ""];
    return Promise.resolve({ data: { items, next: null } }) as never;
  });
});

function show(tagId: string | null, selectionId: string | null = null) {
  const store = activeStore(datasetId);
  store.adopt({ tagId, selectionId, keep: selectionId === null ? 0 : 7 });
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={queries}>{children}</QueryClientProvider>
  );
  renderHook(() => useLeaveTheGone(datasetId), { wrapper });
  return store;
}

test("an address that names a removed tag leads to what the dataset opens with", async () => {
  const store = show("gone");
  await waitFor(() => expect(store.get()).toMatchObject({ tagId: "initial", lost: "tag", canUndo: false }));
});

test("a tag that is newer than the list at hand is no lost one", async () => {
  const store = show("mine");
  await waitFor(() => expect(queries.isFetching()).toBe(0));
  listed.tags?.push(tag("new"));
  act(() => store.selectTag("new"));
  await waitFor(() => expect(queries.getQueryData(keys.of(datasetId, "tags"))).toHaveLength(3));
  await waitFor(() => expect(queries.isFetching()).toBe(0));
  expect(store.get()).toMatchObject({ tagId: "new", lost: null });
});

test("a tag that somebody removes while it is shown is left", async () => {
  const store = show("mine");
  await waitFor(() => expect(queries.isFetching()).toBe(0));
  listed.tags = [initial];
  await act(() => queries.invalidateQueries({ queryKey: keys.of(datasetId, "tags") }));
  await waitFor(() => expect(store.get()).toMatchObject({ tagId: "initial", lost: "tag" }));
});

test("without its ranking, a tag is shown as it is, and undo does not bring the ranking back", async () => {
  listed.selections = [{ id: "s" }, { id: "other" }];
  const store = show("mine", "s");
  act(() => store.load("other", 3));
  await waitFor(() => expect(queries.isFetching()).toBe(0));
  listed.selections = [{ id: "other" }];
  await act(() => queries.invalidateQueries({ queryKey: keys.of(datasetId, "selections") }));
  await waitFor(() => expect(store.get().canUndo).toBe(false));
  expect(store.get()).toMatchObject({ tagId: "mine", selectionId: "other", lost: null });
  listed.selections = [];
  await act(() => queries.invalidateQueries({ queryKey: keys.of(datasetId, "selections") }));
  await waitFor(() =>
    expect(store.get()).toMatchObject({ tagId: "mine", selectionId: null, lost: "selection" }),
  );
});
