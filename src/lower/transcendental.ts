/**
 * exp, log and tanh as loop IR: operation for operation what `graph/transcendental.ts` does, so that the bits agree.
 * Each may be used once in a kernel, for the names it declares.
 */
import {
  expLimits,
  expPolynomial,
  halfRootBits,
  ln2High,
  ln2Low,
  log2e,
  logPolynomial,
  roundingBias,
  roundingBits,
  tanhDenominator,
  tanhLimit,
  tanhNumerator,
} from "../graph/transcendental.ts";
import { add, binary, bitsOf, clamp, declare, f, fromBits, mul, shl, shr, sub, v } from "../loop/build.ts";
import type { Expr, Stmt } from "../loop/ir.ts";

/** A value, and the lets it uses. */
export interface Computed {
  readonly lets: readonly Stmt[];
  readonly value: Expr;
}

const real = (name: string): Expr => v(name, "f32");

export function expOf(x: Expr): Computed {
  const [t, biased, n, r] = ["power", "biased", "whole", "rest"].map(real) as [Expr, Expr, Expr, Expr];
  const tail = add(mul(polynomial(expPolynomial, r), mul(r, r)), r);
  return {
    lets: [
      declare("power", clamp(x, f(expLimits.min), f(expLimits.max))),
      declare("biased", add(mul(t, f(log2e)), f(roundingBias))),
      declare("whole", sub(biased, f(roundingBias))),
      declare("rest", sub(sub(t, mul(n, f(ln2High))), mul(n, f(ln2Low)))),
    ],
    value: mul(add(tail, f(1)), fromBits(shl(add(bitsOf(biased), 127 - roundingBits), 23))),
  };
}

/** Of normal positive numbers. */
export function logOf(x: Expr): Computed {
  const [bits, n] = [v("bits"), v("exponent")];
  const [fraction, square, scaled] = ["fraction", "square", "scaled"].map(real) as [Expr, Expr, Expr];
  const cube = mul(mul(polynomial(logPolynomial, fraction), fraction), square);
  const tail = sub(add(cube, mul(scaled, f(ln2Low))), mul(square, f(0.5)));
  return {
    lets: [
      declare("bits", bitsOf(x)),
      declare("exponent", shr(sub(bits, halfRootBits), 23)),
      declare("fraction", sub(fromBits(sub(bits, shl(n, 23))), f(1))),
      declare("scaled", sub(fromBits(add(n, roundingBits)), f(roundingBias))),
      declare("square", mul(fraction, fraction)),
    ],
    value: add(add(fraction, tail), mul(scaled, f(ln2High))),
  };
}

export function tanhOf(x: Expr): Computed {
  const [t, square] = [real("angle"), real("square")];
  const numerator = mul(t, polynomial(tanhNumerator, square));
  return {
    lets: [declare("angle", clamp(x, f(-tanhLimit), f(tanhLimit))), declare("square", mul(t, t))],
    value: binary("/", numerator, polynomial(tanhDenominator, square)),
  };
}

/** Horner's rule; `x` is a name. */
function polynomial([first, ...others]: Float32Array, x: Expr): Expr {
  return others.reduce<Expr>((sum, coefficient) => add(mul(sum, x), f(coefficient)), f(first!));
}
