import assert from "node:assert/strict";
import { test } from "node:test";
import { compileAssembly } from "../support/assembly.ts";
import { referenceFormat, referenceInteger } from "../support/float-conversions.ts";
import type { FloatFormat, Mode } from "../support/float-reference.ts";
import { double, half, meanings, reference, single } from "../support/float-reference.ts";
import { random } from "../support/random.ts";

const exported = await compileAssembly(`
  export * from "./arm/float/arithmetic";
  export * from "./arm/float/convert";
  export * from "./arm/float/fast";
  export { setStatus, status } from "./arm/float/status";
`);
const numbers = random(7);

/** Format numbers of `assembly/arm/float/format.ts`. */
const formats = [
  { name: "single", format: single, index: 1 },
  { name: "double", format: double, index: 2 },
] as const;
const modes: readonly Mode[] = [0, 1, 2, 3].flatMap((rounding) =>
  [false, true].map((flushes) => ({ rounding, flushes, defaultNan: flushes === (rounding === 1) })),
);
const inexact = 16;

function statusOf({ rounding, flushes, defaultNan }: Mode): number {
  return (rounding << 22) | (Number(flushes) << 24) | (Number(defaultNan) << 25);
}

/** Numbers at the edges of the format, special ones, and random ones near each other and far apart. */
function operand({ exponentBits, fractionBits }: FloatFormat): bigint {
  const top = 2 ** exponentBits - 1;
  const middle = (top - 1) / 2;
  const pick = <T>(list: readonly T[]): T => list[numbers.int(0, list.length - 1)]!;
  const exponent = pick([
    0, 0, 1, top, top - 1, middle, middle + numbers.int(-3, 3), middle - fractionBits + numbers.int(-2, 2),
    numbers.int(0, top), pick([middle >> 1, (middle >> 1) + 1, middle + (middle >> 1)]) + numbers.int(-1, 1),
  ]); // prettier-ignore
  const all = (1n << BigInt(fractionBits)) - 1n;
  const random = BigInt(numbers.int(0, 2 ** 26 - 1)) * BigInt(numbers.int(0, 2 ** 26 - 1));
  const fraction = pick([
    0n,
    0n,
    1n,
    all,
    all - 1n,
    1n << BigInt(fractionBits - 1),
    random & all,
    random & all,
  ]);
  return (
    (BigInt(numbers.int(0, 1)) << BigInt(exponentBits + fractionBits)) |
    (BigInt(exponent) << BigInt(fractionBits)) |
    fraction
  );
}

const hex = (bits: bigint): string => bits.toString(16);

/** Calls a function with the status set, and gives its result in so many bits and the flags that it raised. */
function run(
  mode: Mode,
  before: number,
  width: number,
  name: string,
  ...operands: readonly (number | bigint)[]
): { readonly bits: string; readonly flags: number } {
  exported["setStatus"]!(statusOf(mode) | before);
  const result = BigInt(exported[name]!(...operands) as number | bigint);
  return { bits: hex(BigInt.asUintN(width, result)), flags: (exported["status"]!() as number) & 0x9f };
}

const fastNames: Readonly<Record<string, string>> = {
  add: "add",
  subtract: "subtract",
  multiply: "multiply",
  divide: "divide",
  squareRoot: "root",
  multiplyAdd: "multiplyAdd",
};

for (const { name, format, index } of formats) {
  const width = 1 + format.exponentBits + format.fractionBits;
  for (const [operation, [count]] of Object.entries(meanings)) {
    test(`${name} ${operation}: bits and flags in every mode, by integers and by the host's arithmetic`, () => {
      for (let i = 0; i < 6000; i++) {
        const mode = modes[i % modes.length]!;
        const operands = Array.from({ length: count }, () => operand(format));
        const { bits, flags } = reference(operation, format, mode, operands);
        const message = `${operands.map(hex).join(" ")} ${JSON.stringify(mode)}`;
        const found = run(mode, 0, width, operation, index, ...operands);
        assert.deepEqual(found, { bits: hex(bits), flags }, message);
        const fast = fastNames[operation]! + (name === "single" ? "Single" : "Double");
        if (exported[fast] === undefined) continue;
        const words = operands.map((bits) => (name === "single" ? Number(bits) : bits));
        const plain = {
          ...mode,
          rounding: i % 2 === 0 ? 0 : mode.rounding,
          flushes: mode.flushes && i % 2 === 1,
        };
        const expected = reference(operation, format, plain, operands);
        assert.deepEqual(
          run(plain, inexact, width, fast, ...words),
          { bits: hex(expected.bits), flags: expected.flags | inexact },
          `${fast} ${message}`,
        );
      }
    });
  }

  test(`${name} to integers and fixed-point numbers: rounded, saturated`, () => {
    for (let i = 0; i < 6000; i++) {
      const mode = modes[i % modes.length]!;
      const bits = i % 3 === 0 ? 16 : 32;
      const scale = i % 2 === 0 ? 0 : numbers.int(0, bits);
      const isSigned = numbers.next() < 0.5;
      const a = operand(format);
      const expected = referenceInteger(format, mode, a, scale, bits, isSigned);
      const found = run(mode, 0, 32, "toInteger", index, a, mode.rounding, scale, bits, isSigned ? 1 : 0);
      assert.deepEqual(
        found,
        { bits: hex(BigInt.asUintN(32, expected.bits)), flags: expected.flags },
        `${hex(a)} ${scale} ${bits} ${isSigned} ${JSON.stringify(mode)}`,
      );
    }
  });
}

test("between formats: rounded, with the NaN's highest bits kept", () => {
  const all = [{ format: half, index: 0 }, ...formats];
  for (const from of all)
    for (const to of all.filter(({ index }) => index !== from.index))
      for (let i = 0; i < 2000; i++) {
        const mode = modes[i % modes.length]!;
        const a = operand(from.format);
        const readMode = from.format === half ? { ...mode, flushes: false } : mode;
        const { bits, flags } = referenceFormat(from.format, to.format, readMode, a);
        const width = 1 + to.format.exponentBits + to.format.fractionBits;
        const found = run(mode, 0, width, "toFormat", from.index, to.index, a, mode.rounding);
        assert.deepEqual(found, { bits: hex(bits), flags }, `${from.index} to ${to.index}: ${hex(a)}`);
      }
});

test("the host agrees: single sums, products, quotients and roots to nearest", () => {
  const floats = new Float32Array(1);
  const words = new Uint32Array(floats.buffer);
  const valueOf = (bits: number): number => ((words[0] = bits), floats[0]!);
  const bitsOf = (value: number): number => ((floats[0] = value), words[0]!);
  const plain = { rounding: 0, flushes: false, defaultNan: false };
  for (let i = 0; i < 20000; i++) {
    const [a, b] = [Number(operand(single)), Number(operand(single))];
    const [x, y] = [valueOf(a), valueOf(b)];
    for (const [name, value] of [
      ["add", x + y],
      ["multiply", x * y],
      ["divide", x / y],
    ] as const)
      if (!Number.isNaN(value))
        assert.equal(run(plain, 0, 32, name, 1, BigInt(a), BigInt(b)).bits, bitsOf(value).toString(16));
  }
});
