/** Fully connected layers: `linear`, and `addmm`, `mm` and `matmul` with a weight. */
import { isValue } from "../value.ts";
import type { ConstantTensor, Value } from "../value.ts";
import { imageOf } from "../layout.ts";
import { activation, constant, permuted, vector } from "./arguments.ts";
import { channelsAt } from "./forms.ts";
import { emit, fail, refuse, required } from "./operator.ts";
import type { Operator, OperatorCall } from "./operator.ts";
import { sideBySide } from "./pooling.ts";
import { permuteTensor } from "../tensor.ts";

const linear: Operator = {
  parameters: { input: required, weight: required, bias: null },
  run: (call) => connect(call, "input", constant(call, "weight")),
};

/** beta × input + alpha × mat1 mat2: a linear layer whose bias is `input` and whose weight is `mat2`, transposed. */
const addmm: Operator = {
  parameters: { input: required, mat1: required, mat2: required, beta: 1, alpha: 1 },
  run: (call) => {
    if (call.args.beta !== 1 || call.args.alpha !== 1)
      return refuse(call, "addmm is supported with beta and alpha 1 only");
    const args = { ...call.args, bias: call.args.input! };
    return connect({ ...call, operation: "linear", args }, "mat1", transposed(constant(call, "mat2"), 0, 1));
  },
};

const matmul: Operator = {
  parameters: { input: required, other: required },
  run: (call) => {
    const isWeight = isValue(call.args.other, "constant") && call.args.other.tensor.size.length === 2;
    if (!isWeight) return refuse(call, "a product of two tensors is not supported; only input x weight is");
    const args = { ...call.args, bias: null };
    return connect(
      { ...call, operation: "linear", args },
      "input",
      transposed(constant(call, "other"), 0, 1),
    );
  },
};

export const linears: Readonly<Record<string, Operator>> = { linear, addmm, mm: matmul, matmul };

/** The weight with two dimensions swapped; no data moves. */
export function transposed(weight: ConstantTensor, dim0: number, dim1: number): ConstantTensor {
  const order = weight.tensor.size.map((_, index) => (index === dim0 ? dim1 : index === dim1 ? dim0 : index));
  return { ...weight, tensor: permuteTensor(weight.tensor, order) };
}

/**
 * `weight` is (OUT, IN) and multiplies the last dimension. On a vector it is a linear layer with weights (OUT, 1, 1, IN);
 * where there are other dimensions it is a 1×1 convolution.
 */
function connect(call: OperatorCall, inputName: string, weight: ConstantTensor): Value {
  const given = activation(call, inputName);
  const [outputs, features] = weight.tensor.size;
  if (weight.tensor.size.length !== 2 || outputs === undefined || features === undefined)
    return fail(call, `its weight has shape ${weight.tensor.size.join("x")}, expected outputs x inputs`);
  const rank = given.shape.length;
  if ((given.shape.at(-1) ?? 1) !== features) {
    fail(
      call,
      `its weights are for ${features} features, its input has ${given.shape.at(-1)}; check the size given with --input`,
    );
  }
  const input = channelsAt(call, given, rank - 1);
  const { data } = permuted(call, weight, [0, 1]);
  const constants = {
    weight: { shape: [outputs, 1, 1, features], data },
    bias: { shape: [outputs], data: vector(call, "bias", outputs, 0) },
  };
  const { h, w } = imageOf(input);
  if (h === 1 && w === 1) return emit(call, { kind: "linear", ...constants }, [input]);
  return emit(call, { kind: "conv2d", window: sideBySide([1, 1]), groups: 1, ...constants }, [input]);
}
