/** The tiles that are worth trying on each kind of core: those that were fastest for some layer, emulated with GCC 12.2. */
import type { Features } from "../core/core.ts";
import type { DenseOptions } from "../lower/dense/dense.ts";
import type { DepthwiseOptions } from "../lower/depthwise/depthwise.ts";
import type { DepthwiseVectorOptions } from "../lower/depthwise-vectors/layer.ts";
import type { VectorOptions } from "../lower/vector/layer.ts";
import type { WindowOptions } from "../lower/window/options.ts";
import type { WinogradOptions } from "../lower/winograd/nest.ts";

export interface Tiles {
  readonly window: readonly WindowOptions[];
  readonly winograd: readonly WinogradOptions[];
  readonly dense: readonly DenseOptions[];
  readonly depthwise: readonly DepthwiseOptions[];
  readonly vectors: readonly VectorOptions[];
  readonly depthwiseVectors: readonly DepthwiseVectorOptions[];
}

/** Groups of columns that share an expansion: more of them are faster and take more working memory. */
const groups = [1, 2, 4] as const;

const window = (
  tile: Pick<WindowOptions, "lanes" | "columns" | "outputs" | "order" | "unroll">,
): readonly WindowOptions[] =>
  groups.map((count) => ({
    ...tile,
    groups: count,
    reuse: "window",
    poolOnSums: true,
    roundOnce: true,
  }));

const winograd = (tile: Omit<WinogradOptions, "m" | "groups">): readonly WinogradOptions[] =>
  ([4, 2] as const).flatMap((m) => groups.map((count) => ({ ...tile, m, groups: count })));

/** Of vectors blocks may be wide: narrow ones are filled byte by byte. */
const vectors = (columns: number, channels: 2 | 4): readonly VectorOptions[] =>
  [...groups, 8, 16].map((count) => ({ columns, channels, groups: count }));

/** `[columns, outputs, unroll]` each. */
const dense = (
  lanes: DenseOptions["lanes"],
  expands: boolean,
  ...tiles: readonly (readonly [number, number, number])[]
): readonly DenseOptions[] =>
  tiles.map(([columns, outputs, unroll]) => ({ lanes, columns, outputs, unroll, expands }));

/** `[columns, tile]` each. */
const depthwise = (
  lanes: DepthwiseOptions["lanes"],
  ...tiles: readonly (readonly [number, number])[]
): readonly DepthwiseOptions[] => tiles.map(([columns, tile]) => ({ lanes, columns, tile }));

/** Two products an instruction, some ten registers for values: Cortex-M4, M7, M33. */
const pairs: Tiles = {
  window: [
    ...window({ lanes: 2, columns: 4, outputs: 2, order: "inputs", unroll: 8 }),
    ...window({ lanes: 2, columns: 4, outputs: 2, order: "inputs", unroll: 2 }),
  ],
  winograd: winograd({ lanes: 2, columns: 4, unroll: 2, order: "inputs" }),
  dense: [
    ...dense(2, false, [4, 2, 1], [2, 2, 1], [1, 4, 1], [1, 6, 2], [1, 6, 1], [2, 4, 1]),
    ...dense(2, true, [4, 2, 1], [4, 2, 2], [3, 2, 4], [3, 2, 1]),
  ],
  depthwise: depthwise(2, [2, 2], [4, 4], [5, 5], [4, 16], [4, 48], [4, 8], [2, 8]),
  vectors: [],
  depthwiseVectors: [],
};

/** One product an instruction, few registers: Cortex-M0+. */
const few: Tiles = {
  window: [
    ...window({ lanes: 1, columns: 4, outputs: 1, order: "weights", unroll: 4 }),
    ...window({ lanes: 1, columns: 4, outputs: 1, order: "weights", unroll: 1 }),
  ],
  winograd: winograd({ lanes: 1, columns: 4, unroll: 1, order: "weights" }),
  dense: dense(1, false, [2, 2, 1], [1, 4, 1], [1, 2, 2], [2, 2, 4], [4, 1, 2], [1, 4, 4]),
  depthwise: depthwise(1, [2, 2], [1, 4], [4, 4], [2, 8], [4, 16]),
  vectors: [],
  depthwiseVectors: [],
};

/** One product an instruction, some ten registers: Cortex-M3. */
const some: Tiles = {
  window: [
    ...window({ lanes: 1, columns: 4, outputs: 1, order: "inputs", unroll: 4 }),
    ...window({ lanes: 1, columns: 4, outputs: 1, order: "inputs", unroll: 1 }),
  ],
  winograd: winograd({ lanes: 1, columns: 4, unroll: 3, order: "inputs" }),
  dense: dense(1, false, [2, 2, 2], [2, 3, 1], [1, 4, 2], [1, 6, 2], [2, 2, 4], [1, 4, 4]),
  depthwise: depthwise(1, [2, 2], [2, 4], [4, 4], [2, 8], [4, 16]),
  vectors: [],
  depthwiseVectors: [],
};

/** One product an instruction, twenty registers and more: RISC-V. */
const many: Tiles = {
  window: [
    ...window({ lanes: 1, columns: 8, outputs: 1, order: "inputs", unroll: 2 }),
    ...window({ lanes: 1, columns: 4, outputs: 1, order: "inputs", unroll: 2 }),
  ],
  winograd: [8, 4].flatMap((columns) => winograd({ lanes: 1, columns, unroll: 3, order: "inputs" })),
  dense: dense(1, false, [4, 4, 2], [4, 2, 2], [2, 4, 2], [1, 8, 2], [1, 4, 4], [4, 4, 1], [2, 8, 1]),
  depthwise: depthwise(1, [2, 2], [4, 4], [4, 8], [8, 8], [4, 16]),
  vectors: [],
  depthwiseVectors: [],
};

/** Sixteen products an instruction, beside two: Cortex-M55. */
const sixteen: Tiles = {
  window: window({ lanes: 2, columns: 4, outputs: 2, order: "inputs", unroll: 8 }),
  winograd: [],
  dense: dense(16, false, [4, 4, 1], [2, 4, 1], [1, 4, 2], [1, 4, 1], [2, 2, 1], [3, 4, 1], [4, 2, 1]),
  depthwise: pairs.depthwise,
  vectors: [...vectors(2, 4), ...vectors(4, 2), ...vectors(2, 2), ...vectors(3, 4)],
  depthwiseVectors: [{ tile: 8 }, { tile: 16 }, { tile: 48 }],
};

export function tilesFor({ lanes, registers }: Features): Tiles {
  if (lanes === 16) return sixteen;
  if (lanes === 2) return pairs;
  return registers === 4 ? few : registers === 8 ? some : many;
}
