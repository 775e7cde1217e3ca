/** Convolutions as layers: their weights' shapes, and padding that is not zeros. */
import type { Value } from "../value.ts";
import { isValue } from "../value.ts";
import { callOperator, count, each, list, plain } from "./layer.ts";
import type { LayerCall, Options, StockLayer, WeightShape } from "./layer.ts";

export type Dimensions = 1 | 2;

const convolutionOptions: StockLayer["options"] = {
  in_channels: null,
  out_channels: null,
  kernel_size: null,
  stride: 1,
  padding: 0,
};

export function convolution(dimensions: Dimensions): StockLayer {
  return {
    options: { ...convolutionOptions, dilation: 1, groups: 1, bias: true, padding_mode: "zeros" },
    weights: (options) => {
      const outputs = count(options, "out_channels");
      const [inputs, groups] = [count(options, "in_channels"), count(options, "groups") ?? 1];
      const shape = [
        outputs,
        inputs === null ? null : inputs / groups,
        ...each(options.kernel_size, dimensions),
      ];
      return [{ name: "weight", shape }, ...biasOf(options, outputs)];
    },
    run: (layer) => convolve(layer, dimensions),
  };
}

/** Padding modes other than zeros pad first, as PyTorch does. */
function convolve({ base, options, weights, input }: LayerCall, dimensions: Dimensions): Value {
  const mode = options.padding_mode ?? "zeros";
  const given = { ...options, bias: null, ...weights };
  if (mode === "zeros") return callOperator(base, `conv${dimensions}d`, { ...given, input });
  const amounts = around(options, weights, dimensions);
  const padded = callOperator(base, "pad", { input, pad: list(...amounts), mode });
  return callOperator(base, `conv${dimensions}d`, { ...given, padding: 0, input: padded });
}

/** PyTorch's `_reversed_padding_repeated_twice`: before and after of the last dimension, then of the one before. */
function around(options: Options, weights: Options, dimensions: Dimensions): readonly number[] {
  const { weight } = weights;
  const kernel = isValue(weight, "constant") ? weight.tensor.size.slice(2) : [];
  const dilation = each(options.dilation, dimensions);
  const numbers = each(options.padding, dimensions);
  return kernel
    .map((extent, index): readonly number[] => {
      if (options.padding !== "same") return [numbers[index] ?? 0, numbers[index] ?? 0];
      const total = (dilation[index] ?? 1) * (extent - 1);
      return [Math.floor(total / 2), total - Math.floor(total / 2)];
    })
    .toReversed()
    .flat();
}

export function transposedConvolution(dimensions: Dimensions): StockLayer {
  const operator = `conv_transpose${dimensions}d`;
  return {
    ...plain(operator, { ...convolutionOptions, output_padding: 0, groups: 1, bias: true, dilation: 1 }),
    weights: (options) => {
      const [outputs, groups] = [count(options, "out_channels"), count(options, "groups") ?? 1];
      const share = outputs === null ? null : outputs / groups;
      const shape = [count(options, "in_channels"), share, ...each(options.kernel_size, dimensions)];
      return [{ name: "weight", shape }, ...biasOf(options, outputs)];
    },
  };
}

/** None where the layer says `bias: false`. */
export function biasOf(options: Options, channels: number | null): readonly WeightShape[] {
  return options.bias === false ? [] : [{ name: "bias", shape: [channels] }];
}
