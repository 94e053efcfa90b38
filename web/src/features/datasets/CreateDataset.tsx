import { Button, Checkbox, Modal, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { asApiError } from "../../api/errors";
import { createToken } from "../../api/tokens";
import classes from "../../ui/dialog.module.css";
import { ErrorNotice } from "../../ui/Notice";
import { TokenOnce } from "../../ui/TokenOnce";
import { createDataset } from "./queries";

/** Name, Create; and, for those who will send images with the pip package, a token right here. */
export function CreateDataset({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="Create a new dataset" size={480}>
      <Form onClose={onClose} />
    </Modal>
  );
}

function Form({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const [withToken, setWithToken] = useState(false);
  const open = (datasetId: string) => {
    onClose();
    void navigate({ to: "/datasets/$datasetId/overview", params: { datasetId } });
  };
  const create = useMutation({
    mutationFn: async () => {
      const dataset = await createDataset({ name: name.trim() });
      if (!withToken) return { dataset, secret: null };
      const body = {
        name: `pip: ${dataset.name}`.slice(0, 100),
        scope: "write",
        dataset_id: dataset.id,
      } as const;
      return { dataset, secret: (await createToken(body)).secret };
    },
    onSuccess: ({ dataset, secret }) => secret ?? open(dataset.id),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim()) create.mutate();
  };

  if (create.data?.secret) {
    return (
      <div className={classes.body}>
        <p>
          <b>{create.data.dataset.name}</b> is there. This token opens it, and nothing else:
        </p>
        <TokenOnce secret={create.data.secret} />
        <div className={classes.foot}>
          <Button variant="filled" data-autofocus onClick={() => open(create.data.dataset.id)}>
            Open the dataset
          </Button>
        </div>
      </div>
    );
  }
  const refused = create.error ? asApiError(create.error) : null;
  const ofName =
    refused && (refused.field === "name" || refused.code === "conflict" || refused.code === "invalid");
  return (
    <form className={classes.body} onSubmit={submit}>
      <TextInput
        label="Name"
        placeholder="orchard-drone-2026"
        data-autofocus
        maxLength={100}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        error={ofName ? refused.message : undefined}
      />
      <Checkbox
        label="Also make an API token for the pip package"
        description="Limited to this dataset. You can make one later, too."
        checked={withToken}
        onChange={(event) => setWithToken(event.currentTarget.checked)}
      />
      {refused && !ofName ? <ErrorNotice error={refused} /> : null}
      <div className={classes.foot}>
        <Button onClick={onClose}>Cancel</Button>
        <Button variant="filled" type="submit" disabled={!name.trim()} loading={create.isPending}>
          Create
        </Button>
      </div>
    </form>
  );
}
