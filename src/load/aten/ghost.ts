/**
 * The shape of what an unsupported operator would have given, where that is plain to see: with it the evaluator goes
 * on as if the operator were there, and finds what else is unsupported. Never part of a graph that is returned.
 */
import { isValue } from "../value.ts";
import type { Value } from "../value.ts";

const sameShape =
  /^(selu|celu|gelu|mish|log_sigmoid|rrelu|softplus|softsign|threshold|abs|exp|log|sqrt|rsqrt|sin|cos|layer_norm|group_norm|instance_norm|quantize_per_tensor|dequantize|fake_quantize_per_tensor_affine|fft_fft|cumsum|round|floor|roll|flip)_?$/;

/** PyTorch's shape of the result of the operator `name`, or undefined. */
export function guessShape(name: string, positional: readonly Value[]): readonly number[] | undefined {
  const [first] = positional;
  return isValue(first, "activation") && sameShape.test(name) ? first.shape : undefined;
}
