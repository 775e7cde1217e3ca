import type { Strategy } from "./plan.ts";

/** What a strategy is made of: strategies differ in these five things and in nothing else. */
export interface StrategyRule {
  /** Whether max-pooling is fused into the convolution before it, by a pass before planning. */
  readonly fusePool: boolean;
  /** One node after the other, or cut into stages whose rows are pulled on demand. */
  readonly order: "layers" | "stages";
  /** What lives and dies: whole tensors, or each row for itself. */
  readonly unit: "tensor" | "row";
  /** Every buffer its own bytes; two buffers used in turn; or offsets searched for. */
  readonly placement: "apart" | "in turn" | "searched";
  /** One sentence for reports. */
  readonly what: string;
}

export const strategies: Readonly<Record<Strategy, StrategyRule>> = {
  naive: {
    fusePool: false,
    order: "layers",
    unit: "tensor",
    placement: "apart",
    what: "every layer writes a buffer of its own",
  },
  "fused-pool": {
    fusePool: true,
    order: "layers",
    unit: "tensor",
    placement: "apart",
    what: "max-pooling is part of the convolution before it, whose full output is never stored",
  },
  "ping-pong": {
    fusePool: false,
    order: "layers",
    unit: "tensor",
    placement: "in turn",
    what: "two buffers in turn: each layer reads one and writes the other",
  },
  paper: {
    fusePool: true,
    order: "layers",
    unit: "tensor",
    placement: "in turn",
    what: "fused max-pooling and ping-pong buffers, as in arXiv 2007.01348",
  },
  "best-fit": {
    fusePool: true,
    order: "layers",
    unit: "tensor",
    placement: "searched",
    what: "each tensor holds its bytes from the layer that writes it to the last that reads it",
  },
  overlap: {
    fusePool: true,
    order: "layers",
    unit: "row",
    placement: "searched",
    what: "layer by layer, but a row's bytes are free after its last reader: an output may overlap its input",
  },
  stream: {
    fusePool: true,
    order: "stages",
    unit: "row",
    placement: "searched",
    what: "stages of layers run row by row on demand, so that most tensors are rings of a few rows",
  },
};
