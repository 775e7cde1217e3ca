import assert from "node:assert/strict";
import { test } from "node:test";
import {
  addMultipliers,
  dequantizeValue,
  quantizeMultiplier,
  quantizeValue,
  requantize,
  requantizeSum,
  requantizeNearest,
  roundHalfAway,
  roundHalfEven,
  roundingDivideByPot,
  roundingDoublingHighMul,
} from "../../src/graph/quantized.ts";
import { random } from "../support/random.ts";

/** gemmlowp's SaturatingRoundingDoublingHighMul, word for word in 64-bit integers. */
function highMulReference(a: number, b: number): number {
  const product = BigInt(a) * BigInt(b);
  const nudge = product >= 0n ? 1n << 30n : 1n - (1n << 30n);
  return Number((product + nudge) / (1n << 31n)); // BigInt division truncates, as C's does
}

/** gemmlowp's RoundingDivideByPOT. */
function divideReference(x: number, exponent: number): number {
  const mask = (1n << BigInt(exponent)) - 1n;
  const remainder = BigInt.asUintN(64, BigInt(x)) & mask;
  const threshold = (mask >> 1n) + (x < 0 ? 1n : 0n);
  return Number((BigInt(x) >> BigInt(exponent)) + (remainder > threshold ? 1n : 0n));
}

const edges = [
  0,
  1,
  -1,
  2,
  -2,
  2 ** 30,
  -(2 ** 30),
  2 ** 31 - 1,
  -(2 ** 31),
  -(2 ** 31) + 1,
  0xffff,
  0x10000,
  -65537,
];
const multipliers = [0, 2 ** 30, 2 ** 30 + 1, 2 ** 31 - 1, 0x5a827999, 0x7fff0000, 0x4000ffff];

test("the doubling high product equals 64-bit arithmetic at the edges and on 200,000 random pairs", () => {
  for (const a of edges) {
    for (const b of multipliers)
      assert.equal(roundingDoublingHighMul(a, b), highMulReference(a, b), `${a} × ${b}`);
  }
  const { int } = random(11);
  for (let i = 0; i < 200_000; i++) {
    const a = int(-(2 ** 31), 2 ** 31 - 1) >> int(0, 31);
    const b = int(2 ** 30, 2 ** 31 - 1);
    if (roundingDoublingHighMul(a, b) !== highMulReference(a, b)) assert.fail(`${a} × ${b}`);
  }
});

test("the doubling high product rounds exact halves up, on both sides of zero", () => {
  assert.equal(roundingDoublingHighMul(1, 2 ** 30), 1); // 0.5
  assert.equal(roundingDoublingHighMul(-1, 2 ** 30), 0); // −0.5
  assert.equal(roundingDoublingHighMul(-3, 2 ** 30), -1); // −1.5
});

test("0.4 rounds to 0 once, and to 1 by way of a whole number of halves", () => {
  const { multiplier, shift } = quantizeMultiplier(0.4);
  assert.deepEqual([requantizeNearest(1, multiplier, shift), requantize(1, multiplier, shift)], [0, 1]);
});

test("halves go to the even neighbour, all else to the nearest", () => {
  assert.deepEqual([0.5, 1.5, 2.5, -0.5, -1.5, -2.5].map(roundHalfEven).map(Math.abs), [0, 2, 2, 0, 2, 2]);
  assert.deepEqual(
    [0.49, 0.51, -0.49, -0.51, 7].map(roundHalfEven).map((x) => x + 0),
    [0, 1, 0, -1, 7],
  );
});

test("the rounding shift equals 64-bit arithmetic for every exponent", () => {
  const { int } = random(12);
  for (let exponent = 0; exponent <= 31; exponent++) {
    const some = Array.from({ length: 500 }, () => int(-(2 ** 31), 2 ** 31 - 1) >> int(0, 31));
    for (const x of [...edges, ...some]) {
      assert.equal(roundingDivideByPot(x, exponent), divideReference(x, exponent), `${x} / 2^${exponent}`);
    }
  }
});

test("the rounding shift rounds halves away from zero", () => {
  assert.deepEqual(
    [3, -3, 5, -5].map((x) => roundingDivideByPot(x, 1)),
    [2, -2, 3, -3],
  );
});

test("requantising is monotone in the accumulator, so a maximum may be taken before it", () => {
  const { int } = random(13);
  for (let i = 0; i < 500; i++) {
    const multiplier = int(2 ** 30, 2 ** 31 - 1);
    const shift = int(-20, 4);
    const accs = Array.from({ length: 40 }, () => int(-(2 ** 26), 2 ** 26)).sort((a, b) => a - b);
    const values = accs.map((acc) => requantize(acc, multiplier, shift));
    values.forEach((value, k) => assert.ok(k === 0 || values[k - 1]! <= value));
  }
});

test("requantising is within one of the real product", () => {
  const { int, next } = random(14);
  for (let i = 0; i < 20_000; i++) {
    const real = 2 ** (next() * 20 - 18);
    const acc = int(-(2 ** 24), 2 ** 24);
    const { multiplier, shift } = quantizeMultiplier(real);
    assert.ok(Math.abs(requantize(acc, multiplier, shift) - acc * real) <= 1, `${acc} × ${real}`);
  }
});

test("a real factor becomes 31 bits and a power of two, as TensorFlow Lite splits it", () => {
  assert.deepEqual(quantizeMultiplier(0), { multiplier: 0, shift: 0 });
  assert.deepEqual(quantizeMultiplier(1), { multiplier: 2 ** 30, shift: 1 });
  assert.deepEqual(quantizeMultiplier(0.5), { multiplier: 2 ** 30, shift: 0 });
  assert.deepEqual(quantizeMultiplier(0.75), { multiplier: 3 * 2 ** 29, shift: 0 });
  // Rounding up to 2^31 carries into the shift.
  assert.deepEqual(quantizeMultiplier(1 - 2 ** -40), { multiplier: 2 ** 30, shift: 1 });
  assert.deepEqual(quantizeMultiplier(2 ** -33), { multiplier: 0, shift: 0 });
  assert.deepEqual(quantizeMultiplier(2 ** 31), { multiplier: 2 ** 31 - 1, shift: 30 });
});

test("fixed-point factors are exact to 31 bits next to every power of two", () => {
  for (let exponent = -30; exponent <= 28; exponent++) {
    for (const real of [2 ** exponent * (1 - 2 ** -52), 2 ** exponent, 2 ** exponent * (1 + 2 ** -52)]) {
      const { multiplier, shift } = quantizeMultiplier(real);
      assert.ok(multiplier >= 2 ** 30 && multiplier < 2 ** 31, `${real}: ${multiplier}`);
      assert.ok(Math.abs(multiplier * 2 ** (shift - 31) - real) <= real * 2 ** -31);
    }
  }
});

test("values round half away from zero and saturate", () => {
  assert.deepEqual(
    [0.5, -0.5, 1.5, -1.5, 0.49999999999999994, 2.4].map((x) => roundHalfAway(x)),
    [1, -1, 2, -2, 0, 2],
  );
  const quantization = { scale: 0.5, zeroPoint: 3 };
  const limits = { min: -128, max: 127 };
  assert.deepEqual([0, 0.25, -0.25, 1e9, -1e9, Infinity].map((x) => quantizeValue(x, quantization, limits)),
    [3, 4, 2, 127, -128, 127]); // prettier-ignore
  assert.equal(dequantizeValue(-7, quantization), -5);
});

test("ADD is within one byte of the real sum for any three scales", () => {
  const { int, next } = random(15);
  for (let i = 0; i < 5_000; i++) {
    const [left, right] = [0, 1].map(() => ({ scale: 2 ** (next() * 12 - 8), zeroPoint: 0 }));
    const output = { scale: (left!.scale + right!.scale) * (0.2 + next()), zeroPoint: 0 };
    const factors = addMultipliers(left!, right!, output);
    const [a, b] = [int(-255, 255), int(-255, 255)];
    const real = (a * left!.scale + b * right!.scale) / output.scale;
    assert.ok(Math.abs(requantizeSum(a, b, factors) - real) <= 0.51, `${a} + ${b}`);
  }
});
