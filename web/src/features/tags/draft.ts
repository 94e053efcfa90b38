import { useQuery } from "@tanstack/react-query";
import { useActive } from "../../api/active";
import { strategyOf } from "../../api/selections";
import { freeName, tagsQuery } from "../../api/tags";
import { useSelection } from "../../ui/useCounter";

/** The name of the tag to come: what was typed, or else "representative-100", free and following the slider. */
export function useDraftName(datasetId: string): string {
  const active = useActive(datasetId);
  const tags = useQuery(tagsQuery(datasetId));
  const selection = useSelection(datasetId, active.selectionId);
  if (active.draftName !== null) return active.draftName;
  if (selection === undefined) return "";
  return freeName(`${strategyOf(selection)}-${active.keep}`, tags.data ?? []);
}
