import { CompileError } from "../error.ts";
import type { Concat, Reshape, Shape, Slice, Transpose } from "./graph.ts";
import { elements, formatShape } from "./elements.ts";

/** Shapes and rows of the kinds that compute nothing and only move values: concat, slice, transpose, reshape. */

/** The shape of the inputs one after another along the axis. */
export function concatShape({ name, axis }: Concat, inputs: readonly Shape[]): Shape {
  const [first] = inputs as [Shape];
  const total = inputs.reduce((sum, shape) => sum + shape[axis], 0);
  for (const shape of inputs) {
    if (formatShape({ ...shape, [axis]: 0 }) === formatShape({ ...first, [axis]: 0 })) continue;
    throw new CompileError(
      `${name}: joins ${inputs.map(formatShape).join(", ")} along ${axis}; all but that axis must be equal`,
    );
  }
  return { ...first, [axis]: total };
}

/** The shape of a slice, which lies in its input. */
export function sliceShape({ name, from, shape }: Slice, input: Shape): Shape {
  for (const axis of ["h", "w", "c"] as const) {
    if (from[axis] >= 0 && shape[axis] > 0 && from[axis] + shape[axis] <= input[axis]) continue;
    throw new CompileError(
      `${name}: takes ${axis} ${from[axis]} to ${from[axis] + shape[axis]} of ${formatShape(input)}; ` +
        `slice what is there, or check --input`,
    );
  }
  return shape;
}

/** Axis a of the result is axis `order[a]` of the input. */
export function transposeShape({ name, order }: Transpose, input: Shape): Shape {
  if ([...order].sort().join("") !== "chw") {
    throw new CompileError(`${name}: orders axes as ${order.join(", ")}; name each of h, w, c once`);
  }
  const [h, w, c] = order.map((axis) => input[axis]);
  return { h: h!, w: w!, c: c! };
}

export function reshapeShape({ name, shape }: Reshape, input: Shape): Shape {
  if (elements(shape) === elements(input)) return shape;
  throw new CompileError(
    `${name}: makes ${formatShape(shape)} of ${formatShape(input)}, which has not as many values; check --input`,
  );
}

/** Which input of a concatenation along rows holds a row of the result, and where in it. */
export function concatRow(
  inputs: readonly Shape[],
  row: number,
): { readonly input: number; readonly row: number } {
  let from = 0;
  for (const [input, { h }] of inputs.entries()) {
    if (row < from + h) return { input, row: row - from };
    from += h;
  }
  throw new Error(`a concatenation of ${from} rows has no row ${row}`);
}

/** The input rows that a row of a reshaped image takes its values from, in no order. */
export function reshapeRows(input: Shape, output: Shape, row: number): readonly number[] {
  const rows = new Set<number>();
  for (let oc = 0; oc < output.c; oc++) {
    const first = (oc * output.h + row) * output.w;
    const firstLine = Math.floor(first / input.w);
    const lastLine = Math.floor((first + output.w - 1) / input.w);
    for (let line = firstLine; line <= lastLine; line++) rows.add(line % input.h);
  }
  return [...rows];
}
