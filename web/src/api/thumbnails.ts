// Thumbnails for grids: one request per screenful, kept as blob URLs, the least recently shown dropped first.

export type FetchThumbnails = (
  positions: readonly number[],
  size: number,
  signal: AbortSignal,
) => Promise<Map<number, Blob>>;

export interface ThumbnailOptions {
  /** How many are kept; what a grid shows is kept in any case. */
  readonly capacity?: number;
  /** A request waits until nothing new was asked for so long, in milliseconds ... */
  readonly calm?: number;
  /** ... but no longer than this. */
  readonly patience?: number;
}

/** The server takes no more positions in one request. */
export const BATCH = 256;
const IN_FLIGHT = 2;
const RETRY_MS = 3000;
const SIZES = [160, 256, 512] as const; // few, so that a small change of the cell size loads nothing again

export function thumbnailSize(pixels: number): number {
  return SIZES.find((size) => size * 1.15 >= pixels) ?? 512; // 15 % of enlargement is not seen
}

interface Held {
  readonly url: string;
  readonly size: number;
}

interface Request {
  readonly positions: ReadonlySet<number>;
  readonly abort: AbortController;
}

interface Wish {
  readonly positions: readonly number[];
  readonly size: number;
}

/** The thumbnails of one dataset. A grid says what it shows; each cell listens for its own picture. */
export class Thumbnails {
  private readonly held = new Map<number, Held>(); // in the order of use
  private readonly missing = new Set<number>();
  private readonly wishes = new Map<object, Wish>();
  private readonly requests = new Set<Request>();
  private readonly listeners = new Map<number, Set<() => void>>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private waitingSince = 0;
  private readonly fetchBatch: FetchThumbnails;
  private readonly capacity: number;
  private readonly calm: number;
  private readonly patience: number;

  constructor(fetchBatch: FetchThumbnails, options: ThumbnailOptions = {}) {
    this.fetchBatch = fetchBatch;
    this.capacity = options.capacity ?? 3000;
    this.calm = options.calm ?? 40;
    this.patience = options.patience ?? 160;
  }

  /** Say what a grid shows now, most urgent first; it replaces what the same grid said before. */
  show(grid: object, positions: readonly number[], size: number): void {
    this.wishes.set(grid, { positions, size });
    for (const position of positions) this.touch(position);
    for (const request of this.requests) {
      if (!this.isWanted(request.positions)) request.abort.abort();
    }
    if (this.nextBatch() !== null) this.schedule();
  }

  leave(grid: object): void {
    this.wishes.delete(grid);
    this.trim();
  }

  readonly url = (position: number): string | undefined => this.held.get(position)?.url;

  /** Whether the server has no picture of this sample. */
  readonly isMissing = (position: number): boolean => this.missing.has(position);

  subscribe(position: number, listener: () => void): () => void {
    const listening = this.listeners.get(position) ?? new Set();
    listening.add(listener);
    this.listeners.set(position, listening);
    return () => {
      listening.delete(listener);
      if (listening.size === 0) this.listeners.delete(position);
    };
  }

  private schedule(): void {
    const now = performance.now();
    if (this.timer === undefined) this.waitingSince = now;
    clearTimeout(this.timer);
    const left = this.patience - (now - this.waitingSince);
    this.timer = setTimeout(() => this.send(), Math.max(0, Math.min(this.calm, left)));
  }

  private send(): void {
    this.timer = undefined;
    while (this.requests.size < IN_FLIGHT) {
      const batch = this.nextBatch();
      if (batch === null) return;
      void this.load(batch);
    }
  }

  private nextBatch(): Wish | null {
    const asked = new Set([...this.requests].flatMap((request) => [...request.positions]));
    for (const { positions, size } of this.wishes.values()) {
      const lacking = positions.filter((position) => {
        const held = this.held.get(position);
        return (
          (held === undefined || held.size < size) && !this.missing.has(position) && !asked.has(position)
        );
      });
      if (lacking.length > 0) return { positions: lacking.slice(0, BATCH), size };
    }
    return null;
  }

  private async load({ positions, size }: Wish): Promise<void> {
    const request: Request = { positions: new Set(positions), abort: new AbortController() };
    this.requests.add(request);
    let loaded: Map<number, Blob> | null = null;
    try {
      loaded = await this.fetchBatch(positions, size, request.abort.signal);
    } catch {
      // Aborted, or the server is away: the cells stay as they are, and it is tried again.
    }
    this.requests.delete(request);
    if (loaded === null) {
      if (request.abort.signal.aborted) this.send();
      else this.timer ??= setTimeout(() => this.send(), RETRY_MS);
      return;
    }
    for (const position of positions) this.hold(position, loaded.get(position), size);
    this.trim();
    this.send();
  }

  private hold(position: number, picture: Blob | undefined, size: number): void {
    const former = this.held.get(position);
    if (picture === undefined) this.missing.add(position);
    else this.held.set(position, { url: URL.createObjectURL(picture), size });
    if (former !== undefined && picture !== undefined) URL.revokeObjectURL(former.url);
    for (const listener of this.listeners.get(position) ?? []) listener();
  }

  private touch(position: number): void {
    const held = this.held.get(position);
    if (held === undefined) return;
    this.held.delete(position);
    this.held.set(position, held);
  }

  private isWanted(positions: ReadonlySet<number>): boolean {
    return [...this.wishes.values()].some((wish) =>
      wish.positions.some((position) => positions.has(position)),
    );
  }

  private trim(): void {
    const shown = new Set([...this.wishes.values()].flatMap((wish) => wish.positions));
    for (const [position, { url }] of this.held) {
      if (this.held.size <= this.capacity) return;
      if (shown.has(position)) continue;
      this.held.delete(position);
      URL.revokeObjectURL(url);
    }
  }
}
