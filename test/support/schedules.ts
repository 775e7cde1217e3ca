/** Lists of rewrites to try on any nest: those in use, and random ones. */
import type { Rewrite } from "../../src/loop/rewrite.ts";
import { random } from "./random.ts";

const hoist: Rewrite = { rewrite: "hoist" };
const share: Rewrite = { rewrite: "share" };
const peel: Rewrite = { rewrite: "peel", loop: "px", first: 1, last: 1 };
const collapse: Rewrite = { rewrite: "collapse", outer: "kx", inner: "ic" };
const jam = (loop: string, factor: number): Rewrite => ({ rewrite: "jam", loop, factor });
const unroll = (loop: string, factor: number): Rewrite => ({ rewrite: "unroll", loop, factor });
const vectorize = (lanes: 2 | 8): Rewrite => ({ rewrite: "vectorize", loop: "ic", lanes });

export const namedSchedules: Readonly<Record<string, readonly Rewrite[]>> = {
  plain: [],
  hoisted: [hoist],
  collapsed: [peel, collapse, hoist],
  unrolled: [peel, collapse, unroll("ic", 4), share, hoist],
  blocked: [peel, collapse, jam("wx", 2), jam("oc", 4), share, hoist, share],
  columns: [peel, collapse, jam("px", 4), unroll("wx", 0), share, hoist],
  v128: [peel, collapse, jam("wx", 2), jam("oc", 4), vectorize(8), share, hoist, share],
  smlad: [peel, collapse, jam("wx", 2), jam("oc", 2), vectorize(2), share, hoist, share],
};

/** Two to seven rewrites in any order, of any loop. */
export function randomSchedule(seed: number): readonly Rewrite[] {
  const rng = random(seed);
  const loop = (): string => ["oc", "px", "wy", "wx", "ky", "kx", "ic"][rng.int(0, 6)]!;
  return Array.from({ length: rng.int(2, 7) }, (): Rewrite => {
    switch (rng.int(0, 7)) {
      case 0:
        return { rewrite: "peel", loop: loop(), first: rng.int(0, 2), last: rng.int(0, 2) };
      case 1:
        return collapse;
      case 2:
      case 3:
        return jam(loop(), rng.int(2, 4));
      case 4:
        return unroll(loop(), [0, 2, 3][rng.int(0, 2)]!);
      case 5:
        return vectorize(rng.int(0, 1) === 0 ? 2 : 8);
      case 6:
        return share;
      default:
        return hoist;
    }
  });
}
