/** The tiles that were fastest on each kind of core, emulated on the bundled models with GCC 12.2. */
import type { Features } from "../core/core.ts";
import type { DenseOptions } from "../lower/dense/dense.ts";
import type { DepthwiseOptions } from "../lower/depthwise/depthwise.ts";
import type { WindowOptions } from "../lower/window/options.ts";
import type { WinogradOptions } from "../lower/winograd/nest.ts";

export interface Tiles {
  readonly window: readonly WindowOptions[];
  readonly winograd: readonly WinogradOptions[];
  readonly dense: readonly DenseOptions[];
  readonly depthwise: readonly DepthwiseOptions[];
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

/** Two products an instruction, some ten registers for values: Cortex-M4, M7, M33. */
const pairs: Tiles = {
  window: window({ lanes: 2, columns: 4, outputs: 2, order: "inputs", unroll: 8 }),
  winograd: winograd({ lanes: 2, columns: 4, unroll: 2, order: "inputs" }),
  dense: [
    { lanes: 2, columns: 4, outputs: 2, unroll: 1, expands: false },
    { lanes: 2, columns: 4, outputs: 2, unroll: 1, expands: true },
    { lanes: 2, columns: 3, outputs: 2, unroll: 4, expands: true },
    { lanes: 2, columns: 1, outputs: 6, unroll: 2, expands: false },
  ],
  depthwise: [
    { lanes: 2, columns: 2, tile: 2 },
    { lanes: 2, columns: 5, tile: 5 },
    { lanes: 2, columns: 4, tile: 16 },
    { lanes: 2, columns: 4, tile: 48 },
  ],
};

/** One product an instruction, few registers: Cortex-M0+. */
const few: Tiles = {
  window: window({ lanes: 1, columns: 4, outputs: 1, order: "weights", unroll: 4 }),
  winograd: winograd({ lanes: 1, columns: 4, unroll: 1, order: "weights" }),
  dense: [{ lanes: 1, columns: 2, outputs: 2, unroll: 1, expands: false }],
  depthwise: [{ lanes: 1, columns: 2, tile: 2 }],
};

/** One product an instruction, some ten registers: Cortex-M3. */
const some: Tiles = {
  window: window({ lanes: 1, columns: 4, outputs: 1, order: "inputs", unroll: 4 }),
  winograd: winograd({ lanes: 1, columns: 4, unroll: 3, order: "inputs" }),
  dense: [{ lanes: 1, columns: 2, outputs: 2, unroll: 2, expands: false }],
  depthwise: [{ lanes: 1, columns: 2, tile: 4 }],
};

/** One product an instruction, twenty registers and more: RISC-V. */
const many: Tiles = {
  window: window({ lanes: 1, columns: 8, outputs: 1, order: "inputs", unroll: 2 }),
  winograd: [8, 4].flatMap((columns) => winograd({ lanes: 1, columns, unroll: 3, order: "inputs" })),
  dense: [{ lanes: 1, columns: 4, outputs: 4, unroll: 2, expands: false }],
  depthwise: [{ lanes: 1, columns: 4, tile: 4 }],
};

export function tilesFor({ lanes, registers }: Features): Tiles {
  if (lanes > 1) return pairs;
  return registers === 4 ? few : registers === 8 ? some : many;
}
