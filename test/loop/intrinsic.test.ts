import { test } from "node:test";
import assert from "node:assert/strict";
import {
  requantize,
  requantizeNearest,
  roundingShiftRight,
  saturatingDoublingHigh,
} from "../../src/loop/intrinsic.ts";
import {
  requantize as ofTheGraph,
  requantizeNearest as nearestOfTheGraph,
} from "../../src/graph/quantized.ts";
import { random } from "../support/random.ts";

const minInt = -0x80000000;

/** The definition in 64-bit integers. */
function requantizeExactly(acc: number, multiplier: number, shift: number): number {
  const x = BigInt.asIntN(32, BigInt(acc) << BigInt(Math.max(shift, 0)));
  const product = x * BigInt(multiplier);
  const high = (product + (product >= 0n ? 1n << 30n : 1n - (1n << 30n))) / (1n << 31n);
  const exponent = BigInt(Math.max(-shift, 0));
  const mask = (1n << exponent) - 1n;
  const isUp = (high & mask) > (mask >> 1n) + (high < 0n ? 1n : 0n);
  return Number((high >> exponent) + (isUp ? 1n : 0n));
}

test("requantize is exact for 100,000 random and all extreme operands", () => {
  const rng = random(3);
  const accs = [0, 1, -1, 0x7fffffff, minInt, 1 << 30, -(1 << 30)];
  for (let i = 0; i < 100_000; i++) {
    const acc = i < 2000 ? accs[i % accs.length]! : rng.int(minInt, 0x7fffffff) >> rng.int(0, 30);
    const multiplier = i % 10 === 0 ? (i % 20 === 0 ? 0x7fffffff : 1 << 30) : rng.int(1 << 30, 0x7fffffff);
    const shift = rng.int(-31, 3);
    assert.equal(
      requantize(acc, multiplier, shift),
      requantizeExactly(acc, multiplier, shift),
      `${acc} ${multiplier} ${shift}`,
    );
  }
});

test("requantizeNearest, here and in the graph, is the exact product rounded once for 100,000 operands", () => {
  const rng = random(5);
  for (let i = 0; i < 100_000; i++) {
    const shift = rng.int(-31, 20);
    const acc = rng.int(minInt, 0x7fffffff) >> Math.max(rng.int(0, 30), shift + 1);
    const multiplier = i % 10 === 0 ? (i % 20 === 0 ? 0x7fffffff : 1 << 30) : rng.int(1 << 30, 0x7fffffff);
    const half = 1n << BigInt(30 - shift);
    const exact = Number((BigInt(acc) * BigInt(multiplier) + half) >> BigInt(31 - shift));
    assert.equal(requantizeNearest(acc, multiplier, shift), exact, `${acc} ${multiplier} ${shift}`);
    assert.equal(nearestOfTheGraph(acc, multiplier, shift), exact, `${acc} ${multiplier} ${shift}`);
  }
});

test("the doubling multiply saturates in its one overflow", () => {
  assert.equal(saturatingDoublingHigh(minInt, minInt), 0x7fffffff);
});

test("halves are rounded away from zero", () => {
  assert.deepEqual(
    [3, -3, 5, -5, 2, -2].map((x) => roundingShiftRight(x, 1)),
    [2, -2, 3, -3, 1, -1],
  );
});

test("the loop's requantize and the graph's, written apart, agree", () => {
  const rng = random(4);
  for (let i = 0; i < 20_000; i++) {
    const operands = [rng.int(-(2 ** 26), 2 ** 26), rng.int(1 << 30, 0x7fffffff), rng.int(-31, 3)] as const;
    assert.equal(requantize(...operands), ofTheGraph(...operands), operands.join(" "));
  }
});
