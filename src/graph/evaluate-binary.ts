import type { Activation } from "./activation.ts";
import type { Add, Mul, Sub, Tensor } from "./graph.ts";
import { byteLimits, requantizeSum, rescale } from "./quantized.ts";

/** Meaning of sum, difference and product, the right operand repeated over space and channels where it is smaller. */
export function evaluateBinary(
  node: Add | Sub | Mul,
  [a, b]: readonly [Activation, Activation],
  [left, right]: readonly [Tensor, Tensor],
  output: Tensor,
  y: Activation,
): void {
  const isFloat = output.dtype === "f32";
  const { min, max } = node.clamp ?? byteLimitsOf(output);
  const of = isFloat ? floatOf(node) : integerOf(node, left, right, output);
  for (let i = 0; i < y.length; i++) y[i] = Math.min(Math.max(of(a[i]!, b[i % b.length]!), min), max);
}

function byteLimitsOf({ dtype }: Tensor) {
  return dtype === "f32" ? { min: -Infinity, max: Infinity } : byteLimits(dtype);
}

type Operation = (a: number, b: number) => number;

function floatOf(node: Add | Sub | Mul): Operation {
  switch (node.kind) {
    case "add":
      return (a, b) => Math.fround(a + b);
    case "sub":
      return (a, b) => Math.fround(a - b);
    case "mul":
      return (a, b) => Math.fround(a * b);
  }
}

function integerOf(node: Add | Sub | Mul, ...tensors: readonly [Tensor, Tensor, Tensor]): Operation {
  const [left, right, out] = tensors.map((t) => t.quantization!.zeroPoint) as [number, number, number];
  switch (node.kind) {
    case "add":
      return (a, b) => out + requantizeSum(a - left, b - right, node.requantize!);
    case "sub":
      return (a, b) => out + requantizeSum(a - left, right - b, node.requantize!);
    case "mul":
      return (a, b) => out + rescale((a - left) * (b - right), node.requantize!);
  }
}
