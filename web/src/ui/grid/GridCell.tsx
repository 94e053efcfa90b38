import { memo, useCallback, useSyncExternalStore } from "react";
import type { Thumbnails } from "../../api/thumbnails";
import { count } from "../format";
import classes from "./SampleGrid.module.css";

interface GridCellProps {
  id: string;
  index: number;
  column: number;
  position: number;
  size: number;
  focused: boolean;
  badge: string | null;
  thumbnails: Thumbnails;
}

/** One image of a grid. It listens for its own thumbnail only, and renders again only when that comes. */
export const GridCell = memo(function GridCell({ position, thumbnails, badge, ...props }: GridCellProps) {
  const subscribe = useCallback(
    (listener: () => void) => thumbnails.subscribe(position, listener),
    [thumbnails, position],
  );
  const url = useSyncExternalStore(subscribe, () => thumbnails.url(position));
  const missing = useSyncExternalStore(subscribe, () => thumbnails.isMissing(position));
  return (
    // biome-ignore lint/a11y/useSemanticElements lint/a11y/useFocusableInteractive: the grid has the focus
    <div
      id={props.id}
      className={classes.cell}
      role="gridcell"
      aria-colindex={props.column}
      aria-label={`Image ${count(position + 1)}${badge === null ? "" : `, ${badge}`}`}
      data-index={props.index}
      data-position={position}
      data-focused={props.focused || undefined}
      style={{ width: props.size }}
    >
      {url === undefined ? null : (
        <img key={url} src={url} alt="" className={classes.picture} draggable={false} decoding="async" />
      )}
      {missing ? <span className={classes.missing}>No thumbnail</span> : null}
      {badge === null ? null : <span className={classes.badge}>{badge}</span>}
    </div>
  );
});
