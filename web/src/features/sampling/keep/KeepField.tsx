import { useState } from "react";
import classes from "./keep.module.css";
import { clamp } from "./scale";

/** The large number that can be typed over. What is typed counts with Enter, or on leaving the field. */
export function KeepField({
  max,
  keep,
  onKeep,
}: {
  max: number;
  keep: number;
  onKeep: (keep: number) => void;
}) {
  const [typed, setTyped] = useState<string | null>(null);
  const text = typed ?? keep.toLocaleString("en-US");

  const commas = text.replace(/[^,]/g, "").length;
  const width = Math.max(text.length - 0.55 * commas, 2); // a comma is half as wide as a digit

  const finish = () => {
    const number = Number.parseInt((typed ?? "").replace(/[^0-9]/g, ""), 10);
    setTyped(null);
    if (Number.isFinite(number)) onKeep(clamp({ min: 1, max }, number));
  };
  return (
    <input
      className={classes.field}
      aria-label="Number of images to keep"
      inputMode="numeric"
      autoComplete="off"
      spellCheck={false}
      style={{ width: `calc(${width}ch + 16px)` }}
      value={text}
      onFocus={(event) => event.currentTarget.select()}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={finish}
      onKeyDown={(event) => {
        if (event.key === "Enter") finish();
        if (event.key === "Escape") setTyped(null);
        if (event.key === "ArrowUp" || event.key === "ArrowDown") {
          event.preventDefault();
          setTyped(null);
          onKeep(clamp({ min: 1, max }, keep + (event.key === "ArrowUp" ? 1 : -1)));
        }
      }}
    />
  );
}
