/** Hashes files off the main thread. A file that cannot be read makes `hash` reject. */
export interface Hasher {
  hash(file: File): Promise<string>;
  stop(): void;
}

interface Answer {
  id: number;
  sha256?: string;
  error?: string;
}

/** Start a few workers; each file goes to the next in turn, which works through its own queue. */
export function startHasher(): Hasher {
  const number = Math.max(1, Math.min(4, (navigator.hardwareConcurrency ?? 2) - 1));
  const waiting = new Map<number, { resolve: (sha256: string) => void; reject: (error: Error) => void }>();
  const workers = Array.from({ length: number }, () => {
    const worker = new Worker(new URL("./hash.worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      const call = waiting.get(data.id);
      waiting.delete(data.id);
      if (data.sha256) call?.resolve(data.sha256);
      else call?.reject(new Error(data.error ?? "The file cannot be read."));
    };
    return worker;
  });
  let last = 0;
  return {
    hash: (file) =>
      new Promise((resolve, reject) => {
        last += 1;
        waiting.set(last, { resolve, reject });
        workers[last % number]?.postMessage({ id: last, file });
      }),
    stop: () => {
      for (const worker of workers) worker.terminate();
      waiting.clear();
    },
  };
}
