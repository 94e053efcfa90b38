// A tag or a selection may be removed while it is shown, and an address may name one that was removed long ago.

import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { activeStore, useActive } from "../api/active";
import { selectionsQuery } from "../api/selections";
import { openingTag, tagsQuery } from "../api/tags";

type Listed = UseQueryResult<{ id: string }[]>;

/** Go on to what a dataset opens with, or to the tag without its ranking. To be called once, by the frame. */
export function useLeaveTheGone(datasetId: string): void {
  const { tagId, selectionId, ready } = useActive(datasetId);
  const tags = useQuery({ ...tagsQuery(datasetId), enabled: ready && tagId !== null });
  const selections = useQuery({ ...selectionsQuery(datasetId), enabled: ready && selectionId !== null });
  const lostTag = useIsGone(tagId, tags);
  const lostSelection = useIsGone(selectionId, selections);
  const opening = openingTag(tags.data ?? [])?.id ?? null;

  useEffect(() => {
    const store = activeStore(datasetId);
    if (lostTag) store.leave("tag", { tagId: opening, selectionId: null, keep: 0 });
    else if (lostSelection) store.leave("selection", { tagId, selectionId: null, keep: 0 });
  }, [datasetId, tagId, opening, lostTag, lostSelection]);

  const known = useRef<{ datasetId: string; ids: string[] }>({ datasetId, ids: [] });
  useEffect(() => {
    if (selections.data === undefined) return;
    const left = new Set(selections.data.map((one) => one.id));
    const removed = known.current.ids.filter((id) => !left.has(id));
    if (known.current.datasetId === datasetId && removed.length > 0) {
      activeStore(datasetId).forget(new Set(removed));
    }
    known.current = { datasetId, ids: [...left] };
  }, [datasetId, selections.data]);
}

/** Whether the server does not know it. The list at hand may be older than the thing, so it is asked for again. */
function useIsGone(id: string | null, list: Listed): boolean {
  const [asked, setAsked] = useState<{ id: string; at: number } | null>(null);
  const { data, dataUpdatedAt, isFetching, refetch } = list;
  const missing = id !== null && data !== undefined && !isFetching && !data.some((one) => one.id === id);
  useEffect(() => {
    if (!missing || asked?.id === id) return;
    setAsked({ id, at: Date.now() });
    void refetch();
  }, [missing, id, asked, refetch]);
  return missing && asked?.id === id && dataUpdatedAt >= asked.at;
}
