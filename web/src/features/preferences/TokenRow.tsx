import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Noun } from "../../api/client";
import { datasetQuery } from "../../api/datasets";
import { sentence } from "../../api/errors";
import { keys } from "../../api/query";
import { ago } from "../../ui/format";
import classes from "./PreferencesPage.module.css";
import { scopeLabel } from "./scopes";

/** One token. Revoking asks once more, in place, since it cannot be undone. */
export function TokenRow({ token }: { token: Noun<"Token"> }) {
  const [asking, setAsking] = useState(false);
  const client = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => api.DELETE("/api/tokens/{token_id}", { params: { path: { token_id: token.id } } }),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.tokens }),
  });
  return (
    <tr>
      <th scope="row">
        {token.name}
        <div className={classes.small}>
          made {ago(token.created_at)}
          {token.expires_at
            ? `, ${token.expires_at < Date.now() ? "expired" : "expires"} ${ago(token.expires_at)}`
            : ""}
        </div>
      </th>
      <td>
        <code>{token.hint}…</code>
      </td>
      <td>
        {scopeLabel(token.scope)}
        <div className={classes.small}>
          {token.dataset_id ? <InDataset datasetId={token.dataset_id} /> : "in all datasets"}
        </div>
      </td>
      <td>{token.last_used_at ? ago(token.last_used_at) : <span className={classes.soft}>never</span>}</td>
      <td className={classes.actions}>
        {asking ? (
          <>
            <span className={classes.ask}>What uses it stops working.</span>
            <Button size="xs" onClick={() => setAsking(false)}>
              Keep
            </Button>
            <Button
              size="xs"
              variant="filled"
              color="danger"
              loading={revoke.isPending}
              onClick={() => revoke.mutate()}
            >
              Revoke
            </Button>
          </>
        ) : (
          <Button
            size="xs"
            color="danger"
            aria-label={`Revoke ${token.name}`}
            onClick={() => setAsking(true)}
          >
            Revoke
          </Button>
        )}
        {revoke.error ? <p role="alert">{sentence(revoke.error)}</p> : null}
      </td>
    </tr>
  );
}

function InDataset({ datasetId }: { datasetId: string }) {
  const dataset = useQuery(datasetQuery(datasetId));
  return <>in {dataset.data?.name ?? datasetId}</>;
}
