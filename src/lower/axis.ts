/** One axis of a sliding window as loops clipped to the image: taps outside it are never visited. */
import type { Window } from "../graph/graph.ts";
import { add, declare, div, forLoop, max, min, mul, sub, c, v, type Operand } from "../loop/build.ts";
import type { Expr, Stmt } from "../loop/ir.ts";

export interface Axis {
  readonly kernel: number;
  readonly stride: number;
  /** Padding above or to the left. */
  readonly before: number;
  readonly dilation: number;
  /** Places of the image along the axis, and positions of the window. */
  readonly size: number;
  readonly positions: number;
}

export function axisOf(window: Window, which: 0 | 1, size: number, positions: number): Axis {
  return {
    kernel: window.kernel[which],
    stride: window.stride[which],
    before: which === 0 ? window.padding.top : window.padding.left,
    dilation: window.dilation[which],
    size,
    positions,
  };
}

/** How many positions at the start, and at the end, have taps outside the image. */
export function borders(axis: Axis): { readonly first: number; readonly last: number } {
  const { kernel, stride, before, dilation, size, positions } = axis;
  const first = Math.ceil(before / stride);
  const lastInside = Math.floor((size - 1 - (kernel - 1) * dilation + before) / stride);
  return {
    first: Math.min(positions, first),
    last: Math.max(0, Math.min(positions, positions - 1 - lastInside)),
  };
}

export const isClipped = (axis: Axis): boolean => borders(axis).first > 0 || borders(axis).last > 0;

/** The taps of one position that are inside: `from` and on, `count` of them. `lets` declares what the two use. */
export interface Span {
  readonly lets: readonly Stmt[];
  readonly from: Expr;
  readonly count: Expr;
}

/** `name` is the tap's index (`ky`): bounds that depend on the position are declared as `ky0` and `ky1`. */
export function span(axis: Axis, position: Expr, name: string): Span {
  const { kernel, stride, before, dilation, size } = axis;
  const { first, last } = borders(axis);
  const start = mul(position, stride);
  const lets: Stmt[] = [];
  if (first > 0) {
    lets.push(declare(`${name}0`, div(add(max(sub(before, start), 0), dilation - 1), dilation)));
  }
  if (last > 0) {
    const beyond = (axis.positions - 1) * stride - before >= size + dilation;
    const room = sub(size + before + dilation - 1, start);
    lets.push(declare(`${name}1`, min(div(beyond ? max(room, 0) : room, dilation), kernel)));
  }
  const from = first > 0 ? v(`${name}0`) : c(0);
  return { lets, from, count: sub(last > 0 ? v(`${name}1`) : c(kernel), from) };
}

/** Place in the image of a tap; not negative for taps inside. */
export function place(axis: Axis, position: Expr, tap: Expr): Expr {
  return add(sub(mul(position, axis.stride), axis.before), mul(tap, axis.dilation));
}

/** A loop, or its body alone where it has exactly one turn. */
export function turns(
  index: string,
  count: Operand,
  body: (index: Expr) => readonly Stmt[],
): readonly Stmt[] {
  const once = count === 1 || (typeof count === "object" && count.kind === "const" && count.value === 1);
  return once ? body(c(0)) : [forLoop(index, count, body(v(index)))];
}
