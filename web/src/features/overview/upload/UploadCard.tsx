import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Card } from "../../../ui/Card";
import { openUploadQuery } from "../queries";
import { DropField } from "./DropField";
import { fromDrop, type Pick } from "./files";
import { Interrupted } from "./Interrupted";
import { startUpload, useUploading } from "./store";
import classes from "./UploadCard.module.css";
import { UploadStatus } from "./UploadStatus";
import { useFileDrop } from "./useFileDrop";

/** The field into which images are dropped, and what becomes of them. */
export function UploadCard({ datasetId }: { datasetId: string }) {
  const uploading = useUploading(datasetId);
  const interrupted = useQuery(openUploadQuery(datasetId));
  const [nothing, setNothing] = useState<string | null>(null);
  const [reading, setReading] = useState(false);
  const running = uploading?.state === "running";

  const take = (pick: Pick) => {
    if (pick.images.length) startUpload(datasetId, pick);
    setNothing(pick.images.length ? null : emptyHanded(pick));
  };
  const drop = async (dropped: DataTransfer) => {
    if (running || reading) return;
    setReading(true);
    try {
      take(await fromDrop(dropped));
    } finally {
      setReading(false);
    }
  };
  const over = useFileDrop((dropped) => void drop(dropped));
  return (
    <Card title="Add images">
      {running ? null : <DropField onPick={take} small={Boolean(uploading)} over={over} reading={reading} />}
      {nothing ? (
        <p role="alert" className={classes.warn}>
          {nothing}
        </p>
      ) : null}
      {uploading ? <UploadStatus datasetId={datasetId} uploading={uploading} /> : null}
      {!uploading && interrupted.data ? (
        <Interrupted datasetId={datasetId} upload={interrupted.data} />
      ) : null}
    </Card>
  );
}

function emptyHanded(pick: Pick): string {
  return pick.leftOut.length
    ? `There are no images among these ${pick.leftOut.length} files.`
    : "There are no files in what you dropped.";
}
