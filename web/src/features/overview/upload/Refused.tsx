import { useId, useState } from "react";
import { count, counted } from "../../../ui/format";
import { ChevronIcon } from "../../../ui/icons";
import classes from "./UploadCard.module.css";

const MOST = 500;

/** The files that stayed out, each with the server's reason. */
export function Refused({ refused }: { refused: { name: string; reason: string }[] }) {
  const [open, setOpen] = useState(refused.length <= 8);
  const list = useId();
  return (
    <div className={classes.refused}>
      <button
        type="button"
        className={classes.toggle}
        aria-expanded={open}
        aria-controls={list}
        onClick={() => setOpen(!open)}
      >
        <ChevronIcon size={14} />
        {counted(refused.length, "file")} not added
      </button>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <ul id={list} hidden={!open} tabIndex={0} aria-label="Files that were not added">
        {refused.slice(0, MOST).map(({ name, reason }) => (
          <li key={name}>
            <span>{name}</span>
            <p>{reason}</p>
          </li>
        ))}
        {refused.length > MOST ? <li>and {count(refused.length - MOST)} more</li> : null}
      </ul>
    </div>
  );
}
