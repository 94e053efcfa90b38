// The address bar and the active set say the same: ?tag=&selection=&keep=. Links, reload, back and forward work.

import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { activeStore, type Choice } from "../api/active";
import { openingKeep } from "../api/opening";
import { selectionsQuery } from "../api/selections";
import { openingTag, tagsQuery } from "../api/tags";
import type { View } from "../api/view";
import { useDatasetId, useSetView, useView } from "./view";

/** What `tag` says in the address for all samples, which is no tag; a missing one means the opening tag. */
const ALL = "all";

/** The choice that an address stands for; null while it cannot be told yet. */
export function choiceOf(
  view: View,
  opening: string | null | undefined,
  openingKeepOf: (selectionId: string) => number | undefined,
): Choice | null {
  const tagId = view.tag === ALL ? null : (view.tag ?? opening);
  if (tagId === undefined) return null;
  if (view.selection === undefined) return { tagId, selectionId: null, keep: 0 };
  const keep = view.keep ?? openingKeepOf(view.selection);
  return keep === undefined ? null : { tagId, selectionId: view.selection, keep };
}

/** Keep the address and the active set of the dataset at hand in step. To be called once, by its frame. */
export function useActiveInUrl(): void {
  const datasetId = useDatasetId();
  const { tag, selection, keep } = useView();
  const setView = useSetView();
  const tags = useQuery({ ...tagsQuery(datasetId), enabled: tag === undefined });
  const selections = useQuery({
    ...selectionsQuery(datasetId),
    enabled: selection !== undefined && keep === undefined,
  });
  const opening = tags.data ? (openingTag(tags.data)?.id ?? null) : undefined;
  const asked = choiceOf({ tag, selection, keep }, opening, (id) => {
    const named = selections.data?.find((known) => known.id === id);
    return named && openingKeep(named);
  });
  const text = asked === null ? null : JSON.stringify(asked);
  const written = useRef<string[]>([]); // what was put into the address, and has not come back yet

  useEffect(() => {
    if (text === null) return;
    const echo = written.current.indexOf(text);
    written.current = echo === -1 ? [] : written.current.slice(echo + 1);
    if (echo === -1) activeStore(datasetId).adopt(JSON.parse(text) as Choice);
  }, [datasetId, text]);

  const said = useRef(text);
  said.current = text;
  useEffect(() => {
    const store = activeStore(datasetId);
    return store.subscribe(() => {
      const choice = store.getSettled();
      const wanted = JSON.stringify({
        tagId: choice.tagId,
        selectionId: choice.selectionId,
        keep: choice.keep,
      });
      const last = written.current.at(-1) ?? said.current;
      if (!store.get().ready || wanted === last) return;
      written.current.push(wanted);
      const before = last === null ? null : (JSON.parse(last) as Choice);
      const onlyKeep = before?.tagId === choice.tagId && before.selectionId === choice.selectionId;
      setView(
        {
          tag: choice.tagId ?? ALL,
          selection: choice.selectionId ?? undefined,
          keep: choice.selectionId === null ? undefined : choice.keep,
          sample: undefined,
        },
        { replace: onlyKeep || store.get().lost !== null }, // nobody goes back to what is gone
      );
    });
  }, [datasetId, setView]);
}
