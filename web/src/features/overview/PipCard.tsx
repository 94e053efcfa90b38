import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type Noun, url } from "../../api/client";
import { keys } from "../../api/query";
import { createToken } from "../../api/tokens";
import { Card } from "../../ui/Card";
import { ErrorNotice } from "../../ui/Notice";
import { Snippet } from "../../ui/Snippet";
import { TokenOnce } from "../../ui/TokenOnce";
import classes from "./OverviewPage.module.css";
import { snippet } from "./snippet";

/** How to work with this dataset from Python, ready to be pasted, with a token made in one click. */
export function PipCard({ dataset }: { dataset: Noun<"Dataset"> }) {
  const client = useQueryClient();
  const make = useMutation({
    mutationFn: () =>
      createToken({ name: `pip: ${dataset.name}`.slice(0, 100), scope: "write", dataset_id: dataset.id }),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.tokens }),
  });
  const uploads = dataset.root_id === null;
  const code = snippet({ server: url(""), datasetId: dataset.id, secret: make.data?.secret, uploads });
  return (
    <Card title={uploads ? "Or from Python" : "From Python"}>
      <Snippet code="pip install tamis" label="Install the package" />
      <Snippet code={code} label={uploads ? "Upload a folder" : "Read the file names"} />
      {make.data ? (
        <TokenOnce secret={make.data.secret} />
      ) : (
        <div className={classes.row}>
          <Button loading={make.isPending} onClick={() => make.mutate()}>
            Make a token for this dataset
          </Button>
        </div>
      )}
      {make.error ? <ErrorNotice error={make.error} /> : null}
    </Card>
  );
}
