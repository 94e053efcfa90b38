import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { datasetQuery } from "../../api/datasets";
import { meQuery } from "../../api/session";
import { fileList, tagsQuery } from "../../api/tags";
import { CopyButton } from "../../ui/CopyButton";
import classes from "./ActiveBar.module.css";
import { exportCommand } from "./command";

/** What can be done with a saved tag: look at its ranking, take the list of its files to the labeling tool. */
export function TagFiles({ datasetId, tagId }: { datasetId: string; tagId: string }) {
  const tags = useQuery(tagsQuery(datasetId)).data;
  const dataset = useQuery(datasetQuery(datasetId)).data;
  const me = useQuery(meQuery).data;
  const tag = tags?.find((known) => known.id === tagId);
  if (tag === undefined) return null;
  const command = dataset === undefined || !me ? null : exportCommand(tag, dataset.name, me.options);
  const { selection } = tag.recipe;
  return (
    <div className={classes.files}>
      {tag.selection_id && tag.parent_id && selection ? (
        <Link
          to="/datasets/$datasetId/sampling"
          params={{ datasetId }}
          search={{ tag: tag.parent_id, selection: tag.selection_id, keep: selection.keep }}
        >
          Show its ranking
        </Link>
      ) : null}
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
