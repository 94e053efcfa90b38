import { Progress as Bar, Button } from "@mantine/core";
import { count, counted, duration, percent, size } from "../../../ui/format";
import { ErrorNotice } from "../../../ui/Notice";
import { Refused } from "./Refused";
import { cancelUpload, forgetUpload, resumeUpload, type Uploading } from "./store";
import classes from "./UploadCard.module.css";

/** How far an upload is, how it ended, and which files stayed out. */
export function UploadStatus({ datasetId, uploading }: { datasetId: string; uploading: Uploading }) {
  const { state, progress, error, leftOut } = uploading;
  return (
    <div className={classes.status} data-testid="upload" data-state={state}>
      {state === "running" ? <Running datasetId={datasetId} uploading={uploading} /> : null}
      {state === "done" ? (
        <div className={classes.line}>
          <p role="status">
            <b>{outcome(uploading)}</b>
          </p>
          <Button size="xs" variant="subtle" onClick={() => forgetUpload(datasetId)}>
            Dismiss
          </Button>
        </div>
      ) : null}
      {state === "failed" ? <ErrorNotice error={error} onRetry={() => resumeUpload(datasetId)} /> : null}
      {state === "cancelled" ? (
        <div className={classes.line}>
          <p role="status">
            <b>Stopped.</b> {count(progress.added + progress.existing)} of {counted(progress.files, "image")}{" "}
            are in. Go on now, or drop the same files again later: what is in is not sent twice.
          </p>
          <Button size="xs" onClick={() => resumeUpload(datasetId)}>
            Go on
          </Button>
        </div>
      ) : null}
      {progress.refused.length ? <Refused refused={progress.refused} /> : null}
      {leftOut.length ? (
        <p className={classes.soft} title={leftOut.slice(0, 20).join("\n")}>
          {counted(leftOut.length, "other file")} left out:{" "}
          {leftOut.length === 1 ? "it is no image" : "they are no images"}.
        </p>
      ) : null}
    </div>
  );
}

function Running({
  datasetId,
  uploading: { progress, startedAt },
}: {
  datasetId: string;
  uploading: Uploading;
}) {
  const { doneBytes, bytes, doneFiles, files } = progress;
  const seconds = (Date.now() - startedAt) / 1000;
  const left = doneBytes > 0 && seconds > 4 ? (seconds * (bytes - doneBytes)) / doneBytes : null;
  return (
    <>
      <div className={classes.line}>
        <p>
          <span className={classes.big}>{percent(doneBytes, bytes)}</span>
          <span className={classes.soft}>
            {count(doneFiles)} of {counted(files, "image")} · {size(doneBytes)} of {size(bytes)}
            {left === null ? "" : ` · ${duration(left)} left`}
          </span>
        </p>
        <Button size="xs" onClick={() => cancelUpload(datasetId)}>
          Cancel
        </Button>
      </div>
      <Bar size={8} value={bytes ? (100 * doneBytes) / bytes : 0} aria-label="Upload" />
      <p className={classes.soft}>You may open other pages of Tamis meanwhile; keep this tab open.</p>
    </>
  );
}

function outcome({ progress }: Uploading): string {
  const { added, existing, refused } = progress;
  const parts = [`${counted(added, "image")} added`];
  if (existing) parts.push(`${count(existing)} were there already`);
  if (refused.length) parts.push(`${count(refused.length)} could not be read`);
  return `${parts.join(", ")}.`;
}
