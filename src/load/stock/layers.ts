/** The layers of `torch.nn` that are known by name, each with the options of its constructor. */
import { required } from "../aten/operator.ts";
import { biasOf, convolution, transposedConvolution } from "./convolution-layers.ts";
import { callOperator, count, first, plain } from "./layer.ts";
import type { StockLayer } from "./layer.ts";
import { batchNorm, padding, upsample } from "./other-layers.ts";

const identity = plain("detach", { p: 0.5, inplace: false });

const poolOptions: StockLayer["options"] = {
  kernel_size: required,
  stride: null,
  padding: 0,
  dilation: 1,
  return_indices: false,
  ceil_mode: false,
};

const averageOptions: StockLayer["options"] = {
  kernel_size: required,
  stride: null,
  padding: 0,
  ceil_mode: false,
  count_include_pad: true,
  divisor_override: null,
};

const known: Readonly<Record<string, StockLayer>> = {
  Conv1d: convolution(1),
  Conv2d: convolution(2),
  ConvTranspose1d: transposedConvolution(1),
  ConvTranspose2d: transposedConvolution(2),
  Linear: {
    ...plain("linear", { in_features: null, out_features: null, bias: true }),
    weights: (options) => [
      { name: "weight", shape: [count(options, "out_features"), count(options, "in_features")] },
      ...biasOf(options, count(options, "out_features")),
    ],
  },
  BatchNorm1d: batchNorm(),
  BatchNorm2d: batchNorm(),
  MaxPool1d: plain("max_pool1d", poolOptions),
  MaxPool2d: plain("max_pool2d", poolOptions),
  AvgPool1d: plain("avg_pool1d", averageOptions),
  AvgPool2d: plain("avg_pool2d", averageOptions),
  AdaptiveAvgPool1d: plain("adaptive_avg_pool1d", { output_size: required }),
  AdaptiveAvgPool2d: plain("adaptive_avg_pool2d", { output_size: required }),
  AdaptiveMaxPool1d: first(plain("adaptive_max_pool1d", { output_size: required, return_indices: false })),
  AdaptiveMaxPool2d: first(plain("adaptive_max_pool2d", { output_size: required, return_indices: false })),
  ReLU: plain("relu", { inplace: false }),
  ReLU6: plain("relu6", { inplace: false }),
  Hardtanh: plain("hardtanh", { min_val: -1, max_val: 1, inplace: false }),
  LeakyReLU: plain("leaky_relu", { negative_slope: 0.01, inplace: false }),
  PReLU: {
    ...plain("prelu", { num_parameters: 1, init: 0.25 }),
    weights: (options) => [{ name: "weight", shape: [count(options, "num_parameters")] }],
  },
  ELU: plain("elu", { alpha: 1, inplace: false }),
  SiLU: plain("silu", { inplace: false }),
  Hardswish: plain("hardswish", { inplace: false }),
  Hardsigmoid: plain("hardsigmoid", { inplace: false }),
  Sigmoid: plain("sigmoid"),
  Tanh: plain("tanh"),
  Softmax: plain("softmax", { dim: required }),
  LogSoftmax: plain("log_softmax", { dim: required }),
  Flatten: plain("flatten", { start_dim: 1, end_dim: -1 }),
  Unflatten: {
    ...plain("unflatten", { dim: required, unflattened_size: required }),
    run: ({ base, options, input }) =>
      callOperator(base, "unflatten", { ...options, sizes: options.unflattened_size!, input }),
  },
  Identity: identity,
  Dropout: identity,
  Dropout1d: identity,
  Dropout2d: identity,
  AlphaDropout: identity,
  FeatureAlphaDropout: identity,
  ConstantPad1d: padding(1, "constant", { value: required }),
  ConstantPad2d: padding(2, "constant", { value: required }),
  ZeroPad1d: padding(1, "constant", {}),
  ZeroPad2d: padding(2, "constant", {}),
  ReflectionPad1d: padding(1, "reflect", {}),
  ReflectionPad2d: padding(2, "reflect", {}),
  ReplicationPad1d: padding(1, "replicate", {}),
  ReplicationPad2d: padding(2, "replicate", {}),
  Upsample: upsample({ mode: "nearest", align_corners: null }),
  UpsamplingNearest2d: upsample({}),
  UpsamplingBilinear2d: upsample({ mode: "bilinear", align_corners: true }),
  PixelShuffle: plain("pixel_shuffle", { upscale_factor: required }),
};

/** A layer by the name of its class in `torch.nn`. */
export function findStockLayer(type: string): StockLayer | undefined {
  return Object.hasOwn(known, type) ? known[type] : undefined;
}

/** All names, for messages. */
export const stockLayerNames: readonly string[] = Object.keys(known);
