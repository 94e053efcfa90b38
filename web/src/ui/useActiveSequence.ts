import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useMemo } from "react";
import { useActive } from "../api/active";
import { membersQuery, rankingQuery } from "../api/arrays";
import { PositionsInBits } from "../api/bits";
import { activeBits } from "./grid/activeBits";
import { joined, rankedPart, type Sequence } from "./grid/sequence";
import { useSelection } from "./useCounter";

/** By rank: the kept samples, best first, then the preselected ones. By name: the active samples by position. Next: those kept next. */
export type Order = "rank" | "name" | "next";

/** The active samples of a dataset in an order; null while they are loading. */
export function useActiveSequence(datasetId: string, order: Order): Sequence | null {
  const { tagId, selectionId, keep, ready } = useActive(datasetId);
  const selection = useSelection(datasetId, selectionId);
  const onTop = selection?.preselected_tag_id ?? null;
  const members = useQuery({ ...membersQuery(datasetId, tagId), enabled: ready }).data;
  const ranking = useQuery({
    ...rankingQuery(datasetId, selectionId ?? ""),
    enabled: selectionId !== null,
  }).data;
  const asked = useQuery({ ...membersQuery(datasetId, onTop), enabled: onTop !== null }).data;
  const preselected = onTop === null ? undefined : asked; // without a tag it would be all samples
  const rested = useDeferredValue(keep); // by name it takes a walk over all bits: after the slider, not during
  const waits = selectionId !== null && (ranking === undefined || selection === undefined);

  const before = useMemo(
    () => (preselected === undefined ? null : new PositionsInBits(preselected.bits)),
    [preselected],
  );
  const ranked = useMemo(() => {
    if (ranking === undefined || order === "name") return null;
    const { position, rank } = ranking;
    if (order === "next") return rankedPart(position, rank, keep, position.length);
    const kept = rankedPart(position, rank, 0, keep);
    return before === null ? kept : joined(kept, before);
  }, [ranking, order, keep, before]);
  const named = useMemo(() => {
    if (members === undefined || waits || (selectionId !== null && order !== "name")) return null;
    if (ranking === undefined) return new PositionsInBits(members.bits);
    return new PositionsInBits(activeBits(members.bits, ranking.position, rested, preselected?.bits ?? null));
  }, [members, waits, selectionId, order, ranking, rested, preselected]);
  return selectionId !== null && order !== "name" ? ranked : named;
}
