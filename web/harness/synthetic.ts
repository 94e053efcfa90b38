/** Points that look like a projection of real images: clusters of many sizes, strays, a few without a place. */

export interface Synthetic {
  readonly x: Float32Array;
  readonly y: Float32Array;
  /** Positions, best first, and the rank of each position. */
  readonly order: Uint32Array;
  readonly rank: Uint32Array;
  readonly importance: Float32Array;
  readonly curve: Point[];
  readonly randomCurve: Point[];
}

interface Point {
  k: number;
  radius: number;
  mean: number;
}

const WITHOUT_PLACE = 7; // the last positions
const GREEDY = 600; // picks that are truly spread out; the rest follow in random order

export function synthetic(n: number): Synthetic {
  const random = generator(7);
  const normal = () => Math.sqrt(-2 * Math.log(random() + 1e-9)) * Math.cos(2 * Math.PI * random());
  const clusters = Array.from({ length: 23 }, () => ({
    x: 4.6 * (random() - 0.5),
    y: 3.1 * (random() - 0.5),
    wide: 0.05 + 0.26 * random(),
    high: 0.05 + 0.26 * random(),
    turn: Math.PI * random(),
  }));
  const x = new Float32Array(n).fill(Number.NaN);
  const y = new Float32Array(n).fill(Number.NaN);
  for (let point = 0; point < n - WITHOUT_PLACE; point += 1) {
    const cluster = clusters[Math.floor(random() ** 1.5 * clusters.length)] ?? {
      x: 0,
      y: 0,
      wide: 1,
      high: 1,
      turn: 0,
    };
    const stray = random() < 0.03 ? 2.2 : 1;
    const a = normal() * cluster.wide * stray;
    const b = normal() * cluster.high * stray;
    const bent = 0.5 * a * a; // real clusters are seldom ellipses
    x[point] = cluster.x + a * Math.cos(cluster.turn) - (b + bent) * Math.sin(cluster.turn);
    y[point] = cluster.y + a * Math.sin(cluster.turn) + (b + bent) * Math.cos(cluster.turn);
  }
  const { order, importance } = spread(x, y, n - WITHOUT_PLACE, random);
  const rank = new Uint32Array(n).fill(0xffffffff);
  order.forEach((position, index) => {
    rank[position] = index;
  });
  const curve = curveOf(importance, 1);
  const randomCurve = curveOf(importance, 1.7);
  return { x, y, order, rank, importance, curve, randomCurve };
}

/** Farthest point first, on at most 20,000 of them; the rest in random order. */
function spread(x: Float32Array, y: Float32Array, n: number, random: () => number) {
  const pool = Math.min(n, 20_000);
  const distance = new Float32Array(pool).fill(Number.POSITIVE_INFINITY);
  const order = new Uint32Array(n);
  const importance = new Float32Array(n);
  const taken = new Uint8Array(n);
  let next = 0;
  const greedy = Math.min(GREEDY, pool);
  for (let pick = 0; pick < greedy; pick += 1) {
    order[pick] = next;
    taken[next] = 1;
    importance[pick] = pick === 0 ? 4 : Math.sqrt(distance[next] ?? 0);
    let farthest = 0;
    for (let point = 0; point < pool; point += 1) {
      const dx = (x[point] ?? 0) - (x[next] ?? 0);
      const dy = (y[point] ?? 0) - (y[next] ?? 0);
      distance[point] = Math.min(distance[point] ?? 0, dx * dx + dy * dy);
      if ((distance[point] ?? 0) > (distance[farthest] ?? 0)) {
        farthest = point;
      }
    }
    next = farthest;
  }
  const rest = Array.from({ length: n }, (_, point) => point).filter((point) => taken[point] === 0);
  for (let index = rest.length - 1; index > 0; index -= 1) {
    const other = Math.floor(random() * (index + 1));
    [rest[index], rest[other]] = [rest[other] ?? 0, rest[index] ?? 0];
  }
  rest.forEach((point, index) => {
    order[greedy + index] = point;
    importance[greedy + index] = (importance[greedy - 1] ?? 0) * (1 - index / n) ** 0.4;
  });
  return { order, importance };
}

function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** The radius after k greedy picks is the importance of the next one. */
function curveOf(importance: Float32Array, worse: number): Point[] {
  const ks = new Set(Array.from({ length: 48 }, (_, index) => Math.round(599 ** (index / 47))));
  return [...ks].map((k) => {
    const radius = (importance[k] ?? 0) * (1 + (worse - 1) * Math.min(k / 20, 1));
    return { k, radius, mean: radius / 3 };
  });
}
