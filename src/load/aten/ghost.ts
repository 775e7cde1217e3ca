/**
 * The shape of what an unsupported operator would have given, where that is plain to see: with it the evaluator goes
 * on as if the operator were there, and finds what else is unsupported. Never part of a graph that is returned.
 */
import { isValue, sequenceItems } from "../value.ts";
import type { Activation, Value } from "../value.ts";

const sameShape =
  /^(leaky_relu|elu|selu|celu|silu|gelu|mish|hardswish|hardsigmoid|sigmoid|log_sigmoid|tanh|prelu|rrelu|softplus|softmax|log_softmax|abs|exp|sqrt|square|layer_norm|group_norm|instance_norm|mul|sub|div|to|quantize_per_tensor|dequantize)_?$/;

/** PyTorch's shape of the result of the operator `name`, or undefined. */
export function guessShape(name: string, positional: readonly Value[]): readonly number[] | undefined {
  const [first, second] = positional;
  if (isValue(first, "activation")) {
    if (sameShape.test(name)) return first.shape;
    return name === "pad" || name === "constant_pad_nd" ? paddedShape(first.shape, second) : undefined;
  }
  return name === "cat" ? joinedShape(sequenceItems(first) ?? [], second ?? 0) : undefined;
}

/** [left, right, top, bottom, ...]: pairs from the last dimension on. */
function paddedShape(shape: readonly number[], padding: Value | undefined): readonly number[] | undefined {
  const amounts = (sequenceItems(padding) ?? []).map(Number);
  const padded = shape.map((extent, index) => {
    const at = (shape.length - 1 - index) * 2;
    return extent + (amounts[at] ?? 0) + (amounts[at + 1] ?? 0);
  });
  return padded.every((extent) => Number.isSafeInteger(extent) && extent > 0) ? padded : undefined;
}

function joinedShape(parts: readonly Value[], along: Value): readonly number[] | undefined {
  const tensors = parts.filter((part): part is Activation => isValue(part, "activation"));
  const [first] = tensors;
  if (!first || tensors.length !== parts.length || typeof along !== "number") return undefined;
  const axis = along < 0 ? along + first.shape.length : along;
  if (axis === 0) return undefined;
  return first.shape.map((extent, index) =>
    index === axis ? tensors.reduce((sum, { shape }) => sum + (shape[index] ?? 0), 0) : extent,
  );
}
