/** Colours of the plot, as CSS writes them. */

export interface PlotColors {
  /** Kept: the accent. */
  readonly active: string;
  /** Kept already by an earlier tag. */
  readonly preselected: string;
  readonly muted: string;
  /** The ring around the point under the pointer. */
  readonly ring: string;
  /** What the plot lies on: halos are drawn in it. */
  readonly background: string;
}

export type Rgb = readonly [red: number, green: number, blue: number];

/** Read the colours of the theme that holds at an element. */
export function themeColors(element: Element): PlotColors {
  const style = getComputedStyle(element);
  const color = (name: string) => style.getPropertyValue(name).trim();
  return {
    active: color("--accent"),
    preselected: color("--ink"),
    muted: color("--muted-point"),
    ring: color("--ink"),
    background: color("--panel"),
  };
}

/** Return red, green and blue, 0 to 1, of anything CSS takes for a colour. */
export function toRgb(color: string): Rgb {
  const short = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(color.trim())?.[1];
  if (short) {
    const long = short.length === 3 ? short.replace(/./g, "$&$&") : short;
    const part = (index: number) => Number.parseInt(long.slice(index, index + 2), 16) / 255;
    return [part(0), part(2), part(4)];
  }
  const context = new OffscreenCanvas(1, 1).getContext("2d");
  if (!context) {
    return [0.5, 0.5, 0.5];
  }
  context.fillStyle = color;
  context.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
  return [red / 255, green / 255, blue / 255];
}
