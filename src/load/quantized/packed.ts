/**
 * PyTorch's packed parameters: a quantised layer's weight and bias with its window, as `torch.classes.quantized`
 * saves them.
 *
 * Source: aten/src/ATen/native/quantized/cpu/conv_serialization.h (versions 2 and 3), fbgemm_utils.cpp (linear).
 */
import { CompileError } from "../../error.ts";
import { isValue, sequenceItems } from "../value.ts";
import type { ConstantTensor, PackedLayer, Value } from "../value.ts";
import type { WeightReader } from "../weights.ts";

/** What a convolution's packed parameters say besides weight and bias. */
export interface PackedWindow {
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
  readonly groups: number;
  readonly isTransposed: boolean;
}

/** The value of an object of `torch.classes.quantized`; undefined where it is none that is known. */
export function unpack(type: string, state: Value, path: string): PackedLayer | undefined {
  const items = sequenceItems(state);
  if (!items) return undefined;
  switch (type) {
    case "LinearPackedParamsBase": {
      const [weight, bias] = items;
      return packedOf(path, weight, bias, null);
    }
    case "Conv2dPackedParamsBase": {
      const [version, first, second] = items;
      const tensors = sequenceItems(version === 3 ? second : first);
      const optional = sequenceItems(second);
      if (version === "2" && tensors) return packedOf(path, tensors[1], optional?.[0], tensors[0] ?? null);
      return version === 3 && tensors ? packedOf(path, tensors[1], tensors[2], first ?? null) : undefined;
    }
    default:
      return undefined;
  }
}

function packedOf(
  path: string,
  weight: Value | undefined,
  bias: Value | undefined,
  window: Value,
): PackedLayer | undefined {
  if (!isValue(weight, "constant")) return undefined;
  return { kind: "packed", path, weight, bias: isValue(bias, "constant") ? bias : null, window };
}

/**
 * Dimensions, stride, padding, dilation, output padding, groups and flags (bit 0: transposed), each of the first four
 * as many numbers as there are dimensions.
 *
 * @throws CompileError where the numbers are not these.
 */
export function readPackedWindow({ path, window }: PackedLayer, weights: WeightReader): PackedWindow {
  const numbers = isValue(window, "constant") ? readAll(window, weights) : sequenceItems(window);
  const [rank, ...rest] = (numbers ?? []).filter((item) => typeof item === "number");
  if (rank === undefined || rank < 1 || rank > 2 || rest.length !== 4 * rank + 2)
    throw new CompileError(`${path}: its packed parameters are not those of a 1-D or 2-D convolution`);
  const part = (index: number): readonly number[] => rest.slice(index * rank, (index + 1) * rank);
  const [groups, flags] = rest.slice(4 * rank) as [number, number];
  return {
    stride: part(0),
    padding: part(1),
    dilation: part(2),
    groups,
    isTransposed: (flags & 1) !== 0,
  };
}

function readAll({ tensor, name }: ConstantTensor, weights: WeightReader): readonly number[] {
  return Array.from(weights.read(tensor, name));
}
