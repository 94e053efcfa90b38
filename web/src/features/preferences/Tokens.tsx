import { Button, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { tokensQuery } from "../../api/tokens";
import { Card } from "../../ui/Card";
import { KeyIcon, PlusIcon } from "../../ui/icons";
import { EmptyState, ErrorNotice } from "../../ui/Notice";
import { CreateToken } from "./CreateToken";
import classes from "./PreferencesPage.module.css";
import { TokenRow } from "./TokenRow";

/** The API tokens: what each may do, when it was used last, and how to take it back. */
export function Tokens() {
  const tokens = useQuery(tokensQuery);
  const [creating, setCreating] = useState(false);
  const alive = tokens.data?.filter((token) => token.revoked_at === null) ?? [];
  const revoked = tokens.data?.filter((token) => token.revoked_at !== null) ?? [];
  const create = (
    <Button size="xs" variant="filled" leftSection={<PlusIcon size={14} />} onClick={() => setCreating(true)}>
      Create a token
    </Button>
  );
  return (
    <Card title="API tokens" aside={alive.length ? create : undefined}>
      <p className={classes.soft}>Scripts and the pip package sign in with a token instead of a password.</p>
      {tokens.isPending ? <Skeleton height={120} radius="md" /> : null}
      {tokens.error ? <ErrorNotice error={tokens.error} onRetry={() => void tokens.refetch()} /> : null}
      {tokens.data && alive.length === 0 ? (
        <EmptyState icon={<KeyIcon size={32} />} title="No tokens" action={create} />
      ) : null}
      {alive.length ? (
        <div className={classes.scroll}>
          <table className={classes.table}>
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col">Begins with</th>
                <th scope="col">May</th>
                <th scope="col">Last used</th>
                <th scope="col">
                  <span className={classes.hidden}>Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {alive.map((token) => (
                <TokenRow key={token.id} token={token} />
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
      {revoked.length ? (
        <p className={classes.soft}>
          {revoked.length === 1 ? "One token was revoked: " : `${revoked.length} tokens were revoked: `}
          {revoked.map(({ name }) => name).join(", ")}.
        </p>
      ) : null}
      <CreateToken opened={creating} onClose={() => setCreating(false)} />
    </Card>
  );
}
