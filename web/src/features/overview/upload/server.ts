import { api, data, type Noun, send } from "../../../api/client";
import type { Picked } from "./files";

/** What an upload needs of the server: the seam at which tests put another one. */
export interface UploadServer {
  /** Return the id of the upload to go on with, or of a new one. */
  open(): Promise<string>;
  check(uploadId: string, files: Noun<"FileFacts">[]): Promise<Noun<"UploadChecked">>;
  send(uploadId: string, files: Picked[], signal: AbortSignal): Promise<Noun<"FileResult">[]>;
  close(uploadId: string): Promise<Noun<"UploadClosed">>;
}

export function uploadServer(datasetId: string): UploadServer {
  const path = { dataset_id: datasetId };
  const remembered = `tamis-upload-${datasetId}`;
  return {
    async open() {
      const before = localStorage.getItem(remembered);
      const uploads = await data(api.GET("/api/datasets/{dataset_id}/uploads", { params: { path } }));
      const open = uploads.items.find((upload) => upload.state === "open" && upload.id === before);
      if (open) return open.id;
      const made = await data(api.POST("/api/datasets/{dataset_id}/uploads", { params: { path }, body: {} }));
      localStorage.setItem(remembered, made.id);
      return made.id;
    },
    check: (upload_id, files) =>
      data(
        api.POST("/api/datasets/{dataset_id}/uploads/{upload_id}/check", {
          params: { path: { ...path, upload_id } },
          body: { files },
        }),
      ),
    async send(uploadId, files, signal) {
      const form = new FormData();
      for (const { name, file } of files) form.append("files", file, name);
      const address = `/api/datasets/${datasetId}/uploads/${uploadId}/files`;
      const answer = await send(address, { method: "POST", body: form, signal });
      return ((await answer.json()) as Noun<"UploadResults">).results;
    },
    async close(upload_id) {
      const closed = await data(
        api.POST("/api/datasets/{dataset_id}/uploads/{upload_id}/close", {
          params: { path: { ...path, upload_id } },
        }),
      );
      localStorage.removeItem(remembered);
      return closed;
    },
  };
}
