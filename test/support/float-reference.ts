/**
 * IEEE 754 arithmetic as Arm has it, by integers of any length: the slow, plain meaning that `assembly/arm/float` is
 * held against. Arm DDI 0403E.e, A2.5; bits are bigints.
 */

export interface FloatFormat {
  readonly exponentBits: number;
  readonly fractionBits: number;
}
export const single: FloatFormat = { exponentBits: 8, fractionBits: 23 };
export const double: FloatFormat = { exponentBits: 11, fractionBits: 52 };
export const half: FloatFormat = { exponentBits: 5, fractionBits: 10 };

/** Rounding: 0 to nearest, 1 up, 2 down, 3 to zero. */
export interface Mode {
  readonly rounding: number;
  readonly flushes: boolean;
  readonly defaultNan: boolean;
}

/** Cumulative flags as FPSCR has them. */
export const flag = {
  invalid: 1,
  division: 2,
  overflow: 4,
  underflow: 8,
  inexact: 16,
  flushed: 128,
} as const;

export interface Result {
  readonly bits: bigint;
  readonly flags: number;
}

/** ± magnitude × 2^exponent. */
interface Finite {
  readonly kind: "finite";
  readonly negative: boolean;
  readonly magnitude: bigint;
  readonly exponent: number;
}
type Value =
  | Finite
  | { readonly kind: "infinite"; readonly negative: boolean }
  | { readonly kind: "nan"; readonly signalling: boolean };

const lowest = (format: FloatFormat): number => 2 - 2 ** (format.exponentBits - 1) - format.fractionBits;
const top = (format: FloatFormat): bigint => (1n << BigInt(format.exponentBits)) - 1n;
export const widthOf = (format: FloatFormat): number => 1 + format.exponentBits + format.fractionBits;
const quietBit = (format: FloatFormat): bigint => 1n << BigInt(format.fractionBits - 1);
const signOf = (format: FloatFormat, negative: boolean): bigint =>
  negative ? 1n << BigInt(widthOf(format) - 1) : 0n;
const infinityOf = (format: FloatFormat): bigint => top(format) << BigInt(format.fractionBits);

/** One operation: reads operands, keeps flags. */
export class Operation {
  flags = 0;
  readonly format: FloatFormat;
  readonly mode: Mode;

  constructor(format: FloatFormat, mode: Mode) {
    this.format = format;
    this.mode = mode;
  }

  read(bits: bigint): Value {
    const { format } = this;
    const fraction = bits & ((1n << BigInt(format.fractionBits)) - 1n);
    const exponent = (bits >> BigInt(format.fractionBits)) & top(format);
    const negative = bits >> BigInt(widthOf(format) - 1) === 1n;
    if (exponent === top(format))
      return fraction === 0n
        ? { kind: "infinite", negative }
        : { kind: "nan", signalling: (fraction & quietBit(format)) === 0n };
    if (exponent > 0n) {
      const magnitude = fraction | (quietBit(format) << 1n);
      return { kind: "finite", negative, magnitude, exponent: lowest(format) + Number(exponent) - 1 };
    }
    const flushes = this.mode.flushes && fraction !== 0n;
    if (flushes) this.flags |= flag.flushed;
    return { kind: "finite", negative, magnitude: flushes ? 0n : fraction, exponent: lowest(format) };
  }

  invalid(): bigint {
    this.flags |= flag.invalid;
    return this.defaultNan();
  }

  defaultNan(): bigint {
    return infinityOf(this.format) | quietBit(this.format);
  }

  infinity(negative: boolean): bigint {
    return infinityOf(this.format) | signOf(this.format, negative);
  }

  /** The first signalling NaN, else the first quiet one; `undefined` if there is none. */
  nan(operands: readonly bigint[]): bigint | undefined {
    const values = operands.map((bits) => ({ bits, value: this.read(bits) }));
    const nans = values.filter(({ value }) => value.kind === "nan");
    const chosen = nans.find(({ value }) => value.kind === "nan" && value.signalling) ?? nans[0];
    if (chosen === undefined) return undefined;
    if (chosen.value.kind === "nan" && chosen.value.signalling) this.flags |= flag.invalid;
    return this.mode.defaultNan ? this.defaultNan() : chosen.bits | quietBit(this.format);
  }

  /** Rounds ± magnitude × 2^exponent, of which a part below may be missing (`sticky`). */
  round(negative: boolean, magnitude: bigint, exponent: number, sticky = false): bigint {
    const { format, mode } = this;
    if (magnitude === 0n) return signOf(format, negative);
    const length = magnitude.toString(2).length;
    const isTiny = exponent + length - 1 < lowest(format) + format.fractionBits;
    if (isTiny && mode.flushes) {
      this.flags |= flag.underflow;
      return signOf(format, negative);
    }
    const unit = Math.max(exponent + length - 1 - format.fractionBits, lowest(format));
    // Two more digits below the unit, and one for what is missing.
    const fine = exponent - unit + 2;
    const kept = fine >= 0 ? magnitude << BigInt(fine) : magnitude >> BigInt(-fine);
    const lost = sticky || (fine < 0 && kept << BigInt(-fine) !== magnitude);
    const quarters = ((kept << 1n) | BigInt(lost)) & 7n;
    const down = kept >> 2n;
    const up =
      mode.rounding === 0
        ? quarters > 4n || (quarters === 4n && (down & 1n) === 1n)
        : mode.rounding !== 3 && quarters !== 0n && (mode.rounding === 1) !== negative;
    const rounded = down + BigInt(up);
    if (quarters !== 0n) this.flags |= isTiny ? flag.inexact | flag.underflow : flag.inexact;
    const bits = (BigInt(unit - lowest(format)) << BigInt(format.fractionBits)) + rounded;
    if (bits < infinityOf(format)) return bits | signOf(format, negative);
    this.flags |= flag.overflow | flag.inexact;
    const goesToInfinity = mode.rounding === 0 || (mode.rounding !== 3 && (mode.rounding === 1) !== negative);
    return (infinityOf(format) - (goesToInfinity ? 0n : 1n)) | signOf(format, negative);
  }

  /** a × b + c of finite numbers. */
  multiplyAdd(a: Finite, b: Finite, c: Finite): bigint {
    const negative = a.negative !== b.negative;
    const exponent = Math.min(a.exponent + b.exponent, c.exponent);
    const signed = (value: bigint, isNegative: boolean): bigint => (isNegative ? -value : value);
    const product = (a.magnitude * b.magnitude) << BigInt(a.exponent + b.exponent - exponent);
    const addend = c.magnitude << BigInt(c.exponent - exponent);
    const sum = signed(product, negative) + signed(addend, c.negative);
    const isNegative = sum === 0n && negative !== c.negative ? this.mode.rounding === 2 : sum < 0n;
    if (sum === 0n && negative === c.negative) return signOf(this.format, negative);
    return this.round(isNegative, sum < 0n ? -sum : sum, exponent);
  }
}

const one: Finite = { kind: "finite", negative: false, magnitude: 1n, exponent: 0 };

type Meaning = (operation: Operation, operands: readonly bigint[]) => bigint;

const add: Meaning = (operation, [a, b]) => {
  const nan = operation.nan([a!, b!]);
  if (nan !== undefined) return nan;
  const x = operation.read(a!);
  const y = operation.read(b!);
  if (x.kind === "infinite" && y.kind === "infinite" && x.negative !== y.negative) return operation.invalid();
  if (x.kind === "infinite") return operation.infinity(x.negative);
  if (y.kind === "infinite") return operation.infinity(y.negative);
  return operation.multiplyAdd(x as Finite, one, y as Finite);
};

const subtract: Meaning = (operation, [a, b]) =>
  operation.nan([a!, b!]) ?? add(operation, [a!, b! ^ signOf(operation.format, true)]);

const isZero = (value: Value): boolean => value.kind === "finite" && value.magnitude === 0n;
export const negativeOf = (value: Value): boolean => value.kind !== "nan" && value.negative;

const multiply: Meaning = (operation, [a, b]) => {
  const nan = operation.nan([a!, b!]);
  if (nan !== undefined) return nan;
  const x = operation.read(a!);
  const y = operation.read(b!);
  const negative = negativeOf(x) !== negativeOf(y);
  if (x.kind === "infinite" || y.kind === "infinite")
    return isZero(x) || isZero(y) ? operation.invalid() : operation.infinity(negative);
  const [p, q] = [x as Finite, y as Finite];
  return operation.round(negative, p.magnitude * q.magnitude, p.exponent + q.exponent);
};

const divide: Meaning = (operation, [a, b]) => {
  const nan = operation.nan([a!, b!]);
  if (nan !== undefined) return nan;
  const x = operation.read(a!);
  const y = operation.read(b!);
  const negative = negativeOf(x) !== negativeOf(y);
  if ((x.kind === "infinite" && y.kind === "infinite") || (isZero(x) && isZero(y)))
    return operation.invalid();
  if (y.kind === "infinite") return signOf(operation.format, negative);
  if (x.kind === "infinite") return operation.infinity(negative);
  if (isZero(y)) {
    operation.flags |= flag.division;
    return operation.infinity(negative);
  }
  const [p, q] = [x as Finite, y as Finite];
  const scaled = p.magnitude << 160n;
  const quotient = scaled / q.magnitude;
  return operation.round(
    negative, quotient, p.exponent - q.exponent - 160, quotient * q.magnitude !== scaled,
  ); // prettier-ignore
};

const squareRoot: Meaning = (operation, [a]) => {
  const nan = operation.nan([a!]);
  if (nan !== undefined) return nan;
  const x = operation.read(a!);
  if (isZero(x)) return signOf(operation.format, negativeOf(x));
  if (negativeOf(x)) return operation.invalid();
  if (x.kind !== "finite") return operation.infinity(false);
  const shift = 200 + (Math.abs(x.exponent) % 2);
  const radicand = x.magnitude << BigInt(shift);
  let root = 1n << BigInt(Math.ceil(radicand.toString(2).length / 2));
  for (let next = root; ; root = next) {
    next = (root + radicand / root) >> 1n;
    if (next >= root) break;
  }
  return operation.round(false, root, (x.exponent - shift) / 2, root * root !== radicand);
};

const multiplyAdd: Meaning = (operation, [a, b, c]) => {
  const x = operation.read(a!);
  const y = operation.read(b!);
  const z = operation.read(c!);
  const isInvalid = (x.kind === "infinite" && isZero(y)) || (isZero(x) && y.kind === "infinite");
  if (isInvalid && !(z.kind === "nan" && z.signalling)) return operation.invalid();
  const nan = operation.nan([c!, a!, b!]);
  if (nan !== undefined) return nan;
  const negative = negativeOf(x) !== negativeOf(y);
  if (x.kind === "infinite" || y.kind === "infinite")
    return z.kind === "infinite" && z.negative !== negative
      ? operation.invalid()
      : operation.infinity(negative);
  if (z.kind === "infinite") return operation.infinity(z.negative);
  return operation.multiplyAdd(x as Finite, y as Finite, z as Finite);
};

/** By the names of `assembly/arm/float/arithmetic.ts`, with their numbers of operands. */
export const meanings: Readonly<Record<string, readonly [number, Meaning]>> = {
  add: [2, add],
  subtract: [2, subtract],
  multiply: [2, multiply],
  divide: [2, divide],
  squareRoot: [1, squareRoot],
  multiplyAdd: [3, multiplyAdd],
};

export function reference(
  name: string,
  format: FloatFormat,
  mode: Mode,
  operands: readonly bigint[],
): Result {
  const operation = new Operation(format, mode);
  const bits = meanings[name]![1](operation, operands);
  return { bits, flags: operation.flags };
}
