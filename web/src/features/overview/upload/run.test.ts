import { expect, test } from "vitest";
import { ApiError } from "../../../api/errors";
import type { Picked } from "./files";
import type { Hasher } from "./hasher";
import { type Progress, runUpload } from "./run";
import type { UploadServer } from "./server";

const HASH = "a".repeat(64);
const pause = async (): Promise<void> => {};

function picked(name: string, bytes = 10): Picked {
  return { name, file: new File([new Uint8Array(bytes)], name) };
}

const hasher: Hasher = {
  hash: async (file) => {
    if (file.name === "unreadable.jpg") throw new Error("no");
    return HASH;
  },
  stop: () => {},
};

/** A server that keeps what it gets; `change` replaces single answers. */
function fakeServer(change: Partial<UploadServer> = {}) {
  const kept: string[] = [];
  const calls: string[] = [];
  const server: UploadServer = {
    open: async () => "u1",
    check: async (_, files) => ({
      needed: files.map((file) => file.file_name).filter((name) => !kept.includes(name)),
      existing: files.map((file) => file.file_name).filter((name) => kept.includes(name)),
      conflicts: [],
    }),
    send: async (_, files) => {
      calls.push(files.map(({ name }) => name).join(" "));
      return files.map(({ name }) => {
        if (name.startsWith("broken")) {
          return { file_name: name, status: "refused", reason: "It is no image.", position: null };
        }
        kept.push(name);
        return { file_name: name, status: "added", reason: null, position: kept.length - 1 };
      });
    },
    close: async () => ({ upload: {}, tag: null, jobs: [] }) as never,
    ...change,
  };
  return { server, kept, calls };
}

async function upload(files: Picked[], server: UploadServer, signal = new AbortController().signal) {
  let last: Progress | undefined;
  const onProgress = (progress: Progress): void => {
    last = progress;
  };
  const ran = await runUpload({ files, server, hasher, signal, onProgress, pause }).catch(
    (error: unknown) => error,
  );
  return { ran, progress: last };
}

test("every file ends up somewhere: added, refused with its reason, or unreadable", async () => {
  const { server, kept } = fakeServer();
  const files = ["a.jpg", "broken.jpg", "unreadable.jpg", "b/c.jpg"].map((name) => picked(name));
  const { progress } = await upload(files, server);
  expect(kept).toEqual(["a.jpg", "b/c.jpg"]);
  expect(progress).toEqual({
    files: 4,
    bytes: 40,
    doneFiles: 4,
    doneBytes: 40,
    added: 2,
    existing: 0,
    refused: [
      { name: "unreadable.jpg", reason: "The browser cannot read this file." },
      { name: "broken.jpg", reason: "It is no image." },
    ],
  });
});

test("what the server has is not sent again", async () => {
  const { server, kept, calls } = fakeServer();
  kept.push("a.jpg");
  const { progress } = await upload([picked("a.jpg"), picked("b.jpg")], server);
  expect(calls).toEqual(["b.jpg"]);
  expect(progress).toMatchObject({ added: 1, existing: 1, doneFiles: 2 });
});

test("a name that is taken by other bytes is refused without being sent", async () => {
  const reason = "There is another image named a.jpg.";
  const { server, calls } = fakeServer({
    check: async () => ({ needed: [], existing: [], conflicts: [{ file_name: "a.jpg", reason }] }),
  });
  const { progress } = await upload([picked("a.jpg")], server);
  expect(calls).toEqual([]);
  expect(progress?.refused).toEqual([{ name: "a.jpg", reason }]);
});

test("a server that is away for a moment is asked again", async () => {
  let failures = 2;
  const { server, kept } = fakeServer();
  const send = server.send;
  server.send = async (...words) => {
    failures -= 1;
    if (failures >= 0) throw new ApiError("away", { status: 503 });
    return send(...words);
  };
  await upload([picked("a.jpg")], server);
  expect(kept).toEqual(["a.jpg"]);
});

test("a full disk ends the upload, without closing it", async () => {
  let closed = false;
  const full = new ApiError("The disk is full.", { status: 507, code: "no_space" });
  const { server } = fakeServer({
    send: async () => {
      throw full;
    },
    close: async () => {
      closed = true;
      return {} as never;
    },
  });
  const { ran } = await upload([picked("a.jpg")], server);
  expect(ran).toBe(full);
  expect(closed).toBe(false);
});

test("a request that is refused as a whole is sent file by file", async () => {
  const { server, kept } = fakeServer();
  const send = server.send;
  server.send = async (id, files, signal) => {
    if (files.some(({ name }) => name === "huge.jpg")) throw new ApiError("Too large.", { status: 413 });
    return send(id, files, signal);
  };
  const { progress } = await upload([picked("a.jpg"), picked("huge.jpg")], server);
  expect(kept).toEqual(["a.jpg"]);
  expect(progress?.refused).toEqual([{ name: "huge.jpg", reason: "Too large." }]);
});

test("cancelling stops, and the same files go on from there", async () => {
  const { server, kept, calls } = fakeServer();
  const stopper = new AbortController();
  const send = server.send;
  server.send = async (...words) => {
    const results = await send(...words);
    stopper.abort();
    return results;
  };
  const files = Array.from({ length: 400 }, (_, index) => picked(`${index}.jpg`));
  const { ran } = await upload(files, server, stopper.signal);
  expect(ran).toMatchObject({ name: "AbortError" });
  const before = kept.length;
  expect(before).toBeLessThan(400);

  server.send = send;
  calls.length = 0;
  const { progress } = await upload(files, server);
  expect(kept).toHaveLength(400);
  expect(new Set(kept).size).toBe(400);
  expect(progress).toMatchObject({ added: 400 - before, existing: before });
});

test("when another tab closes the upload that both fill, the rest goes into one new upload", async () => {
  const opened: string[] = [];
  const closed: string[] = [];
  const { server, kept } = fakeServer();
  const { send } = server;
  const shared: UploadServer = {
    ...server,
    open: async () => {
      opened.push(`u${opened.length + 1}`);
      return opened.at(-1) ?? "";
    },
    send: async (uploadId, files, stop) => {
      if (uploadId === "u1")
        throw new ApiError("The upload 'u1' is closed.", { status: 409, code: "conflict" });
      return send(uploadId, files, stop);
    },
    close: async (uploadId) => {
      closed.push(uploadId);
      return { upload: {}, tag: null, jobs: [] } as never;
    },
  };
  const files = Array.from({ length: 100 }, (_, index) => picked(`${index}.jpg`));
  const { progress } = await upload(files, shared);
  expect(progress).toMatchObject({ added: 100, doneFiles: 100, refused: [] });
  expect(kept.length).toBe(100);
  expect([opened, closed]).toEqual([["u1", "u2"], ["u2"]]);
});
