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
  const preselected = useQuery({ ...membersQuery(datasetId, onTop), enabled: onTop !== null });
  return useMemo<Counter | null>(() => {
    if (members.data === undefined) return null;
    const { bits, count } = members.data;
    const plain = { members: bits, nMembers: count, order: null, preselected: null, nPreselected: 0 };
    if (selectionId === null) return counterOf(plain);
    if (ranking.data === undefined || selection === undefined) return null;
    if (onTop !== null && preselected.data === undefined) return null;
    return counterOf({
      ...plain,
      order: ranking.data.position,
      preselected: preselected.data?.bits ?? null,
      nPreselected: preselected.data?.count ?? 0,
    });
  }, [members.data, ranking.data, preselected.data, selectionId, selection, onTop]);
}
