/**
 * Why Winograd's arithmetic gives the very numbers of the plain convolution, for the weights at hand and every input there
 * can be; or why it might not.
 *
 * Transformed inputs and weights must fit 16 bits, as they are kept so. Sums of their products may wrap: all is exact modulo
 * 2^32 up to the division by the divisor, which needs the power of two in it, times the result, to fit 32 bits.
 */
import type { Interval } from "../../loop/range.ts";
import { exactDivision, type Matrix, type ToomCook } from "./toom-cook.ts";

/** Weights by output channel, (KH, KW, IC) each. */
export interface Weights {
  readonly data: ArrayLike<number>;
  readonly bias: ArrayLike<number>;
  /** Weights between one row of the kernel and the next. */
  readonly perRow: number;
}

const int16: Interval = { lo: -0x8000, hi: 0x7fff };
const int32: Interval = { lo: -0x80000000, hi: 0x7fffffff };

/** @param input Every value that an input can have once its zero point is subtracted, 0 among them: padding is 0. */
export function whyInexact(toomCook: ToomCook, weights: Weights, input: Interval): string | undefined {
  const inputs = span(toomCook.input.map((row) => reach(row, input)));
  if (!within(inputs, int16))
    return `has transformed inputs that reach ${inputs.lo} to ${inputs.hi}, beyond 16 bits`;
  const transformed = extremes(transformWeights(toomCook.weight, weights));
  if (!within(transformed, int16)) {
    return `has transformed weights that reach ${transformed.lo} to ${transformed.hi}, beyond 16 bits`;
  }
  return whyTooLarge(toomCook, weights, input);
}

function whyTooLarge(toomCook: ToomCook, weights: Weights, input: Interval): string | undefined {
  const { shift } = exactDivision(toomCook.divisor);
  const exact = { lo: int32.lo / 2 ** shift, hi: (int32.hi + 1) / 2 ** shift - 1 };
  const perChannel = weights.data.length / weights.bias.length;
  for (let oc = 0; oc < weights.bias.length; oc++) {
    const own = Array.from({ length: perChannel }, (_, i) => weights.data[oc * perChannel + i]!);
    const result = reach(own, input);
    if (!within(result, exact)) {
      return `has results of channel ${oc} that reach ${result.lo} to ${result.hi}, beyond ${32 - shift} bits`;
    }
    const bias = weights.bias[oc]!;
    const sum = { lo: result.lo + bias, hi: result.hi + bias };
    if (!within(sum, int32))
      return `has sums of channel ${oc} that reach ${sum.lo} to ${sum.hi}, beyond 32 bits`;
  }
  return undefined;
}

/** (OC × KW × IC, points): every column of the kernel, transformed along y. */
export function transformWeights(
  weight: Matrix,
  { data, bias, perRow }: Weights,
): readonly (readonly number[])[] {
  const taps = weight[0]!.length;
  return Array.from({ length: bias.length * perRow }, (_, i) => {
    const first = Math.floor(i / perRow) * taps * perRow + (i % perRow);
    return weight.map((row) => row.reduce((sum, x, ky) => sum + x * data[first + ky * perRow]!, 0));
  });
}

/** Every value of Σ coefficient × x, each x anywhere in its range. */
function reach(coefficients: readonly number[], x: Interval): Interval {
  return coefficients.reduce(
    ({ lo, hi }, factor) => ({
      lo: lo + Math.min(factor * x.lo, factor * x.hi),
      hi: hi + Math.max(factor * x.lo, factor * x.hi),
    }),
    { lo: 0, hi: 0 },
  );
}

const span = (ranges: readonly Interval[]): Interval => ({
  lo: Math.min(...ranges.map(({ lo }) => lo)),
  hi: Math.max(...ranges.map(({ hi }) => hi)),
});

function extremes(rows: readonly (readonly number[])[]): Interval {
  return rows
    .flat()
    .reduce(({ lo, hi }, x) => ({ lo: Math.min(lo, x), hi: Math.max(hi, x) }), { lo: 0, hi: 0 });
}

const within = (inner: Interval, outer: Interval): boolean => inner.lo >= outer.lo && inner.hi <= outer.hi;
