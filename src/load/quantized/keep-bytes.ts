/**
 * What a float operator means on bytes: PyTorch runs pools, views, clamps and some activations on quantised tensors
 * as they are, and what stands behind a dequantise is kept in bytes here too.
 */
import { isSameByteType, type ByteType } from "../../graph/byte-type.ts";
import { byteLimits, quantizeValue } from "../../graph/quantized.ts";
import { softmaxScale } from "../../graph/quantized-softmax.ts";
import type { NodeBody } from "../graph-builder.ts";
import { int8Activation, int8Clamp, int8Softmax } from "./int8-graph.ts";

/** A node in bytes, and the quantisation of its output. */
export interface KeptBytes {
  readonly body: NodeBody;
  readonly type: ByteType;
}

/**
 * The float node `body` on inputs of these types.
 *
 * @param channels Of its first input.
 * @returns undefined where the file would have to say in what scale the result is, and cannot.
 */
export function keepBytes(
  body: NodeBody,
  inputs: readonly ByteType[],
  channels: number,
): KeptBytes | undefined {
  const [input] = inputs as [ByteType];
  switch (body.kind) {
    case "maxPool2d":
    case "avgPool2d":
    case "adaptivePool2d":
    case "upsample":
    case "pixelShuffle":
    case "slice":
    case "transpose":
    case "reshape":
    case "flatten":
    case "identity":
      return { body, type: input };
    case "clamp":
      return { body: int8Clamp(body.clamp, input), type: input };
    case "pad": {
      const value = quantizeValue(body.value, input.quantization, byteLimits(input.dtype));
      return { body: { ...body, value }, type: input };
    }
    case "concat":
      return inputs.every((other) => isSameByteType(other, input)) ? { body, type: input } : undefined;
    case "activation": {
      const type = activationType(body.fn, input);
      return type && { body: int8Activation(body.fn, body.parameter, input, type), type };
    }
    case "softmax": {
      const type = body.log ? undefined : unitType(input.dtype);
      return type && { body: int8Softmax(false, channels, input, type), type };
    }
    case "conv2d":
    case "convTranspose2d":
    case "linear":
    case "batchNorm":
    case "add":
    case "sub":
    case "mul":
      return undefined;
  }
}

/** [0, 1) in 256ths. */
function unitType(dtype: ByteType["dtype"]): ByteType {
  return { dtype, quantization: { scale: softmaxScale, zeroPoint: byteLimits(dtype).min } };
}

/**
 * PyTorch's fixed quantisations (aten/src/ATen/native/quantized/cpu/: sigmoid and hardsigmoid 1/256, tanh 1/128), and
 * those of functions whose results lie where their inputs do.
 */
function activationType(
  fn: Extract<NodeBody, { kind: "activation" }>["fn"],
  input: ByteType,
): ByteType | undefined {
  switch (fn) {
    case "sigmoid":
    case "hardsigmoid":
      return unitType(input.dtype);
    case "tanh": {
      const { min } = byteLimits(input.dtype);
      return { dtype: input.dtype, quantization: { scale: 1 / 128, zeroPoint: min + 128 } };
    }
    case "leakyRelu":
    case "prelu":
    case "identity":
      return input;
    case "elu":
    case "silu":
    case "hardswish":
      return undefined;
  }
}
