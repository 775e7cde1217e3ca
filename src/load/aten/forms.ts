/** Brings activations into the form an operator needs: renames dimensions where that is enough, moves data where not. */
import type { AxisName } from "../../graph/graph.ts";
import { axisAt, canonicalOrder, freshAxes, imageOf, isInOrder, longAxes, spread } from "../layout.ts";
import type { Axis, Form } from "../layout.ts";
import { isValue } from "../value.ts";
import type { Activation, Value } from "../value.ts";
import { emit, fail, refuse } from "./operator.ts";
import type { OperatorCall } from "./operator.ts";

/** The same numbers under other dimensions. */
export function rename(input: Activation, form: Form): Activation {
  return { ...input, ...form };
}

/** The same tensor with its dimensions on these axes; transposes the image where they are on others. */
export function conform(call: OperatorCall, input: Activation, wanted: readonly Axis[]): Activation {
  const fits = input.shape.every((extent, dim) => extent === 1 || input.axes[dim] === wanted[dim]);
  if (fits) return rename(input, { shape: input.shape, axes: wanted });
  const source = new Map<AxisName, AxisName>();
  input.shape.forEach((extent, dim) => {
    const [from, to] = [input.axes[dim], wanted[dim]];
    if (extent === 1) return;
    if (!from || !to) fail(call, `has a batch of ${extent} (${input.shape.join("x")}); only 1 is supported`);
    source.set(to, from);
  });
  const used = new Set(source.values());
  const free = canonicalOrder.filter((axis) => !used.has(axis));
  const order = (["h", "w", "c"] as const).map((axis) => source.get(axis) ?? free.shift()!);
  const body = { kind: "transpose", order } as const;
  return emit({ ...call, operation: "transpose" }, body, [input], { shape: input.shape, axes: wanted });
}

/** The tensor with its channels in dimension `dim`, its other dimensions wherever they are. */
export function channelsAt(call: OperatorCall, input: Activation, dim: number): Activation {
  if (input.axes[dim] === "c") return input;
  const axis = axisAt(input, dim);
  if (axis === undefined) return fail(call, `has more than 3 dimensions (${input.shape.join("x")})`);
  const wanted = input.axes.map((own, index): Axis => (index === dim ? "c" : own === "c" ? axis : own));
  return conform(call, input, wanted);
}

/**
 * An image (1,C,H,W) for operators over 2 dimensions, or a signal (1,C,L) for those over 1, with its channels first;
 * one dimension less in a network without a batch.
 */
export function spatialInput(call: OperatorCall, input: Activation, dimensions: 1 | 2): Activation {
  const { shape, axes } = input;
  const wanted = canonicalOrder.slice(0, dimensions + 1);
  const isPlain =
    shape.length === dimensions + 1 &&
    !(call.context.builder.isBatched && axes[0] === null && shape[0] === 1);
  if (isPlain) return conform(call, input, wanted);
  if (shape.length === dimensions + 2 && shape[0] === 1) return conform(call, input, [null, ...wanted]);
  const expected = dimensions === 2 ? "an image of 1xCxHxW" : "a signal of 1xCxL";
  const numbers = dimensions === 2 ? "four" : "three";
  return fail(
    call,
    `needs ${expected}, its input is ${shape.join("x")}; pass --input with ${numbers} numbers`,
  );
}

/** `view`: the numbers in PyTorch's order, read under another shape of as many elements. */
export function reshapeTo(call: OperatorCall, input: Activation, shape: readonly number[]): Value {
  if (shape.join() === input.shape.join()) return emit(call, { kind: "identity" }, [input]);
  const isLong = (extent: number): boolean => extent !== 1;
  if (shape.filter(isLong).join() === input.shape.filter(isLong).join()) {
    return rename(input, { shape, axes: spread(shape, longAxes(input)) });
  }
  if (shape.length > 1 && shape[0] !== 1 && input.shape[0] === 1) {
    fail(
      call,
      `makes a batch of ${shape[0]} (${shape.join("x")}) of one input ${input.shape.join("x")}; ` +
        "check the size given with --input, and flatten with torch.flatten(x, 1)",
    );
  }
  const axes = freshAxes(shape);
  if (!axes) {
    const sizes = `${input.shape.join("x")} to ${shape.join("x")}`;
    return refuse(call, `reshaping ${sizes} is not supported; use at most 3 dimensions longer than 1`);
  }
  const ordered = inCanonicalOrder(call, input);
  if (shape.filter(isLong).length <= 1) {
    const asChannels = shape.map((extent): Axis => (extent === 1 ? null : "c"));
    return emit(call, { kind: "flatten" }, [ordered], { shape, axes: asChannels });
  }
  const body = { kind: "reshape", shape: imageOf({ shape, axes }) } as const;
  return emit({ ...call, operation: "reshape" }, body, [ordered], { shape, axes });
}

/** The tensor kept so that PyTorch's order of its numbers is the order channels, height, width of its image. */
function inCanonicalOrder(call: OperatorCall, input: Activation): Activation {
  const long = longAxes(input);
  if (isInOrder(long, canonicalOrder)) return input;
  return conform(call, input, spread(input.shape, canonicalOrder.slice(3 - long.length)));
}

/** The activation among several values, if there is one. */
export function findActivation(values: readonly (Value | undefined)[]): Activation | undefined {
  return values.find((value): value is Activation => isValue(value, "activation"));
}
