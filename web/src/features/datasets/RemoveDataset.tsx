import { Button, Modal, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { Noun } from "../../api/client";
import { keys } from "../../api/query";
import classes from "../../ui/dialog.module.css";
import { count } from "../../ui/format";
import { ErrorNotice } from "../../ui/Notice";
import { datasetsQuery, removeDataset } from "./queries";

interface Props {
  dataset: Noun<"Dataset"> | null;
  opened: boolean;
  onClose: () => void;
}

/** Nothing brings a dataset back, so its name is typed first. */
export function RemoveDataset({ dataset, opened, onClose }: Props) {
  return (
    <Modal opened={opened} onClose={onClose} title="Remove the dataset" size={480}>
      {dataset ? <Form dataset={dataset} onClose={onClose} /> : null}
    </Modal>
  );
}

function Form({ dataset, onClose }: { dataset: Noun<"Dataset">; onClose: () => void }) {
  const client = useQueryClient();
  const [typed, setTyped] = useState("");
  const remove = useMutation({
    mutationFn: () => removeDataset(dataset.id),
    onSuccess: () => {
      client.setQueryData(datasetsQuery.queryKey, (known) => known?.filter(({ id }) => id !== dataset.id));
      onClose();
      void client.invalidateQueries({ queryKey: keys.datasets });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (typed === dataset.name) remove.mutate();
  };
  return (
    <form className={classes.body} onSubmit={submit}>
      <p>{whatGoes(dataset)} This cannot be undone.</p>
      <TextInput
        label={`Type “${dataset.name}” to confirm`}
        data-autofocus
        autoComplete="off"
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      {remove.error ? <ErrorNotice error={remove.error} /> : null}
      <div className={classes.foot}>
        <Button onClick={onClose}>Cancel</Button>
        <Button
          variant="filled"
          color="danger"
          type="submit"
          disabled={typed !== dataset.name}
          loading={remove.isPending}
        >
          Remove
        </Button>
      </div>
    </form>
  );
}

/** Say what is lost, and what stays: images that are read in place are never touched. */
export function whatGoes(dataset: Noun<"Dataset">): string {
  if (dataset.root_id) {
    return "Its tags, embeddings and selections are removed. The images stay in their folder.";
  }
  const number = dataset.n_samples - dataset.n_deleted;
  const images = number === 1 ? "The image that was" : `The ${count(number)} images that were`;
  return number
    ? `${images} uploaded to it, its tags, embeddings and selections are removed.`
    : "Its tags, embeddings and selections are removed.";
}
