/** Fully connected layers: `linear`, and `addmm`, `mm` and `matmul` with a transposed weight. */
import { isValue } from "../value.ts";
import type { ConstantTensor, Value } from "../value.ts";
import { activation, axis, constant, integer, permuted, vector } from "./arguments.ts";
import { emit, fail, refuse, required } from "./operator.ts";
import type { Operator, OperatorCall } from "./operator.ts";
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

/** Of weights only; a transposed activation would need another layout. */
const transpose: Operator = {
  parameters: { input: required, dim0: required, dim1: required },
  run: (call) => {
    const weight = call.args.input;
    if (!isValue(weight, "constant")) return refuse(call, "transposing an activation is not supported");
    const rank = weight.tensor.size.length;
    return transposed(
      weight,
      axis(call, integer(call, "dim0"), rank),
      axis(call, integer(call, "dim1"), rank),
    );
  },
};

const t: Operator = {
  parameters: { input: required },
  run: (call) => transpose.run({ ...call, args: { ...call.args, dim0: 0, dim1: 1 } }),
};

export const linears: Readonly<Record<string, Operator>> = {
  linear,
  addmm,
  mm: matmul,
  matmul,
  transpose,
  t,
};

function transposed(weight: ConstantTensor, dim0: number, dim1: number): ConstantTensor {
  const order = weight.tensor.size.map((_, index) => (index === dim0 ? dim1 : index === dim1 ? dim0 : index));
  return { ...weight, tensor: permuteTensor(weight.tensor, order) };
}

/** `weight` is (OUT, IN); the graph's (OUT, 1, 1, IN). */
function connect(call: OperatorCall, inputName: string, weight: ConstantTensor): Value {
  const input = activation(call, inputName);
  const { size } = weight.tensor;
  if (size.length !== 2) fail(call, `its weight has shape ${size.join("x")}, expected outputs x inputs`);
  const features = input.shape.at(-1) ?? 1;
  const isFlat = input.shape.length === 1 || (input.shape.length === 2 && input.shape[0] === 1);
  if (!isFlat)
    return refuse(call, `its input ${input.shape.join("x")} is not flat; put nn.Flatten before it`);
  if (features !== size[1]) {
    fail(
      call,
      `its weights are for ${size[1]} features, its input has ${features}; check the size given with --input`,
    );
  }
  const { data } = permuted(call, weight, [0, 1]);
  const constants = {
    weight: { shape: [size[0]!, 1, 1, features], data },
    bias: { shape: [size[0]!], data: vector(call, "bias", size[0]!, 0) },
  };
  return emit(call, { kind: "linear", ...constants }, [input], [...input.shape.slice(0, -1), size[0]!]);
}
