import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Noun } from "../../../api/client";
import { keys } from "../../../api/query";
import { ago, counted } from "../../../ui/format";
import { ErrorNotice } from "../../../ui/Notice";
import { uploadServer } from "./server";
import classes from "./UploadCard.module.css";

/** An upload that was never finished, from before this page was opened. */
export function Interrupted({ datasetId, upload }: { datasetId: string; upload: Noun<"Upload"> }) {
  const client = useQueryClient();
  const finish = useMutation({
    mutationFn: () => uploadServer(datasetId).close(upload.id),
    onSettled: () => client.invalidateQueries({ queryKey: keys.dataset(datasetId) }),
  });
  return (
    <div className={classes.status}>
      <div className={classes.line}>
        <p>
          <b>An upload was interrupted</b> {ago(upload.created_at)}. {counted(upload.n_added, "image")} are
          in. Drop the same files again to go on, or finish with what is there.
        </p>
        <Button size="xs" loading={finish.isPending} onClick={() => finish.mutate()}>
          Finish with these
        </Button>
      </div>
      {finish.error ? <ErrorNotice error={finish.error} /> : null}
    </div>
  );
}
