/** Sums, differences, products and quotients where at least one operand is an activation. */
import { axisAt, imageOf } from "../layout.ts";
import type { Axis } from "../layout.ts";
import { describeValue, isValue } from "../value.ts";
import type { Activation, ConstantTensor, Value } from "../value.ts";
import { activation, scalar } from "./arguments.ts";
import { channelsAt, conform, rename } from "./forms.ts";
import { emit, fail, refuse } from "./operator.ts";
import type { OperatorCall } from "./operator.ts";
import { repeatTo, scaleChannels } from "./pointwise.ts";

export type Arithmetic = "add" | "sub" | "mul" | "div";

/** Whether an operand is a tensor the result of which is one too. */
export function hasActivation({ args }: OperatorCall): boolean {
  return isValue(args.input, "activation") || isValue(args.other, "activation");
}

/** `input` and `other` combined; `other` times `alpha` where there is one. */
export function combine(call: OperatorCall, what: Arithmetic): Value {
  const { input, other } = call.args;
  const alpha = call.args.alpha === undefined ? 1 : scalar(call, "alpha");
  if (alpha === undefined) return fail(call, `alpha is ${describeValue(call.args.alpha)}, expected a number`);
  if (!isValue(other, "activation"))
    return combineConstant(call, activation(call, "input"), "other", what, alpha);
  const right = activation(call, "other");
  if (!isValue(input, "activation")) {
    if (what === "div") return refuse(call, "dividing by an activation is not supported; multiply instead");
    const negated =
      what === "sub" ? scale(call, right, -alpha) : what === "add" ? scale(call, right, alpha) : right;
    return combineConstant(call, negated, "input", what === "sub" ? "add" : what, 1);
  }
  if (what === "div") return refuse(call, "dividing by an activation is not supported; multiply instead");
  return combineActivations(call, activation(call, "input"), scale(call, right, alpha), what);
}

function scale(call: OperatorCall, input: Activation, factor: number): Activation {
  if (factor === 1) return input;
  const { c } = imageOf(input);
  return scaleChannels(call, input, new Float32Array(c).fill(factor), new Float32Array(c));
}

/** A constant is one number, or one a channel: then a depthwise convolution scales and shifts. */
function combineConstant(
  call: OperatorCall,
  input: Activation,
  name: "input" | "other",
  what: Arithmetic,
  alpha: number,
): Value {
  const number = scalar(call, name);
  const constant = call.args[name];
  const found = number === undefined ? spreadOver(call, input, constant) : { input, numbers: [number] };
  if (!found)
    return refuse(
      call,
      `combines an activation and ${describeValue(constant)}, which is neither a number nor one number a channel`,
    );
  const channels = Math.max(imageOf(found.input).c, found.numbers.length);
  const operand = Float32Array.from({ length: channels }, (_, c) => found.numbers[c] ?? found.numbers[0]!);
  if (what === "div" && operand.includes(0)) return refuse(call, "divides by zero");
  const isFactor = what === "mul" || what === "div";
  const sign = what === "sub" ? -alpha : alpha;
  const factor = operand.map((value) => (what === "mul" ? value : what === "div" ? 1 / value : 1));
  const shift = operand.map((value) => (isFactor ? 0 : sign * value));
  if (factor.every((value) => value === 1) && shift.every((value) => value === 0))
    return emit(call, { kind: "identity" }, [found.input]);
  return scaleChannels(call, found.input, factor, shift);
}

/** The activation with the constant's one long dimension as its channels, and the constant's numbers. */
function spreadOver(
  call: OperatorCall,
  input: Activation,
  constant: Value | undefined,
): { readonly input: Activation; readonly numbers: Float32Array } | undefined {
  if (!isValue(constant, "constant")) return undefined;
  const numbers = readNumbers(call, constant);
  const { size } = constant.tensor;
  const long = size.flatMap((extent, dim) => (extent === 1 ? [] : [dim - size.length]));
  const [fromEnd] = long;
  if (long.length !== 1 || fromEnd === undefined || -fromEnd > input.shape.length) return undefined;
  const dim = input.shape.length + fromEnd;
  const extent = input.shape[dim]!;
  if (extent !== numbers.length && !(extent === 1 && axisAt(input, dim) === "c")) {
    return fail(call, `combines ${input.shape.join("x")} and ${size.join("x")}; check --input`);
  }
  if (extent !== 1) return { input: channelsAt(call, input, dim), numbers };
  const axes = input.axes.map((axis, index): Axis => (index === dim ? "c" : axis));
  return { input: rename(input, { shape: input.shape, axes }), numbers };
}

function readNumbers(call: OperatorCall, { tensor, name }: ConstantTensor): Float32Array {
  return call.context.weights.read(tensor, name);
}

/** PyTorch's broadcasting: dimensions are matched from the last, and those of 1 repeated. */
function combineActivations(
  call: OperatorCall,
  left: Activation,
  right: Activation,
  what: "add" | "sub" | "mul",
): Value {
  const rank = Math.max(left.shape.length, right.shape.length);
  const [a, b] = [widen(left, rank), widen(right, rank)];
  const extents = a.shape.map((extent, dim) => Math.max(extent, b.shape[dim]!));
  const fits = (one: Activation): boolean =>
    one.shape.every((size, dim) => size === 1 || size === extents[dim]);
  if (!fits(a) || !fits(b)) {
    return fail(
      call,
      `combines tensors of ${left.shape.join("x")} and ${right.shape.join("x")}; check --input`,
    );
  }
  const axes = commonAxes(a, b);
  if (!axes)
    return refuse(call, `combines ${left.shape.join("x")} and ${right.shape.join("x")}; not supported`);
  const first = rename(a, { shape: a.shape, axes });
  const second = conform(call, b, axes);
  const isWhole = (one: Activation): boolean => one.shape.join() === extents.join();
  const canSwap = what !== "sub" && !isWhole(first) && isWhole(second);
  const [x, y] = canSwap ? [second, first] : [first, second];
  const whole = isWhole(x) ? x : repeatTo(call, x, extents, axes);
  const { h, w, c } = imageOf(y);
  const mayRepeat = h === 1 && w === 1 && (c === 1 || c === imageOf(whole).c);
  const operand = isWhole(y) || mayRepeat ? y : repeatTo(call, y, extents, axes);
  return emit(call, { kind: what }, [whole, operand]);
}

function widen(input: Activation, rank: number): Activation {
  const missing = rank - input.shape.length;
  const shape = [...new Array<number>(missing).fill(1), ...input.shape];
  return rename(input, { shape, axes: [...new Array<Axis>(missing).fill(null), ...input.axes] });
}

/** Where both lie: the first's axes, and for dimensions only the second has, any that are free. */
function commonAxes(a: Activation, b: Activation): readonly Axis[] | undefined {
  const axes: Axis[] = a.axes.map((axis, dim) => (a.shape[dim] === 1 ? null : axis));
  for (const [dim, extent] of b.shape.entries()) {
    if (axes[dim] !== null || extent === 1) continue;
    const own = b.axes[dim] ?? null;
    const axis = own && !axes.includes(own) ? own : axisAt({ shape: a.shape, axes }, dim);
    if (axis === undefined) return undefined;
    axes[dim] = axis;
  }
  return axes;
}
