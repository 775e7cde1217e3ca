import { byteTypeOf, type ByteType } from "./byte-type.ts";
import type { ActivationFunction, Clamp, Conv2d, ConvTranspose2d, Node, Pad } from "./graph.ts";
import type { Tensor, Window } from "./graph.ts";
import { byteLimits, dequantizeValue, quantizeValue } from "./quantized.ts";

/**
 * A node in PyTorch's words, for people: `Conv2d 5×5 + ReLU + MaxPool2d 2×2`.
 *
 * In an int8 graph a limit at which bytes saturate anyway is left out, so a ReLU6 whose 6 is byte 255 reads ReLU.
 *
 * @param output The tensor it writes: says what the bytes of its limits stand for.
 */
export function describe(node: Node, output?: Tensor): string {
  const isLimited = output?.quantization !== undefined && "clamp" in node && node.clamp !== undefined;
  return inWords(isLimited ? { ...node, clamp: realLimits(node.clamp!, byteTypeOf(output)) } : node);
}

/** Of bytes, where they limit at all: 0 at the zero point, and 6 at the byte nearest to it. */
function realLimits({ min, max }: Clamp, { dtype, quantization }: ByteType): Clamp {
  const limits = byteLimits(dtype);
  const real = (byte: number): number => {
    const six = quantizeValue(6, quantization, limits);
    return byte === six ? 6 : Number(dequantizeValue(byte, quantization).toPrecision(3));
  };
  const isReLU = min === quantization.zeroPoint;
  return {
    min: isReLU ? 0 : min === limits.min ? -Infinity : real(min),
    max: max === limits.max ? Infinity : real(max),
  };
}

const weights = (bits: 4 | 1 | undefined): string => (bits ? `, ${bits}-bit weights` : "");

function inWords(node: Node): string {
  switch (node.kind) {
    case "conv2d": {
      const pool = node.pool ? ` + MaxPool2d ${size(node.pool)}` : "";
      return `Conv2d ${convolution(node)}${activation(node.clamp)}${pool}${weights(node.weightBits)}`;
    }
    case "linear":
      return `Linear${activation(node.clamp)}${weights(node.weightBits)}`;
    case "add":
      return `Add${activation(node.clamp)}`;
    case "sub":
      return `Sub${activation(node.clamp)}`;
    case "mul":
      return `Mul${activation(node.clamp)}`;
    case "activation":
      return activationNames[node.fn];
    case "softmax":
      return node.log ? "LogSoftmax" : "Softmax";
    case "clamp":
      return clampName(node.clamp) ?? "Clamp";
    case "maxPool2d":
      return `MaxPool2d ${size(node.window)}`;
    case "avgPool2d":
      return `AvgPool2d ${size(node.window)}`;
    case "adaptivePool2d":
      return `Adaptive${node.fn === "avg" ? "Avg" : "Max"}Pool2d ${node.size[0]}×${node.size[1]}`;
    case "pad":
      return padNames[node.mode];
    case "upsample":
      return `Upsample ${node.mode} to ${node.size[0]}×${node.size[1]}`;
    case "pixelShuffle":
      return `PixelShuffle ${node.factor}`;
    case "convTranspose2d":
      return `ConvTranspose2d ${convolution(node)}${activation(node.clamp)}`;
    case "batchNorm":
      return "BatchNorm2d";
    case "concat":
      return "Concat";
    case "slice":
      return "Slice";
    case "transpose":
      return "Transpose";
    case "reshape":
      return "Reshape";
    case "flatten":
      return "Flatten";
    case "identity":
      return "Identity";
  }
}

const activationNames: Readonly<Record<ActivationFunction, string>> = {
  leakyRelu: "LeakyReLU",
  prelu: "PReLU",
  elu: "ELU",
  silu: "SiLU",
  hardswish: "Hardswish",
  hardsigmoid: "Hardsigmoid",
  sigmoid: "Sigmoid",
  tanh: "Tanh",
  identity: "Requantize",
};

const padNames: Readonly<Record<Pad["mode"], string>> = {
  constant: "ConstantPad2d",
  reflect: "ReflectionPad2d",
  replicate: "ReplicationPad2d",
};

function convolution(node: Conv2d | ConvTranspose2d): string {
  const depthwise = node.groups > 1 && node.weight.shape[3] === 1;
  if (depthwise) return `${size(node.window)} depthwise`;
  return node.groups > 1 ? `${size(node.window)} in ${node.groups} groups` : size(node.window);
}

function activation(clamp: Clamp | undefined): string {
  const name = clamp && clampName(clamp);
  return name ? ` + ${name}` : "";
}

function clampName({ min, max }: Clamp): string | undefined {
  const noMax = max === Infinity || max === 255 || max === 127;
  if (min === 0 && noMax) return "ReLU";
  if (min === 0 && max === 6) return "ReLU6";
  if ((min === -Infinity || min === -128) && noMax) return undefined;
  return `Clamp [${min}, ${max}]`;
}

function size(window: Window): string {
  return `${window.kernel[0]}×${window.kernel[1]}`;
}
