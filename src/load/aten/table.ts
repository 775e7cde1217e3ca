/** All operators by the name TorchScript writes, without the `torch.` or `ops.` before it; and advice for the others. */
import { activations } from "./activation.ts";
import { arithmetics } from "./arithmetic.ts";
import { controls } from "./control.ts";
import { convolutions } from "./convolution.ts";
import { linears } from "./linear.ts";
import { normalizations } from "./normalization.ts";
import type { Operator } from "./operator.ts";
import { poolings } from "./pooling.ts";
import { shapes } from "./shape.ts";

const operators: ReadonlyMap<string, Operator> = new Map(
  [convolutions, linears, normalizations, activations, poolings, shapes, arithmetics, controls].flatMap(
    (family) => Object.entries(family),
  ),
);

export function findOperator(name: string): Operator | undefined {
  return operators.get(name);
}

/** What to do about an operator that is missing, by the first pattern that fits its name. */
const alternatives: readonly (readonly [RegExp, string])[] = [
  [/^(log_)?softmax$|^(log_)?sigmoid_?$/, "leave it out of forward(): the largest output stays the largest"],
  [
    /^(leaky_relu|elu|selu|celu|silu|gelu|mish|hardswish|hardsigmoid|tanh|prelu|rrelu|softplus|threshold)_?$/,
    "use ReLU or ReLU6",
  ],
  [/^quantize|^dequantize|^quantized\./, "save the float model: it is quantised here"],
  [
    /^fake_quant|fused_moving_avg_obs/,
    "save the float model without fake quantisation: it is quantised here",
  ],
  [/mkldnn|^prepacked/i, "save without torch.jit.optimize_for_inference or optimize_for_mobile"],
  [/^(lstm|gru|rnn_tanh|rnn_relu)$/, "use convolutions over time"],
  [/^(conv1d|max_pool1d|avg_pool1d|adaptive_avg_pool1d)$/, "use the 2-D form with an image of width 1"],
  [/^conv_transpose|^upsample|^interpolate/, "use a convolution with stride and no decoder"],
  [/^adaptive_max_pool2d$|^max_pool2d_with_indices$/, "use max_pool2d with a fixed kernel"],
  [/^(layer|group|instance)_norm$/, "use batch_norm"],
  [/^(cat|stack|concat)$/, "use add where the network allows it"],
  [/^(mul|sub|div)_?$/, "fold the factor into the weights before it"],
  [/^pad$|^(constant|reflection|replication)_pad/, "use the padding of the convolution"],
  [/^(permute|transpose|select|slice|chunk|split)$/, "keep images as 1xCxHxW throughout"],
];

export function suggestAlternative(name: string): string {
  const short = name.replace(/^prim\./, "");
  const found = alternatives.find(([pattern]) => pattern.test(short));
  return found?.[1] ?? "rewrite that part with conv2d, linear, batch_norm, relu, pooling or add";
}
