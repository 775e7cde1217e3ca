/** A function of each element of a row: in int8 a look into a table of 256 bytes, in float its sequence of operations. */
import { byteLimits } from "../graph/quantized.ts";
import type { ActivationNode } from "../graph/graph.ts";
import { add, clamp, declare, div, f, load, max, min, mul, row, store, sub, v } from "../loop/build.ts";
import type { Expr } from "../loop/ir.ts";
import type { ConstantData } from "../loop/program.ts";
import { turns } from "./axis.ts";
import { constant, constantAt } from "./constants.ts";
import type { Lowered } from "./lowered.ts";
import { identifier } from "./name.ts";
import { rowStart, type RowRing } from "./ring.ts";
import { expOf, tanhOf, type Computed } from "./transcendental.ts";

export function lowerActivation(node: ActivationNode, input: RowRing, output: RowRing): Lowered {
  const { shape, dtype } = input.tensor;
  const table = dtype === "f32" ? slopes(node) : constant(node.name, "table", node.table!);
  const element = (at: Expr, to: Expr, channel: Expr | undefined) => {
    const x = load(input.buffer, add(rowStart(input, row), at));
    const { lets, value } = table
      ? dtype === "f32"
        ? functionOf(node, x, constantAt(table, channel ?? f(0)))
        : looked(table, byteLimits(dtype).min, x, channel)
      : functionOf(node, x, f(0));
    return [...lets, store(output.buffer, add(rowStart(output, row), to), value)];
  };
  const perChannel = node.parameter.length > 1;
  const body =
    perChannel || output.pixelPitch !== shape.c
      ? turns("px", shape.w, (px) =>
          turns("oc", shape.c, (oc) =>
            element(
              add(mul(px, shape.c), oc),
              add(mul(px, output.pixelPitch), oc),
              perChannel ? oc : undefined,
            ),
          ),
        )
      : turns("px", output.rowLength, (px) => element(px, px, undefined));
  return {
    kernel: { name: identifier(node.name), layer: node.name, body },
    constants: table && table.data.length > 1 ? [table] : [],
  };
}

function slopes({ name, parameter }: ActivationNode): ConstantData | undefined {
  return parameter.length === 0 ? undefined : constant(name, "parameter", parameter);
}

/** Entry x − lowest of the table, or of the channel's table. */
function looked(table: ConstantData, lowest: number, x: Expr, channel: Expr | undefined): Computed {
  const entry = sub(x, lowest);
  return { lets: [], value: load(table.buffer, channel ? add(mul(channel, 256), entry) : entry) };
}

const zero = f(0);
const one = f(1);

/** The same sequences as `applyActivation` of `graph/activation-function.ts`. */
function functionOf({ fn }: ActivationNode, element: Expr, parameter: Expr): Computed {
  const x = v("x", "f32");
  const relu6 = clamp(add(x, f(3)), zero, f(6));
  const { lets, value } = ((): Computed => {
    switch (fn) {
      case "leakyRelu":
      case "prelu":
        return { lets: [], value: add(max(x, zero), mul(parameter, min(x, zero))) };
      case "elu":
        return elu(x, parameter);
      case "silu":
        return over(x, x);
      case "hardswish":
        return { lets: [], value: div(mul(x, relu6), f(6)) };
      case "hardsigmoid":
        return { lets: [], value: div(relu6, f(6)) };
      case "sigmoid":
        return over(one, x);
      case "tanh":
        return tanhOf(x);
      case "identity":
        return { lets: [], value: x };
    }
  })();
  return { lets: [declare("x", element), ...lets], value };
}

/** numerator / (1 + e^−x) */
function over(numerator: Expr, x: Expr): Computed {
  const { lets, value } = expOf(sub(zero, x));
  return { lets, value: div(numerator, add(one, value)) };
}

function elu(x: Expr, alpha: Expr): Computed {
  const half = tanhOf(mul(min(x, zero), f(0.5)));
  const t = v("half", "f32");
  return {
    lets: [...half.lets, declare("half", half.value)],
    value: add(max(x, zero), mul(alpha, div(add(t, t), sub(one, t)))),
  };
}
