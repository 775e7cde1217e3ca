/**
 * Weights of 4 bits, two a byte, taken apart in registers: of a byte's two, a shift (left, as a product that wraps, and
 * right) brings the first from its low half and the second from its high half, each with its sign.
 *
 * Two neighbours along the input's channels share a byte; a run of an odd number of channels ends with half a byte unused.
 */
import { add, c, declare, load, mul, mulWrapping, shr, v } from "../loop/build.ts";
import type { Expr, Stmt } from "../loop/ir.ts";
import { turns } from "./axis.ts";
import { constant } from "./constants.ts";
import type { ConvNest } from "./conv2d.ts";

/** Weights of one tap: channels of a group. */
const runOf = ({ channels, groups }: ConvNest): number => channels / groups;

/** Bytes of one tap. */
const bytesOf = (nest: ConvNest): number => Math.ceil(runOf(nest) / 2);

/** The nest with its weights packed; all must be in [−8, 7]. */
export function withNibbles(nest: ConvNest): ConvNest {
  const { data } = nest.node.weight;
  const run = runOf(nest);
  const bytes = bytesOf(nest);
  const packed = new Int8Array((data.length / run) * bytes);
  data.forEach((w, i) => {
    const at = i % run;
    packed[Math.floor(i / run) * bytes + (at >> 1)]! |= at % 2 === 0 ? w & 15 : w << 4;
  });
  return { ...nest, weight: constant(nest.node.name, "weight", packed), nibbles: true };
}

/** Adds the products of tap number `tap`: `product` of an input's index and its weight, `x` the index of the first. */
export function addNibbles(
  nest: ConvNest,
  tap: Expr,
  x: Expr,
  product: (x: Expr, w: Expr) => Stmt,
): readonly Stmt[] {
  const run = runOf(nest);
  const w = mul(tap, bytesOf(nest));
  const pair = (at: Expr, name: string): Stmt => declare(name, load(nest.weight.buffer, add(w, at)));
  const low = (name: string): Expr => shr(mulWrapping(v(name), 2 ** 28), 28);
  return [
    ...turns("ic", Math.floor(run / 2), (at) => [
      pair(at, "pair"),
      product(add(x, mul(at, 2)), low("pair")),
      product(add(x, mul(at, 2), 1), shr(v("pair"), 4)),
    ]),
    ...(run % 2 === 1 ? [pair(c(run >> 1), "last"), product(add(x, run - 1), low("last"))] : []),
  ];
}
