import { type PointerEvent, useEffect, useRef, useState } from "react";
import classes from "./SampleGrid.module.css";
import { furthest, offsetOfThumb, thumbOf } from "./scroll";

interface ScrubberProps {
  offset: number;
  height: number;
  viewport: number;
  /** What the bubble says beside the thumb. */
  words: (offset: number) => string;
  onMove: (offset: number) => void;
}

/** The scroll bar of a grid of any size: drag the thumb, or press where to go. Keys work in the grid itself. */
export function Scrubber({ offset, height, viewport, words, onMove }: ScrubberProps) {
  const track = useRef<HTMLDivElement>(null);
  const grip = useRef(0); // from the top of the thumb to where it was grasped
  const [length, setLength] = useState(0);
  const [dragging, setDragging] = useState(false);
  const thumb = thumbOf(offset, height, viewport, length);

  useEffect(() => {
    const element = track.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setLength(element.clientHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const move = (clientY: number) => {
    const top = clientY - (track.current?.getBoundingClientRect().top ?? 0) - grip.current;
    onMove(offsetOfThumb(top, thumb.size, height, viewport, length));
  };
  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return;
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    const within = event.clientY - (track.current?.getBoundingClientRect().top ?? 0) - thumb.top;
    const onThumb = within >= 0 && within <= thumb.size;
    grip.current = onThumb ? within : thumb.size / 2;
    setDragging(true);
    if (!onThumb) move(event.clientY);
  };
  const idle = furthest(height, viewport) === 0;
  return (
    <div
      ref={track}
      className={classes.track}
      data-idle={idle || undefined}
      data-dragging={dragging || undefined}
      aria-hidden="true"
      onPointerDown={onPointerDown}
      onPointerMove={(event) => dragging && move(event.clientY)}
      onPointerUp={() => setDragging(false)}
      onPointerCancel={() => setDragging(false)}
    >
      {idle ? null : (
        <div
          className={classes.thumb}
          style={{ height: thumb.size, transform: `translateY(${thumb.top}px)` }}
          data-testid="scrubber"
        >
          {dragging ? <span className={classes.bubble}>{words(offset)}</span> : null}
        </div>
      )}
    </div>
  );
}
