import type { Node } from "../graph/graph.ts";

/** Whether the output's values are some of the input's, or limits of them: then the range of the one will do for the other. */
export function keepsValues(node: Node): boolean {
  switch (node.kind) {
    case "clamp":
    case "maxPool2d":
    case "slice":
    case "transpose":
    case "reshape":
    case "pixelShuffle":
    case "pad":
    case "flatten":
    case "identity":
      return true;
    case "adaptivePool2d":
      return node.fn === "max";
    case "upsample":
      return node.mode === "nearest";
    case "conv2d":
    case "convTranspose2d":
    case "linear":
    case "batchNorm":
    case "avgPool2d":
    case "add":
    case "sub":
    case "mul":
    case "activation":
    case "softmax":
    case "concat":
      return false;
  }
}
