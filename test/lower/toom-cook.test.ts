/** Winograd's matrices and the proof of their ranges, against direct convolution in exact integers. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { whyInexact, type Weights } from "../../src/lower/winograd/proof.ts";
import { exactDivision, toomCook, type Matrix } from "../../src/lower/winograd/toom-cook.ts";
import { random } from "../support/random.ts";

const sizes = [
  [2, 3],
  [4, 3],
  [2, 5],
  [4, 5],
] as const;

const times = (matrix: Matrix, x: readonly number[]): readonly bigint[] =>
  matrix.map((row) => row.reduce((sum, a, i) => sum + BigInt(a) * BigInt(x[i]!), 0n));

const correlation = (w: readonly number[], x: readonly number[], outputs: number): readonly bigint[] =>
  Array.from({ length: outputs }, (_, k) => w.reduce((sum, a, j) => sum + BigInt(a) * BigInt(x[k + j]!), 0n));

for (const [m, r] of sizes) {
  test(`F(${m},${r}) is the convolution, modulo 2^32 and divided exactly, for all bytes`, () => {
    const { input, weight, output, divisor } = toomCook(m, r);
    const { inverse, shift } = exactDivision(divisor);
    const numbers = random(100 * m + r);
    for (let i = 0; i < 500; i++) {
      const w = Array.from({ length: r }, () => (i % 5 === 0 ? -128 : numbers.int(-128, 127)));
      const x = Array.from({ length: m + r - 1 }, () => numbers.int(-255, 255));
      const gained = times(weight, w);
      const taken = times(input, x);
      const expected = correlation(w, x, m);
      for (const [k, row] of output.entries()) {
        const scaled = row.reduce((sum, a, j) => sum + BigInt(a) * gained[j]! * taken[j]!, 0n);
        assert.equal(scaled, BigInt(divisor) * expected[k]!);
        assert.equal(Math.imul(Number(BigInt.asIntN(32, scaled)), inverse) >> shift, Number(expected[k]!));
      }
    }
  });

  test(`F(${m},${r}) keeps every byte's transforms in 16 bits`, () => {
    const { input, weight } = toomCook(m, r);
    const most = (matrix: Matrix, pick: (x: number) => number): number =>
      Math.max(...matrix.map((row) => row.reduce((sum, x) => sum + pick(x), 0)));
    assert.ok(128 * most(weight, Math.abs) <= 32767);
    assert.ok(
      255 *
        Math.max(
          most(input, (x) => Math.max(x, 0)),
          most(input, (x) => Math.max(-x, 0)),
        ) <=
        32767,
    );
  });
}

test("F(4,5) has the known matrices", () => {
  const { divisor, input, output } = toomCook(4, 5);
  assert.equal(divisor, 720);
  assert.deepEqual(input[0], [-36, 0, 49, 0, -14, 0, 1, 0]);
  assert.deepEqual(input[7], [0, -36, 0, 49, 0, -14, 0, 1]);
  assert.deepEqual(output[3], [0, 1, -1, 8, -8, 27, -27, 4]);
  assert.deepEqual(exactDivision(720), { inverse: 2767867813 | 0, shift: 4 });
});

/** One channel of `count` columns of five taps, all of them `weight`. */
const column = (count: number, weight: number, bias = 0): Weights => ({
  data: new Int8Array(5 * count).fill(weight),
  bias: [bias],
  perRow: count,
});

test("results are proven to fit up to the last, and refused one beyond", () => {
  const f45 = toomCook(4, 5);
  const bytes = { lo: 0, hi: 255 };
  // 27 bits and a sign hold 2^27 − 1 = 134,217,727 = 255 × 526,344 + 7: 526,344 is the largest sum of weights.
  const fits = column(1000, 105);
  const data = Int8Array.from(fits.data);
  for (let i = 0; i < 526_344 - 525_000; i++) data[i]! += 1;
  assert.equal(whyInexact(f45, { ...fits, data }, bytes), undefined);
  data[4999]! += 1;
  assert.equal(
    whyInexact(f45, { ...fits, data }, bytes),
    "has results of channel 0 that reach 0 to 134217975, beyond 28 bits",
  );
});

test("a bias that would take a sum out of 32 bits is refused", () => {
  const weights = column(2, 100, 0x7fffffff - 255_000);
  assert.equal(whyInexact(toomCook(4, 5), weights, { lo: 0, hi: 255 }), undefined);
  const beyond = { ...weights, bias: [0x7fffffff - 254_999] };
  assert.match(whyInexact(toomCook(4, 5), beyond, { lo: 0, hi: 255 }) ?? "", /beyond 32 bits/);
});

test("inputs and weights wider than bytes are refused where their transforms leave 16 bits", () => {
  const wide = { ...column(1, 0), data: [300, 300, 300, 300, 300] };
  assert.match(whyInexact(toomCook(4, 5), wide, { lo: 0, hi: 255 }) ?? "", /transformed weights that reach/);
  assert.match(
    whyInexact(toomCook(4, 5), column(1, 1), { lo: 0, hi: 600 }) ?? "",
    /transformed inputs that reach/,
  );
});
