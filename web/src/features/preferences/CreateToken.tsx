import { Button, Modal, Select, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { Noun } from "../../api/client";
import { keys } from "../../api/query";
import { createToken } from "../../api/tokens";
import { ErrorNotice } from "../../ui/Notice";
import { TokenOnce } from "../../ui/TokenOnce";
import classes from "./PreferencesPage.module.css";
import { SCOPES } from "./scopes";

const DAYS = [
  { value: "30", label: "in 30 days" },
  { value: "90", label: "in 90 days" },
  { value: "365", label: "in a year" },
  { value: "never", label: "never" },
];

/** Make a token: a name to know it by, what it may do, how long. Its secret is shown once. */
export function CreateToken({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="Create a token" size={460}>
      <Form onClose={onClose} />
    </Modal>
  );
}

function Form({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [scope, setScope] = useState<Noun<"Token">["scope"]>("write");
  const [days, setDays] = useState("90");
  const create = useMutation({
    mutationFn: () =>
      createToken({
        name: name.trim(),
        scope,
        expires_at: days === "never" ? null : Date.now() + Number(days) * 86_400_000,
      }),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.tokens }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim()) create.mutate();
  };
  if (create.data) {
    return (
      <div className={classes.dialog}>
        <TokenOnce secret={create.data.secret} />
        <div className={classes.foot}>
          <Button variant="filled" data-autofocus onClick={onClose}>
            I have copied it
          </Button>
        </div>
      </div>
    );
  }
  return (
    <form className={classes.dialog} onSubmit={submit}>
      <TextInput
        label="Name"
        description="Where it will be used, so that you know it again."
        placeholder="labeling script"
        data-autofocus
        maxLength={100}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Select
        label="It may"
        description={SCOPES.find(({ value }) => value === scope)?.means}
        data={SCOPES.map(({ value, label }) => ({ value, label }))}
        value={scope}
        onChange={(value) => setScope((value ?? "write") as Noun<"Token">["scope"])}
      />
      <Select label="It expires" data={DAYS} value={days} onChange={(value) => setDays(value ?? "90")} />
      {create.error ? <ErrorNotice error={create.error} /> : null}
      <div className={classes.foot}>
        <Button onClick={onClose}>Cancel</Button>
        <Button variant="filled" type="submit" disabled={!name.trim()} loading={create.isPending}>
          Create
        </Button>
      </div>
    </form>
  );
}
