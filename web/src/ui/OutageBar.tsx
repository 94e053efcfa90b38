import { useLost } from "../api/connection";
import { unreachable } from "../api/errors";
import classes from "./OutageBar.module.css";

/** Says that the server does not answer, on every page, until it does: what is shown meanwhile is what it said last. */
export function OutageBar() {
  const lost = useLost();
  return lost ? (
    <div role="alert" className={classes.bar}>
      {unreachable()}
    </div>
  ) : null;
}
