/** From the names of `torch.export` programs to the operators of `aten/`; and the few that only exporting makes. */
import { normalizations } from "../aten/normalization.ts";
import { required } from "../aten/operator.ts";
import type { Operator } from "../aten/operator.ts";
import { findOperator } from "../aten/table.ts";

export interface NamedOperator {
  /** For messages and names of layers. */
  readonly name: string;
  /** Undefined where it is not supported. */
  readonly operator: Operator | undefined;
}

/** Decomposed and renamed forms whose parameters come in the order of the operators they stand for. */
const aliases: Readonly<Record<string, string>> = {
  _adaptive_avg_pool2d: "adaptive_avg_pool2d",
  _native_batch_norm_legit: "batch_norm",
  _native_batch_norm_legit_functional: "batch_norm",
  native_batch_norm: "batch_norm",
  native_dropout: "dropout",
  max_pool2d_with_indices: "max_pool2d",
  _unsafe_view: "view",
  _to_copy: "to",
  lift_fresh_copy: "clone",
  sym_size: "size",
  sym_numel: "numel",
  getitem: "__getitem__",
  truediv: "div",
  mod: "remainder",
  sym_float: "Float",
};

/** Parameters (input, weight, bias, mean, variance, momentum, eps). */
const batchNormInference: Operator = {
  parameters: {
    input: required,
    weight: null,
    bias: null,
    running_mean: required,
    running_var: required,
    momentum: 0.1,
    eps: 1e-5,
  },
  run: (call) =>
    normalizations.batch_norm!.run({
      ...call,
      operation: "batch_norm",
      args: { ...call.args, training: false, cudnn_enabled: true },
    }),
};

/** Checks of shapes and types, which exporting wrote down as it found them. */
const check: Operator = { parameters: {}, acceptsUnknown: true, run: () => null };

const checks = /^_assert|^sym_constrain_range|^_set_grad_enabled$/;

/** The operator behind `torch.ops.aten.conv2d.default`, `_operator.mul` and the like. */
export function operatorNamed(target: string): NamedOperator {
  const [, space, short] = /^(?:torch\.ops\.)?(\w+)\.(\w+)(?:\.\w+)?$/.exec(target) ?? [];
  if (space === undefined || short === undefined) return { name: target, operator: findOperator(target) };
  if (checks.test(short)) return { name: short, operator: check };
  if (short === "_native_batch_norm_legit_no_training")
    return { name: "batch_norm", operator: batchNormInference };
  const isPlain = ["aten", "_operator", "torch"].includes(space);
  const name = isPlain ? (aliases[short] ?? short) : `${space}.${short}`;
  return { name, operator: findOperator(name) };
}
