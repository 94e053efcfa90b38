import type { Noun } from "../../../api/client";
import { asApiError, isAborted } from "../../../api/errors";
import type { Picked } from "./files";
import type { Hasher } from "./hasher";
import { persist } from "./persist";
import { AHEAD, batches, CHECK_FILES, PARALLEL, pieces } from "./plan";
import type { UploadServer } from "./server";

/** How far an upload is. `refused` names the files that stayed out, each with its reason. */
export interface Progress {
  files: number;
  bytes: number;
  doneFiles: number;
  doneBytes: number;
  added: number;
  existing: number;
  refused: { name: string; reason: string }[];
}

export interface UploadRun {
  files: Picked[];
  server: UploadServer;
  hasher: Hasher;
  signal: AbortSignal;
  onProgress: (progress: Progress) => void;
  /** Waits before trying again; tests do not wait. */
  pause?: (milliseconds: number) => Promise<void>;
}

/** Send the files and close the upload. Files that the server refuses end up in the progress, not in an error. */
export async function runUpload(run: UploadRun): Promise<Noun<"UploadClosed">> {
  const call = <T>(request: () => Promise<T>) => persist(request, run.signal, run.pause);
  const sending = new Sending(run, await call(() => run.server.open()));
  await sending.all();
  return call(() => run.server.close(sending.uploadId));
}

export function nothingSent(files: Picked[]): Progress {
  return {
    files: files.length,
    bytes: bytesOf(files),
    doneFiles: 0,
    doneBytes: 0,
    added: 0,
    existing: 0,
    refused: [],
  };
}

/** Refusals that say nothing about the files at hand: going on with others makes no sense. */
const ENDS_ALL = new Set([0, 401, 403, 404, 409, 429, 500, 502, 503, 504, 507]);

/** One producer hashes and asks what is needed; a few senders take the batches that it makes. */
class Sending {
  uploadId: string;
  private readonly run: UploadRun;
  private reopening: Promise<void> | null = null;
  private readonly stop = new AbortController(); // one that fails stops the others
  private readonly signal: AbortSignal;
  private readonly queue: Picked[][] = [];
  private hashed = false;
  private progress: Progress;
  private wake: () => void = () => {};
  private changed = Promise.resolve();

  constructor(run: UploadRun, uploadId: string) {
    this.run = run;
    this.uploadId = uploadId;
    this.signal = AbortSignal.any([run.signal, this.stop.signal]);
    this.signal.addEventListener("abort", () => this.notify());
    this.progress = nothingSent(run.files);
    this.notify();
  }

  async all(): Promise<void> {
    this.tell({});
    try {
      await Promise.all([this.produce(), ...Array.from({ length: PARALLEL }, () => this.send())]);
    } catch (thrown) {
      this.stop.abort();
      throw thrown;
    }
  }

  private async produce(): Promise<void> {
    for (const piece of pieces(this.run.files, CHECK_FILES)) {
      await this.until(() => this.queue.length < AHEAD);
      await this.prepare(piece);
    }
    this.hashed = true;
    this.notify();
  }

  private async send(): Promise<void> {
    for (;;) {
      await this.until(() => this.queue.length > 0 || this.hashed);
      const batch = this.queue.shift();
      this.notify();
      if (!batch) return;
      await this.sendBatch(batch);
    }
  }

  /** Hash some files, and queue those that the server does not have. */
  private async prepare(piece: Picked[]): Promise<void> {
    const facts = await Promise.all(piece.map((each) => this.factsOf(each)));
    this.signal.throwIfAborted();
    const readable = piece.filter((_, index) => facts[index]);
    this.refuse(
      piece.filter((_, index) => !facts[index]),
      () => "The browser cannot read this file.",
    );
    const known = facts.filter((each) => each !== null);
    if (known.length === 0) return;
    const checked = await this.inUpload((id) => this.run.server.check(id, known));
    const existing = new Set(checked.existing);
    const reasons = new Map(checked.conflicts.map(({ file_name, reason }) => [file_name, reason]));
    const there = readable.filter(({ name }) => existing.has(name));
    this.refuse(
      readable.filter(({ name }) => reasons.has(name)),
      (name) => reasons.get(name) ?? "",
    );
    if (there.length) this.settle(there, { existing: this.progress.existing + there.length });
    this.queue.push(...batches(readable.filter(({ name }) => !existing.has(name) && !reasons.has(name))));
    this.notify();
  }

  private async factsOf({ name, file }: Picked): Promise<Noun<"FileFacts"> | null> {
    try {
      return { file_name: name, size_bytes: file.size, sha256: await this.run.hasher.hash(file) };
    } catch {
      return null;
    }
  }

  private async sendBatch(files: Picked[]): Promise<void> {
    try {
      const results = await this.inUpload((id) => this.run.server.send(id, files, this.signal));
      const number = (status: string) => results.filter((result) => result.status === status).length;
      const refused = results.filter((result) => result.status === "refused");
      this.settle(files, {
        added: this.progress.added + number("added"),
        existing: this.progress.existing + number("existing"),
        refused: [
          ...this.progress.refused,
          ...refused.map(({ file_name, reason }) => ({
            name: file_name,
            reason: reason ?? "The server refused it.",
          })),
        ],
      });
    } catch (thrown) {
      if (isAborted(thrown) || ENDS_ALL.has(asApiError(thrown).status)) throw thrown;
      // The request was refused, not a file: find out which one it is.
      if (files.length > 1) for (const each of files) await this.sendBatch([each]);
      else this.refuse(files, () => asApiError(thrown).message);
    }
  }

  /** Another tab may fill the same upload and close it: what is left then goes into a new one. */
  private async inUpload<T>(request: (uploadId: string) => Promise<T>): Promise<T> {
    const uploadId = this.uploadId;
    try {
      return await this.call(() => request(uploadId));
    } catch (thrown) {
      if (isAborted(thrown) || asApiError(thrown).status !== 409) throw thrown;
      if (this.uploadId === uploadId) await this.reopen();
      if (this.uploadId === uploadId) throw thrown;
      return this.inUpload(request);
    }
  }

  private reopen(): Promise<void> {
    this.reopening ??= this.call(() => this.run.server.open())
      .then((uploadId) => {
        this.uploadId = uploadId;
      })
      .finally(() => {
        this.reopening = null;
      });
    return this.reopening;
  }

  private call<T>(request: () => Promise<T>): Promise<T> {
    return persist(request, this.signal, this.run.pause);
  }

  private refuse(files: Picked[], reason: (name: string) => string): void {
    if (files.length === 0) return;
    const refused = files.map(({ name }) => ({ name, reason: reason(name) }));
    this.settle(files, { refused: [...this.progress.refused, ...refused] });
  }

  private settle(files: Picked[], change: Partial<Progress>): void {
    const { doneFiles, doneBytes } = this.progress;
    this.tell({ ...change, doneFiles: doneFiles + files.length, doneBytes: doneBytes + bytesOf(files) });
  }

  private tell(change: Partial<Progress>): void {
    this.progress = { ...this.progress, ...change };
    this.run.onProgress(this.progress);
  }

  /** Wait until something holds; whoever changes something calls notify. */
  private async until(holds: () => boolean): Promise<void> {
    for (;;) {
      this.signal.throwIfAborted();
      if (holds()) return;
      await this.changed;
    }
  }

  private notify(): void {
    this.wake();
    this.changed = new Promise((resolve) => {
      this.wake = resolve;
    });
  }
}

function bytesOf(files: Picked[]): number {
  return files.reduce((sum, { file }) => sum + file.size, 0);
}
