/**
 * exp, log and tanh made of IEEE single-precision operations alone, in one order, so that every reader of a network
 * gives the same bits whatever its mathematics library. `lower/transcendental.ts` is the same sequences as loop IR.
 *
 * Each is within 1e-6 of the true value, relatively, in its range. Sources: exp and log are expf and logf of Moshier's
 * Cephes library; tanh is the minimax quotient of polynomials in use in Eigen and TensorFlow. Arguments are numbers,
 * never NaN.
 */

const single = Math.fround;

/** log2(e), and ln 2 in two parts: the first has few bits, so that its product with an exponent is exact. */
export const log2e = single(1.44269504088896341);
export const ln2High = single(0.693359375);
export const ln2Low = single(-2.1219444e-4);

/** 1.5 × 2^23: added to a small number it leaves the nearest integer in the low bits. */
export const roundingBias = 12582912;
/** The bits of `roundingBias`. */
export const roundingBits = 0x4b400000;

/** Beyond these exp is as at them: 2^n stays a normal number. */
export const expLimits = { min: -87, max: 88 } as const;

/** Highest power first. */
export const expPolynomial = Float32Array.of(
  1.98756915e-4,
  1.3981999507e-3,
  8.3334519073e-3,
  4.1665795894e-2,
  1.6666665459e-1,
  5.0000001201e-1,
);

export const logPolynomial = Float32Array.of(
  7.0376836292e-2,
  -1.151461031e-1,
  1.167699874e-1,
  -1.2420140846e-1,
  1.4249322787e-1,
  -1.6668057665e-1,
  2.0000714765e-1,
  -2.4999993993e-1,
  3.3333331174e-1,
);

/** The bits of sqrt(1/2): mantissas lie in [sqrt(1/2), sqrt(2)). */
export const halfRootBits = 0x3f3504f3;

/** Beyond it tanh is 1 in single precision. */
export const tanhLimit = 9;

export const tanhNumerator = Float32Array.of(
  -2.76076847742355e-16,
  2.00018790482477e-13,
  -8.60467152213735e-11,
  5.12229709037114e-8,
  1.48572235717979e-5,
  6.37261928875436e-4,
  4.89352455891786e-3,
);

export const tanhDenominator = Float32Array.of(
  1.19825839466702e-6,
  1.18534705686654e-4,
  2.268434632439e-3,
  4.89352518554385e-3,
);

/** e^x = 2^n × e^r, |r| <= ln 2 / 2. */
export function exp(x: number): number {
  const t = Math.min(Math.max(single(x), expLimits.min), expLimits.max);
  const biased = single(single(t * log2e) + roundingBias);
  const n = single(biased - roundingBias);
  const r = single(single(t - single(n * ln2High)) - single(n * ln2Low));
  const tail = single(single(polynomial(expPolynomial, r) * single(r * r)) + r);
  return single(single(tail + 1) * fromBits((bitsOf(biased) - roundingBits + 127) << 23));
}

/** Of normal positive numbers: x = 2^n × m, log x = n × ln 2 + log m. */
export function log(x: number): number {
  const bits = bitsOf(x);
  const n = (bits - halfRootBits) >> 23;
  const f = single(fromBits(bits - (n << 23)) - 1);
  const exponent = single(fromBits(roundingBits + n) - roundingBias);
  const square = single(f * f);
  const cube = single(single(polynomial(logPolynomial, f) * f) * square);
  const tail = single(single(cube + single(exponent * ln2Low)) - single(square * 0.5));
  return single(single(f + tail) + single(exponent * ln2High));
}

export function tanh(x: number): number {
  const t = Math.min(Math.max(single(x), -tanhLimit), tanhLimit);
  const square = single(t * t);
  const numerator = single(t * polynomial(tanhNumerator, square));
  return single(numerator / polynomial(tanhDenominator, square));
}

/** Horner's rule, each product and sum rounded. */
function polynomial(coefficients: Float32Array, x: number): number {
  return coefficients.reduce((sum, coefficient) => single(single(sum * x) + coefficient));
}

const word = new DataView(new ArrayBuffer(4));

/** The bits of a single-precision number as an i32. */
function bitsOf(x: number): number {
  word.setFloat32(0, x);
  return word.getInt32(0);
}

function fromBits(bits: number): number {
  word.setInt32(0, bits);
  return word.getFloat32(0);
}
