import { sha256 } from "@noble/hashes/sha2.js";

const WHOLE_BYTES = 128_000_000; // larger files are hashed piece by piece, to spare memory

/** Hash a file: by the browser's own code where it may be used (https, localhost), else by ours. */
async function digest(file: File): Promise<string> {
  const bytes =
    crypto.subtle && file.size <= WHOLE_BYTES
      ? new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()))
      : await inPieces(file);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function inPieces(file: File): Promise<Uint8Array> {
  const hash = sha256.create();
  const reader = file.stream().getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return hash.digest();
    hash.update(value);
  }
}

self.onmessage = async ({ data: { id, file } }: MessageEvent<{ id: number; file: File }>) => {
  try {
    self.postMessage({ id, sha256: await digest(file) });
  } catch (thrown) {
    self.postMessage({ id, error: thrown instanceof Error ? thrown.message : String(thrown) });
  }
};
