import { useQuery } from "@tanstack/react-query";
import { fileList, tagsQuery } from "../../api/tags";
import classes from "./ActiveBar.module.css";

/** Takes a saved tag out of Tamis: the list of its files, for the labeling tool. */
export function TagFiles({ datasetId, tagId }: { datasetId: string; tagId: string }) {
  const tags = useQuery(tagsQuery(datasetId)).data;
  const tag = tags?.find((known) => known.id === tagId);
  if (tag === undefined) return null;
  return (
    <a className={classes.files} href={fileList(datasetId, tagId)} download={`${tag.name}.txt`}>
      Download the list of files
    </a>
  );
}
