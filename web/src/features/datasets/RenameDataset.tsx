import { Button, Modal, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { Noun } from "../../api/client";
import { asApiError } from "../../api/errors";
import { keys } from "../../api/query";
import classes from "./dialog.module.css";
import { renameDataset } from "./queries";

interface Props {
  dataset: Noun<"Dataset"> | null;
  opened: boolean;
  onClose: () => void;
}

/** Another name; the id, the tags and what they are called by stay. */
export function RenameDataset({ dataset, opened, onClose }: Props) {
  return (
    <Modal opened={opened} onClose={onClose} title="Rename the dataset" size={480}>
      {dataset ? <Form dataset={dataset} onClose={onClose} /> : null}
    </Modal>
  );
}

function Form({ dataset, onClose }: { dataset: Noun<"Dataset">; onClose: () => void }) {
  const client = useQueryClient();
  const [name, setName] = useState(dataset.name);
  const rename = useMutation({
    mutationFn: () => renameDataset(dataset.id, name.trim()),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: keys.datasets });
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    rename.mutate();
  };
  return (
    <form className={classes.body} onSubmit={submit}>
      <TextInput
        label="Name"
        data-autofocus
        maxLength={100}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        error={rename.error ? asApiError(rename.error).message : undefined}
      />
      <div className={classes.foot}>
        <Button onClick={onClose}>Cancel</Button>
        <Button
          variant="filled"
          type="submit"
          disabled={!name.trim() || name.trim() === dataset.name}
          loading={rename.isPending}
        >
          Rename
        </Button>
      </div>
    </form>
  );
}
