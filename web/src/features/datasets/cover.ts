const TILES = 5;

/** The positions whose images stand for the dataset: spread over all of it. */
export function coverPositions(nSamples: number): number[] {
  const tiles = Math.min(TILES, nSamples);
  return Array.from({ length: tiles }, (_, tile) => Math.floor((tile * nSamples) / tiles));
}
