import type { Picked } from "./files";

/** One request's worth of files. */
export const BATCH_FILES = 32;
export const BATCH_BYTES = 16_000_000;
/** How many files are hashed before the server is asked which of them it needs. */
export const CHECK_FILES = 200;
export const PARALLEL = 4;
/** How many requests may wait to be sent before hashing pauses. */
export const AHEAD = 8;

/** Cut a list into pieces of at most this many. */
export function pieces<T>(items: T[], most: number): T[][] {
  const cut: T[][] = [];
  for (let start = 0; start < items.length; start += most) cut.push(items.slice(start, start + most));
  return cut;
}

/** Gather files, in their order, into requests; a file larger than a request is one of its own. */
export function batches(files: Picked[]): Picked[][] {
  const made: Picked[][] = [];
  let bytes = 0;
  for (const each of files) {
    const last = made.at(-1);
    if (last && last.length < BATCH_FILES && bytes + each.file.size <= BATCH_BYTES) {
      last.push(each);
      bytes += each.file.size;
    } else {
      made.push([each]);
      bytes = each.file.size;
    }
  }
  return made;
}
