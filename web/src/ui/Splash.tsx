import { Loader } from "@mantine/core";
import { ErrorNotice } from "./Notice";
import classes from "./Splash.module.css";

/** A page on its way. It shows after a moment only: most pages are there before. */
export function Splash() {
  return (
    <div className={classes.splash} role="status" aria-label="Loading">
      <Loader type="dots" size="sm" color="var(--faint)" />
    </div>
  );
}

/** An address that leads nowhere, or a server that is not there. */
export function LostPage({ error, onRetry }: { error?: unknown; onRetry?: () => void }) {
  return (
    <main className={classes.lost}>
      <h1>{error ? "Tamis cannot be reached" : "There is nothing at this address"}</h1>
      {error ? <ErrorNotice error={error} onRetry={onRetry} /> : <a href=".">Go to My Datasets</a>}
    </main>
  );
}
