import { queryOptions } from "@tanstack/react-query";
import { readArrow } from "./arrow";
import { bytes } from "./client";
import { keys } from "./query";

/** Where each sample lies in the plane: row = position, NaN where a sample has no vector. */
export interface Points {
  readonly x: Float32Array;
  readonly y: Float32Array;
}

/** The result of a selection, best first, and the same the other way round. */
export interface Ranking {
  readonly position: Uint32Array;
  readonly importance: Float32Array;
  /** The place of each position in the ranking; NO_RANK: none. Positions past its end have none either. */
  readonly rank: Uint32Array;
  /** Up to here each was the best next choice; what follows is in a plausible order. */
  readonly greedyUntil: number;
  /** How many samples counted as kept before the first choice. */
  readonly preselected: number;
}

/** A set of positions: packed bits, the lowest of a byte first. */
export interface Members {
  readonly bits: Uint8Array;
  readonly count: number;
}

export const NO_RANK = 0xffffffff;

/** Points stay as they are until an event says that the projection was extended by new samples. */
export function projectionQuery(datasetId: string, projectionId: string) {
  return queryOptions({
    queryKey: keys.array(datasetId, "projections", projectionId),
    queryFn: async ({ signal }) =>
      readPoints(await bytes(`/api/datasets/${datasetId}/projections/${projectionId}/points`, signal)),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Rankings never change. */
export function rankingQuery(datasetId: string, selectionId: string) {
  return queryOptions({
    queryKey: keys.array(datasetId, "rankings", selectionId), // no event makes these stale
    queryFn: async ({ signal }) =>
      readRanking(await bytes(`/api/datasets/${datasetId}/selections/${selectionId}/ranking`, signal)),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** The samples of a tag that are not deleted; without a tag, all that are not deleted. */
export function membersQuery(datasetId: string, tagId: string | null) {
  const path = tagId === null ? "present" : `tags/${tagId}/members`;
  return queryOptions({
    queryKey: keys.array(datasetId, "members", tagId),
    queryFn: async ({ signal }) => readMembers(await bytes(`/api/datasets/${datasetId}/${path}`, signal)),
  });
}

export function readPoints(file: ArrayBuffer): Points {
  const table = readArrow(file);
  return { x: table.numbers("x", Float32Array), y: table.numbers("y", Float32Array) };
}

export function readRanking(file: ArrayBuffer): Ranking {
  const table = readArrow(file);
  const position = table.numbers("position", Uint32Array);
  const last = position.reduce((most, one) => Math.max(most, one), -1);
  const rank = new Uint32Array(last + 1).fill(NO_RANK);
  for (let place = 0; place < position.length; place++) rank[position[place] as number] = place;
  return {
    position,
    importance: table.numbers("importance", Float32Array),
    rank,
    greedyUntil: Number(table.metadata.get("greedy_until") ?? position.length),
    preselected: Number(table.metadata.get("preselected") ?? 0),
  };
}

export function readMembers(packed: ArrayBuffer): Members {
  const bits = new Uint8Array(packed);
  let count = 0;
  for (const byte of bits) {
    for (let rest = byte; rest; rest &= rest - 1) count++;
  }
  return { bits, count };
}
