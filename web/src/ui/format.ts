const whole = new Intl.NumberFormat("en-US");

/** 20431 -> "20,431". */
export function count(value: number): string {
  return whole.format(value);
}

/** "1 image", "20,431 images". */
export function counted(value: number, noun: string, plural = `${noun}s`): string {
  return `${count(value)} ${value === 1 ? noun : plural}`;
}

const UNITS = ["B", "kB", "MB", "GB", "TB", "PB"];

/** 1_234_567 -> "1.2 MB", in powers of 1,000 as disks are sold and file managers count. */
export function size(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const text = unit === 0 || value >= 99.5 ? value.toFixed(0) : value.toFixed(1);
  return `${text.replace(/\.0$/, "")} ${UNITS[unit]}`;
}

const STEPS: [limit: number, divisor: number, unit: Intl.RelativeTimeFormatUnit][] = [
  [3600_000, 60_000, "minute"],
  [86_400_000, 3600_000, "hour"],
  [30 * 86_400_000, 86_400_000, "day"],
];
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });

/** "just now", "5 minutes ago", "yesterday", "3 Mar 2026". */
export function ago(milliseconds: number, now = Date.now()): string {
  const passed = now - milliseconds;
  if (Math.abs(passed) < 45_000) return "just now";
  const step = STEPS.find(([limit]) => Math.abs(passed) < limit);
  return step ? relative.format(-Math.round(passed / step[1]), step[2]) : day.format(milliseconds);
}

/** 75 -> "1 min 15 s": how long something takes or took. */
export function duration(seconds: number): string {
  if (seconds < 1) return "less than a second";
  const rounded = Math.round(seconds);
  if (rounded < 60) return `${rounded} s`;
  const minutes = Math.floor(rounded / 60);
  if (minutes < 60) return rounded % 60 ? `${minutes} min ${rounded % 60} s` : `${minutes} min`;
  return minutes % 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${minutes / 60} h`;
}

/** 0.8412 -> "84 %". A running job never shows 100 %. */
export function percent(part: number, whole: number): string {
  if (whole <= 0) return "0 %";
  return part >= whole ? "100 %" : `${Math.min(99, Math.floor((100 * part) / whole))} %`;
}
