import { Button, Modal, Skeleton, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import classes from "../../ui/dialog.module.css";
import { ErrorNotice } from "../../ui/Notice";
import { Snippet } from "../../ui/Snippet";
import { FolderPicker, type Place, placeName } from "./FolderPicker";
import { addFolder, rootsQuery } from "./queries";

/** Make a dataset of a folder that the server may read; the images stay where they are. */
export function AddFolder({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="Add a folder on this machine" size={560}>
      <Body onClose={onClose} />
    </Modal>
  );
}

function Body({ onClose }: { onClose: () => void }) {
  const roots = useQuery(rootsQuery);
  if (roots.isPending) return <Skeleton height={300} radius="md" />;
  if (roots.error) return <ErrorNotice error={roots.error} onRetry={() => void roots.refetch()} />;
  if (roots.data.length === 0) return <NoRoots />;
  return <Form roots={roots.data} onClose={onClose} />;
}

function Form({ roots, onClose }: { roots: { id: string; path: string }[]; onClose: () => void }) {
  const navigate = useNavigate();
  const [place, setPlace] = useState<Place | null>(
    roots.length === 1 && roots[0] ? { root: roots[0], below: [] } : null,
  );
  const [typed, setTyped] = useState<string | null>(null);
  const name = (typed ?? (place ? placeName(place) : "")).trim();
  const add = useMutation({
    mutationFn: (where: Place) =>
      addFolder({ name, root_id: where.root.id, folder: where.below.join("/") || null }),
    onSuccess: ({ id }) => {
      onClose();
      void navigate({ to: "/datasets/$datasetId/overview", params: { datasetId: id } });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (place && name) add.mutate(place);
  };
  return (
    <form className={classes.body} onSubmit={submit}>
      <p className={classes.teach}>
        The images stay where they are; Tamis reads them there and copies nothing. All folders below count
        too.
      </p>
      <FolderPicker roots={roots} place={place} onPlace={setPlace} />
      <TextInput
        label="Name of the dataset"
        maxLength={100}
        value={typed ?? name}
        onChange={(event) => setTyped(event.currentTarget.value)}
        disabled={!place}
      />
      {add.error ? <ErrorNotice error={add.error} /> : null}
      <div className={classes.foot}>
        <Button onClick={onClose}>Cancel</Button>
        <Button variant="filled" type="submit" disabled={!place || !name} loading={add.isPending}>
          Add this folder
        </Button>
      </div>
    </form>
  );
}

function NoRoots() {
  return (
    <div className={classes.body}>
      <p className={classes.teach}>
        Tamis reads folders only that the person who starts it has allowed. None is allowed yet. Start it with
        one, and everything below it can be added here:
      </p>
      <Snippet code="tamis serve --root /path/to/images" label="Allow a folder" />
    </div>
  );
}
