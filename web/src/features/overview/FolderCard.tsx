import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, data, type Noun } from "../../api/client";
import { keys } from "../../api/query";
import { Card } from "../../ui/Card";
import { ErrorNotice } from "../../ui/Notice";
import classes from "./OverviewPage.module.css";
import { prepare } from "./queries";

/** Where the images of a dataset lie that is read in place, and how to take up new ones. */
export function FolderCard({ dataset }: { dataset: Noun<"Dataset"> }) {
  const client = useQueryClient();
  const roots = useQuery({
    queryKey: keys.roots,
    queryFn: ({ signal }) => data(api.GET("/api/roots", { signal })),
  });
  const again = useMutation({
    mutationFn: () => prepare(dataset.id),
    onSettled: () => client.invalidateQueries({ queryKey: keys.jobs }),
  });
  const root = roots.data?.find(({ id }) => id === dataset.root_id);
  const path = [root?.path, dataset.folder].filter(Boolean).join("/");
  return (
    <Card title="Read in place">
      <p className={classes.soft}>The images stay where they are; nothing is copied.</p>
      {path ? <code className={classes.path}>{path}</code> : null}
      {again.error ? <ErrorNotice error={again.error} /> : null}
      <div className={classes.row}>
        <Button loading={again.isPending} onClick={() => again.mutate()}>
          Look for new images
        </Button>
      </div>
    </Card>
  );
}
