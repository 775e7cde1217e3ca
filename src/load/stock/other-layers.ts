/** Layers that are more than one operator: normalisation with its weights, padding, enlarging. */
import { required } from "../aten/operator.ts";
import type { Value } from "../value.ts";
import { isValue, sequenceItems } from "../value.ts";
import type { Dimensions } from "./convolution-layers.ts";
import { callOperator, count, each, list, plain } from "./layer.ts";
import type { StockLayer } from "./layer.ts";

export function batchNorm(): StockLayer {
  const options = { num_features: null, eps: 1e-5, momentum: 0.1, affine: true, track_running_stats: true };
  return {
    ...plain("batch_norm", options),
    weights: (given) => {
      const shape = [count(given, "num_features")];
      const affine = given.affine === false ? [] : ["weight", "bias"];
      return [...affine, "running_mean", "running_var"].map((name) => ({ name, shape }));
    },
  };
}

/** One number for all sides, or [left, right, top, bottom]. */
export function padding(dimensions: Dimensions, mode: string, options: StockLayer["options"]): StockLayer {
  return {
    options: { padding: required, ...options },
    weights: () => [],
    run: ({ base, options: given, input }) => {
      const pad = sequenceItems(given.padding) ?? new Array<Value>(2 * dimensions).fill(given.padding!);
      return callOperator(base, "pad", { input, pad: list(...pad), mode, value: given.value ?? null });
    },
  };
}

export function upsample(fixed: StockLayer["options"]): StockLayer {
  return {
    options: { size: null, scale_factor: null, ...fixed },
    weights: () => [],
    run: ({ base, options, input }) => {
      const mode = typeof options.mode === "string" ? options.mode : "nearest";
      const dimensions = isValue(input, "activation") && input.shape.length === 3 ? 1 : 2;
      const scales = each(options.scale_factor, dimensions);
      const hasScale = options.scale_factor !== null && options.scale_factor !== undefined;
      return callOperator(base, `upsample_${mode}${dimensions}d`, {
        input,
        output_size:
          options.size === null || options.size === undefined
            ? null
            : list(...each(options.size, dimensions)),
        align_corners: options.align_corners === true,
        scale_factors: hasScale ? list(...scales) : null,
      });
    },
  };
}
