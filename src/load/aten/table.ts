/** All operators by the name TorchScript writes, without the `torch.` or `ops.` before it; and advice for the others. */
import { activations } from "./activation.ts";
import { arithmetics } from "./arithmetic.ts";
import { controls } from "./control.ts";
import { convolutions } from "./convolution.ts";
import { linears } from "./linear.ts";
import { normalizations } from "./normalization.ts";
import type { Operator } from "./operator.ts";
import { poolings } from "./pooling.ts";
import { quantizedOperators } from "./quantized.ts";
import { quantizedLayers } from "./quantized-layer.ts";
import { reductions } from "./reduction.ts";
import { resamplings } from "./resample.ts";
import { shapes } from "./shape.ts";
import { structures } from "./structure.ts";

const operators: ReadonlyMap<string, Operator> = new Map(
  [
    convolutions,
    linears,
    normalizations,
    activations,
    poolings,
    reductions,
    shapes,
    structures,
    resamplings,
    arithmetics,
    controls,
    quantizedLayers,
    quantizedOperators,
  ].flatMap((family) => Object.entries(family)),
);

export function findOperator(name: string): Operator | undefined {
  return operators.get(name);
}

/** What to do about an operator that is missing, by the first pattern that fits its name. */
const alternatives: readonly (readonly [RegExp, string])[] = [
  [/^(selu|celu)_?$/, "use ELU"],
  [/^(gelu|mish|softplus)_?$/, "use SiLU or Hardswish"],
  [/^(rrelu|threshold)_?$/, "use LeakyReLU or ReLU"],
  [/^(log_sigmoid|softsign)_?$/, "use sigmoid or tanh"],
  [/^quantize|^dequantize|^quantized\./, "save the float model: it is quantised here"],
  [
    /^fake_quant|fused_moving_avg_obs/,
    "save the float model without fake quantisation: it is quantised here",
  ],
  [/mkldnn|^prepacked/i, "save without torch.jit.optimize_for_inference or optimize_for_mobile"],
  [/^(lstm|gru|rnn_tanh|rnn_relu)(_cell)?$/, "use convolutions over time"],
  [/^conv3d|_pool3d$|^conv_transpose3d/, "use the 2-D form"],
  [/^upsample_(bicubic|trilinear)|^_upsample/, "use nearest or bilinear interpolation"],
  [/^pixel_unshuffle$/, "use a convolution with stride"],
  [/^(layer|group|instance)_norm$/, "use batch_norm"],
  [/^_?weight_norm/, "call torch.nn.utils.remove_weight_norm before saving"],
  [/^(where|masked_fill|abs|maximum|minimum)_?$/, "write it with relu, clamp and add"],
  [/^(flip|roll|repeat|tile|gather|scatter)_?$/, "do it before or after the network"],
  [/^glu$/, "use chunk, sigmoid and mul"],
  [/attention|^(bmm|baddbmm|einsum)$/, "use convolutions or squeeze-and-excite"],
  [/^fft_|^stft/, "compute spectra before the network"],
  [/^(topk|sort|argmax|argmin|argsort)$/, "leave it out of forward() and do it on the outputs"],
];

export function suggestAlternative(name: string): string {
  const short = name.replace(/^prim\./, "");
  const found = alternatives.find(([pattern]) => pattern.test(short));
  return found?.[1] ?? "rewrite that part with conv2d, linear, batch_norm, relu, pooling or add";
}
