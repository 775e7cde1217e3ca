import { test } from "node:test";
import assert from "node:assert/strict";
import {
  add,
  c,
  div,
  less,
  load,
  max,
  min,
  mod,
  mul,
  row,
  select,
  shl,
  sub,
  v,
} from "../../src/loop/build.ts";
import type { Buffer, Expr } from "../../src/loop/ir.ts";
import { printExpr } from "../../src/loop/print.ts";
import { type Scope, defineIndex, defineLet, newScope, rangeOf } from "../../src/loop/range.ts";
import { simplifyExpr } from "../../src/loop/simplify.ts";

const x: Buffer = { name: "x", type: "i8", length: 100, space: "arena" };

/** px in 6, kx in 3, ox = 2 px, row in 8. */
function scope(): Scope {
  const known = newScope(8);
  defineIndex(known, "px", c(6));
  defineIndex(known, "kx", c(3));
  defineLet(known, "ox", mul(v("px"), 2));
  return known;
}

const cases: readonly [what: string, e: Expr, expected: string][] = [
  ["like terms are added", sub(add(v("px"), v("kx"), v("px"), 3), v("kx")), "px * 2 + 3"],
  ["a common factor is taken out", add(mul(v("px"), 12), mul(v("kx"), 12), 1), "(px + kx) * 12 + 1"],
  ["shifts are multiples", add(shl(v("px"), 2), v("px")), "px * 5"],
  ["what cancels is gone", sub(v("px"), v("px")), "0"],
  ["max of a range above a constant", max(0, add(v("px"), 1)), "px + 1"],
  ["max of a range below a constant", max(9, v("px")), "9"],
  ["max that the range does not decide", max(0, sub(2, v("px"))), "max(0, 2 - px)"],
  ["min through a let", min(11, v("ox")), "ox"],
  ["remainder of a small range", mod(row, 8), "row"],
  ["remainder of a range that is too large", mod(row, 7), "row % 7"],
  ["remainder of a multiple and a rest", mod(add(mul(v("px"), 6), v("kx")), 3), "kx"],
  ["quotient of a multiple and a rest", div(add(mul(v("px"), 6), v("kx")), 3), "px * 2"],
  ["quotient that the rest spoils", div(add(mul(v("px"), 2), v("kx")), 2), "(px * 2 + kx) / 2"],
  ["comparison", less(v("kx"), 3), "1"],
  ["select by a known condition", select(less(v("px"), 0), load(x, 1), load(x, 2)), "x[2]"],
  ["addresses inside loads", load(x, add(v("px"), 1, v("px"))), "x[px * 2 + 1]"],
  ["data are not reordered", add(load(x, 1), load(x, 0), load(x, 1)), "x[1] + x[0] + x[1]"],
  ["a load is compared by its type", max(load(x, v("px")), -128), "x[px]"],
];

for (const [what, e, expected] of cases) {
  test(`simplify: ${what}`, () => assert.equal(printExpr(simplifyExpr(e, scope())), expected));
}

test("a sum with a max in it is bounded case by case", () => {
  const clipped = add(v("ox"), -3, max(0, sub(3, v("ox"))));
  assert.deepEqual(rangeOf(clipped, scope()), { lo: 0, hi: 7 });
});

test("arithmetic that may wrap decides nothing", () => {
  const large = mul(v("px"), 0x40000000);
  assert.equal(printExpr(simplifyExpr(max(0, large), scope())), "max(0, px * 1073741824)");
});
