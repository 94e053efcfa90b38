import { useId } from "react";
import classes from "./Sampling.module.css";

interface ChipProps {
  label: string;
  value: string;
  options: readonly (readonly [value: string, name: string])[];
  onChange: (value: string) => void;
}

/** A choice in the toolbar: its label soft, what is chosen in ink. The whole chip is the select's own area. */
export function Chip({ label, value, options, onChange }: ChipProps) {
  const id = useId();
  const chosen = options.find(([known]) => known === value)?.[1] ?? "";
  return (
    <div className={classes.chip}>
      <label htmlFor={id}>{label}</label>
      <span className={classes.chosen} aria-hidden="true">
        {chosen}
      </span>
      <span className={classes.caret} aria-hidden="true" />
      <select id={id} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {options.map(([key, name]) => (
          <option key={key} value={key}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}
