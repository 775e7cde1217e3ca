/**
 * Short convolutions with fewer products: m results of r taps from m + r − 1 products, in integers alone.
 *
 * Toom and Cook evaluate two polynomials at points, multiply the values, and interpolate; transposed (S. Winograd,
 * "Arithmetic Complexity of Computations", 1980) that gives the correlation y[k] = Σ w[j] · x[k + j]. At the points
 * 0, ±1, ±2, … and infinity, with M the product of (t − a) over the finite points a and N(a) = M′(a):
 *
 * - inputs: row a holds the coefficients of M(t) / (t − a), the row of infinity those of M(t);
 * - weights: row a is w at a, over N(a); that of infinity its last tap;
 * - outputs: column a is (1, a, a², …); that of infinity is the last unit vector.
 *
 * Fractions are cleared by `divisor`, the least common multiple of all N(a): the weights' rows carry `divisor` / N(a). Where
 * weights of 8 bits would leave 16 so, the outputs' column takes the smallest power of two out of that factor that mends it.
 */

export type Matrix = readonly (readonly number[])[];

export interface ToomCook {
  /** m and r. */
  readonly outputs: number;
  readonly taps: number;
  /** m + r − 1: products of one result's worth of inputs. */
  readonly points: number;
  /** (points, points): from inputs. */
  readonly input: Matrix;
  /** (points, taps): from weights. */
  readonly weight: Matrix;
  /** (outputs, points): to `divisor` × the results. */
  readonly output: Matrix;
  /** output · ((weight · w) ⊙ (input · x)) = divisor × y. */
  readonly divisor: number;
}

/** Weights are bytes; what becomes of them is to fit 16 bits. */
const weightLimit = 128;
const wideLimit = 32767;

export function toomCook(outputs: number, taps: number): ToomCook {
  const points = outputs + taps - 1;
  const finite = Array.from({ length: points - 1 }, (_, i) => pointAt(i));
  const denominators = finite.map((a) => product(finite.filter((b) => b !== a).map((b) => a - b)));
  const divisor = denominators.reduce(leastCommonMultiple, 1);
  const factors = [...denominators.map((n) => divisor / n), divisor];
  const weights = [...finite.map((a) => powers(a, taps)), lastUnit(taps)];
  const outputsColumns = [...finite.map((a) => powers(a, outputs)), lastUnit(outputs)];
  const taken = factors.map((factor, i) => takenFrom(factor, weights[i]!));
  return {
    outputs,
    taps,
    points,
    input: [...finite.map((a) => monic(finite.filter((b) => b !== a))), monic(finite)].map((row) =>
      padded(row, points),
    ),
    weight: weights.map((row, i) => row.map((x) => (x * factors[i]!) / taken[i]!)),
    output: Array.from({ length: outputs }, (_, k) =>
      outputsColumns.map((column, i) => column[k]! * taken[i]!),
    ),
    divisor,
  };
}

/** 0, 1, −1, 2, −2, …: a point and its opposite share most of their sums. */
const pointAt = (i: number): number => (i % 2 === 1 ? (i + 1) / 2 : -i / 2 + 0);

/** The smallest power of two that a row of weights has to leave to the outputs. */
function takenFrom(factor: number, row: readonly number[]): number {
  const reach = weightLimit * row.reduce((sum, x) => sum + Math.abs(x), 0);
  let taken = 1;
  while ((reach * Math.abs(factor)) / taken > wideLimit && factor % (2 * taken) === 0) taken *= 2;
  return taken;
}

const powers = (a: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, k) => a ** k);

const lastUnit = (length: number): readonly number[] =>
  Array.from({ length }, (_, k) => (k === length - 1 ? 1 : 0));

/** Coefficients, constant first, of the product of (t − root). */
function monic(roots: readonly number[]): readonly number[] {
  return roots.reduce<readonly number[]>(
    (row, root) => [...row, 0].map((_, k) => (row[k - 1] ?? 0) - root * (row[k] ?? 0)),
    [1],
  );
}

const padded = (row: readonly number[], length: number): readonly number[] =>
  Array.from({ length }, (_, k) => (row[k] ?? 0) + 0);

const product = (factors: readonly number[]): number => factors.reduce((a, b) => a * b, 1);

function leastCommonMultiple(a: number, b: number): number {
  return Math.abs(a * b) / greatestCommonDivisor(a, b);
}

export function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? Math.abs(a) : greatestCommonDivisor(b, a % b);
}

/** The odd part of a divisor as the factor that undoes it modulo 2^32, and the power of two that is left to shift out. */
export interface ExactDivision {
  /** An i32. */
  readonly inverse: number;
  readonly shift: number;
}

/** Exact for all y with divisor's power of two × y in 32 bits. */
export function exactDivision(divisor: number): ExactDivision {
  const shift = Math.log2(divisor & -divisor);
  const odd = divisor >> shift;
  // Newton's iteration: odd × odd is 1 in its three low bits, and every step doubles them.
  let inverse = odd;
  for (let bits = 3; bits < 32; bits *= 2) inverse = Math.imul(inverse, 2 - Math.imul(odd, inverse));
  return { inverse, shift };
}
