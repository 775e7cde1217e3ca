/** Add, Sub, Mul and Div of activations with one another and with known arrays. */
import type { NodeBody } from "../../graph-builder.ts";
import { channelsAt, conform, rename } from "../../aten/forms.ts";
import { emit, fail, refuse } from "../../aten/operator.ts";
import { repeatTo } from "../../aten/pointwise.ts";
import type { Activation } from "../../value.ts";
import { broadcastShape, makeArray } from "../array.ts";
import { integerAttribute, type OnnxCall, type OnnxOperator } from "../call.ts";
import { describeOnnxValue, isArray, type ArrayValue, type OnnxValue } from "../value.ts";
import { affine, align, misfit } from "./affine.ts";
import { fusedProduct } from "./origins.ts";
import { foldEach, foldPairs } from "./known.ts";

type Kind = "add" | "sub" | "mul" | "div";

const operations: Readonly<Record<Kind, (a: number, b: number) => number>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
};

function binary(kind: Kind): OnnxOperator {
  const fold: OnnxOperator["fold"] = (call, inputs) => {
    const isWhole =
      kind === "div" && inputs[0] !== undefined && !["f32", "f64", "f16", "bf16"].includes(inputs[0].type);
    return foldPairs(isWhole ? (a, b) => Math.trunc(a / b) : operations[kind])(call, inputs);
  };
  return { fold, run: (call) => combine({ ...call, operation: kind }, kind, call.inputs[0], call.inputs[1]) };
}

const sum: OnnxOperator = {
  run: (given) => {
    const call = { ...given, operation: "add" };
    return call.inputs
      .slice(1)
      .reduce<OnnxValue>((total, next) => combine(call, "add", total, next), call.inputs[0]!);
  },
};

const negate: OnnxOperator = {
  fold: foldEach((x) => -x),
  run: (given) => {
    const call = { ...given, operation: "neg" };
    return combine(call, "mul", call.inputs[0], makeArray("-1", "f32", [], Float32Array.of(-1)));
  },
};

export const arithmetics: Readonly<Record<string, OnnxOperator>> = {
  Add: binary("add"),
  Sub: binary("sub"),
  Mul: binary("mul"),
  Div: binary("div"),
  Sum: sum,
  Neg: negate,
};

/** One of the four, of activations or known arrays. */
export function combine(
  call: OnnxCall,
  kind: Kind,
  left: OnnxValue | undefined,
  right: OnnxValue | undefined,
): OnnxValue {
  if (left?.kind === "activation" && isArray(right))
    return withConstant(call, kind, left, oldBroadcast(call, left, right), false);
  if (isArray(left) && right?.kind === "activation") return withConstant(call, kind, right, left, true);
  if (left?.kind !== "activation" || right?.kind !== "activation")
    return refuse(call, `combines ${describeOnnxValue(left)} and ${describeOnnxValue(right)}`);
  if (kind === "div") return refuse(call, "dividing by an activation is not supported; only by a constant");
  return (kind === "mul" && fusedProduct(call, left, right)) || between(call, kind, left, right);
}

/** Before opset 7 the attribute `axis` says which dimension of the left the right one's first is. */
function oldBroadcast(call: OnnxCall, left: Activation, right: ArrayValue): ArrayValue {
  if (call.opset >= 7 || !call.node.attributes.has("axis")) return right;
  const after = left.shape.length - integerAttribute(call, "axis", 0) - right.shape.length;
  return after > 0 ? { ...right, shape: [...right.shape, ...new Array<number>(after).fill(1)] } : right;
}

function withConstant(
  call: OnnxCall,
  kind: Kind,
  input: Activation,
  array: ArrayValue,
  isLeft: boolean,
): OnnxValue {
  if (kind === "div" && isLeft) return refuse(call, "dividing a constant by an activation is not supported");
  const aligned = align(call, input, array);
  if (!aligned) return misfit(call, input, array);
  switch (kind) {
    case "add":
      return affine(
        call,
        aligned,
        () => 1,
        (v) => v,
      );
    case "sub":
      return isLeft
        ? affine(
            call,
            aligned,
            () => -1,
            (v) => v,
          )
        : affine(
            call,
            aligned,
            () => 1,
            (v) => -v,
          );
    case "mul":
      return affine(
        call,
        aligned,
        (v) => v,
        () => 0,
      );
    case "div":
      return affine(
        call,
        aligned,
        (v) => 1 / v,
        () => 0,
      );
  }
}

/** The second operand repeated over what the first has more of: over space for free, else by a node of its own. */
function between(call: OnnxCall, kind: Exclude<Kind, "div">, left: Activation, right: Activation): OnnxValue {
  const body: NodeBody = { kind };
  const shape = broadcastShape(left.shape, right.shape);
  if (!shape) return fail(call, `combines tensors of ${left.shape.join("x")} and ${right.shape.join("x")}`);
  const [a, b] = [padded(left, shape.length), padded(right, shape.length)];
  if (a.shape.join() === b.shape.join()) return emit(call, body, [a, conform(call, b, a.axes)]);
  if (b.shape.join() === shape.join() && a.shape.join() !== shape.join()) {
    if (kind !== "sub") return between(call, kind, right, left);
    return between(call, "sub", repeated(call, a, b), b);
  }
  const large = a.shape.join() === shape.join() ? a : repeated(call, a, { ...b, shape });
  const long = b.shape.flatMap((extent, dim) => (extent === 1 ? [] : [dim]));
  if (long.length === 0) return emit(call, body, [large, b]);
  if (long.length > 1) return emit(call, body, [large, repeated(call, b, large)]);
  return emit(call, body, [channelsAt(call, large, long[0]!), channelsAt(call, b, long[0]!)]);
}

function repeated(call: OnnxCall, small: Activation, like: Activation): Activation {
  return repeatTo(call, conform(call, small, like.axes), like.shape, like.axes);
}

/** Dimensions of extent 1 in front, up to `rank`. */
function padded(input: Activation, rank: number): Activation {
  const missing = rank - input.shape.length;
  if (missing === 0) return input;
  const ones = new Array<number>(missing).fill(1);
  return rename(input, { shape: [...ones, ...input.shape], axes: [...ones.map(() => null), ...input.axes] });
}
