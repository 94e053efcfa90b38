import { CopyButton } from "./CopyButton";
import { KeyIcon } from "./icons";
import classes from "./TokenOnce.module.css";

/** A token's secret, the one time that it can be seen. */
export function TokenOnce({ secret }: { secret: string }) {
  return (
    <div className={classes.token} role="status">
      <div className={classes.line}>
        <KeyIcon />
        <code>{secret}</code>
        <CopyButton text={secret} label="Copy the token" />
      </div>
      <p>
        <b>Copy it now: it is shown this once.</b> Tamis keeps only a hash of it. Whoever has it can do what
        it allows, so treat it like a password.
      </p>
    </div>
  );
}
