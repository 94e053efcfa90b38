import classes from "./BrowsePage.module.css";

const KEY = "tamis-cell-size";
const SMALLEST = 72;
const LARGEST = 320;
const USUAL = 128;

/** The size that this browser was last used with. */
export function rememberedSize(): number {
  const size = Number(localStorage.getItem(KEY));
  return size >= SMALLEST && size <= LARGEST ? size : USUAL;
}

export function CellSize({ value, onChange }: { value: number; onChange: (size: number) => void }) {
  return (
    <label className={classes.size}>
      <span className={classes.few} aria-hidden="true" />
      <input
        type="range"
        aria-label="Size of the images"
        min={SMALLEST}
        max={LARGEST}
        step={8}
        value={value}
        onChange={(event) => {
          const size = Number(event.currentTarget.value);
          localStorage.setItem(KEY, String(size));
          onChange(size);
        }}
      />
      <span className={classes.many} aria-hidden="true" />
    </label>
  );
}
