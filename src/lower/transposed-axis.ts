/** One axis of a transposed convolution, gathered: which taps reach a position of the output, and from where. */
import type { ConvTranspose2d } from "../graph/graph.ts";
import { add, declare, div, forLoop, less, max, min, mod, mul, sub, v } from "../loop/build.ts";
import type { Expr, Stmt } from "../loop/ir.ts";
import { turns } from "./axis.ts";

/** The taps of one position. `lets` declares what `loops` uses. */
export interface TransposedSpan {
  readonly lets: readonly Stmt[];
  /** Loops over the taps in order; `visit` gets the tap and the place of the input it multiplies. */
  loops(visit: (tap: Expr, place: Expr) => readonly Stmt[]): readonly Stmt[];
}

interface Axis {
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  /** Places of the input along the axis. */
  readonly size: number;
}

/** `name` is the tap's index (`ky`). */
export function transposedSpan(
  { window }: ConvTranspose2d,
  which: 0 | 1,
  size: number,
  position: Expr,
  name: string,
): TransposedSpan {
  const before = which === 0 ? window.padding.top : window.padding.left;
  const axis: Axis = {
    kernel: window.kernel[which],
    stride: window.stride[which],
    dilation: window.dilation[which],
    size,
  };
  const spread = add(position, before);
  if (axis.stride === 1) return dense(axis, spread, name);
  if (axis.dilation === 1) return everyStride(axis, spread, name);
  return searched(axis, spread, name);
}

/** Stride 1: all taps, clipped to the image. */
function dense({ kernel, dilation, size }: Axis, spread: Expr, name: string): TransposedSpan {
  const lets = [
    declare(`${name}0`, div(add(max(sub(spread, size - 1), 0), dilation - 1), dilation)),
    declare(`${name}1`, min(add(div(spread, dilation), 1), kernel)),
  ];
  return {
    lets,
    loops: (visit) =>
      turns(name, sub(v(`${name}1`), v(`${name}0`)), (turn) => {
        const tap = add(v(`${name}0`), turn);
        return visit(tap, sub(spread, mul(tap, dilation)));
      }),
  };
}

/** No dilation: every stride-th tap, from the phase of the position on; places fall as taps rise. */
function everyStride({ kernel, stride, size }: Axis, spread: Expr, name: string): TransposedSpan {
  const [phase, last, from, to] = [`${name}Phase`, `${name}Last`, `${name}0`, `${name}1`] as const;
  const lets = [
    declare(phase, mod(spread, stride)),
    declare(last, div(spread, stride)),
    declare(from, max(sub(v(last), size - 1), 0)),
    declare(to, min(div(sub(kernel + stride - 1, v(phase)), stride), add(v(last), 1))),
  ];
  return {
    lets,
    loops: (visit) =>
      turns(name, sub(v(to), v(from)), (turn) => {
        const back = add(v(from), turn);
        return visit(add(v(phase), mul(back, stride)), sub(v(last), back));
      }),
  };
}

/** Stride and dilation: every tap is asked whether its place is one of the image. */
function searched({ kernel, stride, dilation, size }: Axis, spread: Expr, name: string): TransposedSpan {
  return {
    lets: [],
    loops: (visit) =>
      turns(name, kernel, (tap) => {
        const distance = max(sub(spread, mul(tap, dilation)), 0);
        const place = div(distance, stride);
        const reaches = mul(
          less(sub(mul(tap, dilation), 1), spread),
          less(mod(distance, stride), 1),
          less(place, size),
        );
        return [forLoop(`${name}Hit`, reaches, visit(tap, place))];
      }),
  };
}
