import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from "react";
import { baseFor, clamp, furthest, type Layout, mustMove, offsetFor, WINDOW } from "./scroll";

interface Place {
  /** Where the whole is scrolled to. */
  readonly offset: number;
  /** Where in the whole the element that scrolls begins. */
  readonly base: number;
}

export interface BigScroll extends Place {
  readonly windowHeight: number;
  readonly onScroll: () => void;
  readonly scrollTo: (offset: number) => void;
  /** Bring a row into view. */
  readonly reveal: (row: number) => void;
}

/** Scroll an element whose content may be taller than a browser allows; see scroll.ts. */
export function useBigScroll(
  viewport: RefObject<HTMLDivElement | null>,
  layout: Layout,
  viewportHeight: number,
): BigScroll {
  const [place, setPlace] = useState<Place>({ offset: 0, base: 0 });
  const now = useRef({ place, layout, viewportHeight });
  now.current = { place, layout, viewportHeight };

  const scrollTo = useCallback((wanted: number) => {
    const { layout, viewportHeight } = now.current;
    const offset = clamp(wanted, 0, furthest(layout.height, viewportHeight));
    setPlace((before) => {
      const inWindow = offset - before.base;
      const stays = inWindow >= 0 && inWindow <= WINDOW && !mustMove(inWindow, before.base, layout.height);
      return { offset, base: stays ? before.base : baseFor(offset, layout.height) };
    });
  }, []);

  // The element follows the place: after a jump, after the window moved, and when the content got shorter.
  useLayoutEffect(() => {
    const element = viewport.current;
    if (element === null) return;
    const inWindow = place.offset - place.base;
    if (Math.abs(element.scrollTop - inWindow) >= 1) element.scrollTop = inWindow;
  }, [viewport, place]);

  // The first sample in view stays in view when columns come or go; the end of a shorter list stays the end.
  const before = useRef(layout);
  useLayoutEffect(() => {
    const { offset } = now.current.place;
    const first = Math.floor(offset / before.current.rowHeight) * before.current.columns;
    const changed =
      before.current.columns !== layout.columns || before.current.rowHeight !== layout.rowHeight;
    before.current = layout;
    const wanted = changed && offset > 0 ? Math.floor(first / layout.columns) * layout.rowHeight : offset;
    const target = clamp(wanted, 0, furthest(layout.height, viewportHeight));
    if (viewportHeight > 0 && target !== offset) scrollTo(target);
  }, [layout, viewportHeight, scrollTo]);

  const onScroll = useCallback(() => {
    const element = viewport.current;
    if (element === null) return;
    const { place, layout } = now.current;
    const offset = place.base + element.scrollTop;
    if (Math.abs(offset - place.offset) < 1) return;
    scrollTo(Math.min(offset, layout.height));
  }, [viewport, scrollTo]);

  const reveal = useCallback(
    (row: number) => {
      const { place, layout, viewportHeight } = now.current;
      const target = offsetFor(row, layout, place.offset, viewportHeight);
      if (viewportHeight > 0 && target !== place.offset) scrollTo(target);
    },
    [scrollTo],
  );

  return { ...place, windowHeight: Math.min(layout.height, WINDOW), onScroll, scrollTo, reveal };
}
