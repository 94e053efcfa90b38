import { Button, Modal, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { asApiError } from "../api/errors";
import classes from "./dialog.module.css";

interface Props {
  title: string;
  /** What it is called now; null while nothing has been chosen yet. */
  name: string | null;
  opened: boolean;
  onClose: () => void;
  /** Ask for the new name, and see to it that the page shows it. */
  rename: (name: string) => Promise<unknown>;
}

/** Another name for something: Enter renames, and a name that is taken is said beside the field. */
export function RenameDialog({ title, name, opened, onClose, rename }: Props) {
  return (
    <Modal opened={opened} onClose={onClose} title={title} size={480}>
      {name === null ? null : <Form name={name} onClose={onClose} rename={rename} />}
    </Modal>
  );
}

function Form({ name, onClose, rename }: Pick<Props, "onClose" | "rename"> & { name: string }) {
  const [typed, setTyped] = useState(name);
  const renaming = useMutation({ mutationFn: () => rename(typed.trim()), onSuccess: onClose });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    renaming.mutate();
  };
  return (
    <form className={classes.body} onSubmit={submit}>
      <TextInput
        label="Name"
        data-autofocus
        maxLength={100}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        error={renaming.error ? asApiError(renaming.error).message : undefined}
      />
      <div className={classes.foot}>
        <Button onClick={onClose}>Cancel</Button>
        <Button
          variant="filled"
          type="submit"
          disabled={!typed.trim() || typed.trim() === name}
          loading={renaming.isPending}
        >
          Rename
        </Button>
      </div>
    </form>
  );
}
