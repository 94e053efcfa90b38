import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { type Counter, counterOf } from "../api/active";
import { membersQuery, rankingQuery } from "../api/arrays";
import { type Selection, selectionsQuery } from "../api/selections";

/** The facts of a selection that is loaded, or undefined. */
export function useSelection(datasetId: string, selectionId: string | null): Selection | undefined {
  const selections = useQuery({ ...selectionsQuery(datasetId), enabled: selectionId !== null });
  return selections.data?.find((selection) => selection.id === selectionId);
}

/** How many samples are active, for any `keep`, with no request; null while members or ranking are loading. */
export function useCounter(
  datasetId: string,
  tagId: string | null,
  selectionId: string | null,
  ready = true,
) {
  const selection = useSelection(datasetId, selectionId);
  const onTop = selection?.preselected_tag_id ?? null;
  const members = useQuery({ ...membersQuery(datasetId, tagId), enabled: ready });
  const ranking = useQuery({ ...rankingQuery(datasetId, selectionId ?? ""), enabled: selectionId !== null });
  const asked = useQuery({ ...membersQuery(datasetId, onTop), enabled: onTop !== null });
  // Without a tag the same query stands for all samples, and may have been answered for somebody else.
  const preselected = onTop === null ? undefined : asked.data;
  return useMemo<Counter | null>(() => {
    if (members.data === undefined) return null;
    const { bits, count } = members.data;
    const plain = { members: bits, nMembers: count, order: null, preselected: null, nPreselected: 0 };
    if (selectionId === null) return counterOf(plain);
    if (ranking.data === undefined || selection === undefined) return null;
    if (onTop !== null && preselected === undefined) return null;
    return counterOf({
      ...plain,
      order: ranking.data.position,
      preselected: preselected?.bits ?? null,
      nPreselected: preselected?.count ?? 0,
    });
  }, [members.data, ranking.data, preselected, selectionId, selection, onTop]);
}
