import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { asApiError } from "../api/errors";
import { AlertIcon } from "./icons";
import classes from "./Notice.module.css";

/** Say what went wrong in the server's words, with a way to try again. */
export function ErrorNotice({ error, onRetry }: { error: unknown; onRetry?: (() => void) | undefined }) {
  const known = asApiError(error);
  return (
    <div className={classes.error} role="alert">
      <AlertIcon />
      <div className={classes.words}>
        <p>{known.message}</p>
        {known.requestId && known.status >= 500 ? (
          <p className={classes.detail}>
            Request <code>{known.requestId}</code>
          </p>
        ) : null}
      </div>
      {onRetry ? (
        <Button size="xs" onClick={onRetry}>
          Try again
        </Button>
      ) : null}
    </div>
  );
}

/** What a page shows where there is nothing yet: what it is for, and the next step. */
export function EmptyState(props: {
  icon?: ReactNode;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className={classes.empty}>
      {props.icon ? <div className={classes.picture}>{props.icon}</div> : null}
      <h2>{props.title}</h2>
      {props.children ? <div className={classes.teach}>{props.children}</div> : null}
      {props.action}
    </div>
  );
}
