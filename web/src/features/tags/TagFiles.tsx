import { useQuery } from "@tanstack/react-query";
import { datasetQuery } from "../../api/datasets";
import { meQuery } from "../../api/session";
import { fileList, tagsQuery } from "../../api/tags";
import { CopyButton } from "../../ui/CopyButton";
import classes from "./ActiveBar.module.css";
import { exportCommand } from "./command";

/** Takes a saved tag out of Tamis: the list of its files, for the labeling tool, by a link or in a terminal. */
export function TagFiles({ datasetId, tagId }: { datasetId: string; tagId: string }) {
  const tags = useQuery(tagsQuery(datasetId)).data;
  const dataset = useQuery(datasetQuery(datasetId)).data;
  const me = useQuery(meQuery).data;
  const tag = tags?.find((known) => known.id === tagId);
  if (tag === undefined) return null;
  const command = dataset === undefined || !me ? null : exportCommand(tag, dataset.name, me.options);
  return (
    <div className={classes.files}>
      <a href={fileList(datasetId, tagId)} download={`${tag.name}.txt`}>
        Download the list of files
      </a>
      {command === null ? null : (
        <div className={classes.command}>
          <code title={command}>{command}</code>
          <CopyButton text={command} label="Copy the command that prints the list" />
        </div>
      )}
    </div>
  );
}
