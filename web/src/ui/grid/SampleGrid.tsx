import { type KeyboardEvent, type MouseEvent, useEffect, useId, useMemo, useRef, useState } from "react";
import { type Thumbnails, thumbnailSize } from "../../api/thumbnails";
import { count } from "../format";
import { GridCell } from "./GridCell";
import classes from "./SampleGrid.module.css";
import { Scrubber } from "./Scrubber";
import { layoutOf, moveBy, visibleRows } from "./scroll";
import type { Sequence } from "./sequence";
import { useBigScroll } from "./useBigScroll";

interface SampleGridProps {
  sequence: Sequence;
  thumbnails: Thumbnails;
  /** What the grid is called by a screen reader. */
  label: string;
  /** The least width of a cell, in pixels. */
  cellSize: number;
  gap?: number;
  /** A few characters in the corner of a cell, such as the rank. */
  badge?: ((index: number, position: number) => string | null) | undefined;
  /** The sample whose detail is open, or was last: it has the focus ring. */
  current?: number | undefined;
  onOpen: (index: number) => void;
}

/** Any number of images in rows; only those in view exist in the page, and come by one request. */
export function SampleGrid({
  sequence,
  thumbnails,
  cellSize,
  gap = 6,
  badge,
  current,
  ...props
}: SampleGridProps) {
  const id = useId();
  const viewport = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  const [focus, setFocus] = useState(0);
  const layout = useMemo(
    () => layoutOf(sequence.length, size.width, cellSize, gap),
    [sequence.length, size.width, cellSize, gap],
  );
  const scroll = useBigScroll(viewport, layout, size.height);
  const focused = Math.max(0, Math.min(focus, sequence.length - 1));

  useEffect(() => {
    const element = viewport.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => {
      setSize({ width: element.clientWidth, height: element.clientHeight });
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const { reveal } = scroll;
  useEffect(() => {
    const index = current === undefined ? -1 : sequence.indexOf(current);
    if (index < 0) return;
    setFocus(index);
    reveal(Math.floor(index / layout.columns));
  }, [current, sequence, layout.columns, reveal]);

  const shown = visibleRows(layout, scroll.offset, size.height, 0);
  useShownThumbnails(
    thumbnails,
    sequence,
    shown.start * layout.columns,
    shown.end * layout.columns,
    layout.cell,
  );

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      if (sequence.length > 0) props.onOpen(focused);
      return;
    }
    const next = moveBy(event.key, focused, sequence.length, layout, size.height);
    if (next === null) return;
    event.preventDefault();
    setFocus(next);
    scroll.reveal(Math.floor(next / layout.columns));
  };
  const onClick = (event: MouseEvent) => {
    const cell = (event.target as HTMLElement).closest<HTMLElement>("[data-index]");
    if (cell === null) return;
    const index = Number(cell.dataset.index);
    setFocus(index);
    props.onOpen(index);
  };

  const rows = size.width === 0 ? { start: 0, end: 0 } : visibleRows(layout, scroll.offset, size.height, 1);
  return (
    <div className={classes.frame}>
      {/* biome-ignore lint/a11y/useSemanticElements: a table element cannot be virtual */}
      <div
        ref={viewport}
        className={classes.viewport}
        role="grid"
        aria-label={`${props.label}, ${count(sequence.length)} images`}
        aria-rowcount={layout.rows}
        aria-colcount={layout.columns}
        aria-activedescendant={sequence.length > 0 ? `${id}-${focused}` : undefined}
        tabIndex={0}
        onScroll={scroll.onScroll}
        onKeyDown={onKeyDown}
        onClick={onClick}
      >
        {/* biome-ignore lint/a11y/useSemanticElements: as above */}
        <div className={classes.content} role="rowgroup" style={{ height: scroll.windowHeight }}>
          {range(rows.start, rows.end).map((row) => (
            // biome-ignore lint/a11y/useSemanticElements lint/a11y/useFocusableInteractive: the grid has the focus
            <div
              key={row}
              className={classes.row}
              role="row"
              aria-rowindex={row + 1}
              style={{
                transform: `translateY(${row * layout.rowHeight - scroll.base}px)`,
                height: layout.cell,
                gap,
              }}
            >
              {range(row * layout.columns, Math.min((row + 1) * layout.columns, sequence.length)).map(
                (index) => {
                  const position = sequence.at(index);
                  return (
                    <GridCell
                      key={index}
                      id={`${id}-${index}`}
                      index={index}
                      column={index - row * layout.columns + 1}
                      position={position}
                      size={layout.cell}
                      focused={index === focused}
                      badge={badge?.(index, position) ?? null}
                      thumbnails={thumbnails}
                    />
                  );
                },
              )}
            </div>
          ))}
        </div>
      </div>
      <Scrubber
        offset={scroll.offset}
        height={layout.height}
        viewport={size.height}
        words={(offset) => {
          const index = Math.min(sequence.length, Math.round(offset / layout.rowHeight) * layout.columns + 1);
          return `${count(index)} of ${count(sequence.length)}`;
        }}
        onMove={scroll.scrollTo}
      />
    </div>
  );
}

/** Ask for what is in view, and for nothing else: a first screen costs what it shows. */
function useShownThumbnails(
  thumbnails: Thumbnails,
  sequence: Sequence,
  start: number,
  end: number,
  cell: number,
): void {
  const [grid] = useState(() => ({}));
  useEffect(() => {
    if (cell <= 1) return;
    const positions = range(start, Math.min(end, sequence.length)).map((index) => sequence.at(index));
    thumbnails.show(grid, positions, thumbnailSize(cell * window.devicePixelRatio));
  }, [grid, thumbnails, sequence, start, end, cell]);
  useEffect(() => () => thumbnails.leave(grid), [grid, thumbnails]);
}

function range(start: number, end: number): number[] {
  return Array.from({ length: Math.max(0, end - start) }, (_, index) => start + index);
}
