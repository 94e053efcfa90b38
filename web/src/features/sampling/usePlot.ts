import { type RefObject, useEffect, useRef, useState } from "react";
import type { Points } from "../../api/arrays";
import { themeColors } from "../../plot/colors";
import { createPlot, type Plot } from "../../plot/plot";

/** The point under the pointer, and where it is inside the plot. */
export interface Hovered {
  readonly position: number;
  readonly left: number;
  readonly top: number;
  /** Of the plot, so that the card can stay inside. */
  readonly width: number;
  readonly height: number;
}

const REST_MS = 60;

interface Shown {
  readonly points: Points;
  readonly rank: Uint32Array | null;
  readonly members: Uint8Array | null;
  readonly preselected: Uint8Array | null;
  readonly keep: number;
  readonly label: string;
  readonly onOpen: (position: number) => void;
}

interface Used {
  /** Where the canvas goes. */
  readonly place: RefObject<HTMLDivElement | null>;
  /** Undefined: not made yet. Null: this browser cannot draw it. */
  readonly plot: Plot | null | undefined;
  readonly hovered: Hovered | null;
}

/** Keep a plot in a place of the page. Each part of what it shows is handed on only when it changes. */
export function usePlot({ points, rank, members, preselected, keep, label, onOpen }: Shown): Used {
  const place = useRef<HTMLDivElement>(null);
  const [plot, setPlot] = useState<Plot | null | undefined>(undefined);
  const [hovered, setHovered] = useState<Hovered | null>(null);

  useEffect(() => {
    const parent = place.current;
    if (!parent) return;
    // Made here and not by React: a canvas whose context was given back cannot be drawn on again.
    const canvas = document.createElement("canvas");
    const made = createPlot(canvas);
    setPlot(made);
    if (!made) return;
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "application");
    canvas.setAttribute("aria-roledescription", "scatter plot");
    parent.append(canvas);
    let resting: ReturnType<typeof setTimeout> | undefined;
    made.onHover((position, clientX, clientY) => {
      clearTimeout(resting);
      if (position === null) {
        setHovered(null);
        return;
      }
      // A pointer that sweeps across a cloud of points asks for no image; one that rests does.
      resting = setTimeout(() => {
        const { left, top, width, height } = parent.getBoundingClientRect();
        setHovered({ position, left: clientX - left, top: clientY - top, width, height });
      }, REST_MS);
    });
    const paint = () => made.setColors(themeColors(canvas));
    paint();
    const themes = new MutationObserver(paint); // effects would run before the provider has set the theme
    themes.observe(document.documentElement, { attributes: true });
    return () => {
      clearTimeout(resting);
      themes.disconnect();
      made.destroy();
      canvas.remove();
      setHovered(null);
    };
  }, []);

  useEffect(() => place.current?.querySelector("canvas")?.setAttribute("aria-label", label), [label]);
  useEffect(() => plot?.setPoints(points.x, points.y), [plot, points]);
  useEffect(() => plot?.setRanks(rank), [plot, rank]);
  useEffect(() => plot?.setMembers(members), [plot, members]);
  useEffect(() => plot?.setPreselected(preselected), [plot, preselected]);
  useEffect(() => plot?.setKeep(keep), [plot, keep]);
  useEffect(() => plot?.onOpen(onOpen), [plot, onOpen]);
  return { place, plot, hovered };
}
