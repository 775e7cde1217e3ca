import { test } from "node:test";
import assert from "node:assert/strict";
import { binary, c, select, v } from "../../src/loop/build.ts";
import { evaluateIndex } from "../../src/loop/evaluate-index.ts";
import type { BinaryOp, Expr } from "../../src/loop/ir.ts";
import { printExpr } from "../../src/loop/print.ts";
import { type Scope, defineIndex, defineLet, newScope, rangeOf } from "../../src/loop/range.ts";
import { simplifyExpr } from "../../src/loop/simplify.ts";
import { type Random, random } from "../support/random.ts";

const turns = { i: 4, j: 3, k: 5 };

function randomIndex(rng: Random, depth: number, names: readonly string[]): Expr {
  if (depth === 0 || rng.int(0, 5) === 0) {
    return rng.int(0, 2) === 0 ? c(rng.int(-4, 9)) : v(names[rng.int(0, names.length - 1)]!);
  }
  const part = (): Expr => randomIndex(rng, depth - 1, names);
  const ops: readonly BinaryOp[] = ["+", "+", "-", "*", "min", "max", "<", "<<", ">>", "&", "/", "%"];
  const op = ops[rng.int(0, ops.length - 1)]!;
  if (op === "<<" || op === ">>") return binary(op, part(), rng.int(0, 3));
  if (op === "/" || op === "%") return binary(op, binary("max", part(), 0), rng.int(1, 6));
  return rng.int(0, 12) === 0 ? select(part(), part(), part()) : binary(op, part(), part());
}

test("simplified index arithmetic has its old value, inside its range, for all values of its names", () => {
  const rng = random(11);
  for (let n = 0; n < 1500; n++) {
    const scope: Scope = newScope(1);
    for (const [name, count] of Object.entries(turns)) defineIndex(scope, name, c(count));
    const held = randomIndex(rng, 2, ["i", "j"]);
    defineLet(scope, "held", held);
    const e = randomIndex(rng, 4, ["i", "j", "k", "held"]);
    const simple = simplifyExpr(e, scope);
    const range = rangeOf(e, scope);
    for (let i = 0; i < turns.i; i++) {
      for (let j = 0; j < turns.j; j++) {
        for (let k = 0; k < turns.k; k++) {
          const names = new Map(Object.entries({ i, j, k }));
          names.set("held", evaluateIndex(held, names)!);
          const value = evaluateIndex(e, names)!;
          const what = `${printExpr(e)} -> ${printExpr(simple)}, held = ${printExpr(held)}, ${i} ${j} ${k}`;
          assert.equal(evaluateIndex(simple, names), value, what);
          assert.ok(
            range.lo <= value && value <= range.hi,
            `${what}: ${value} not in ${range.lo}..${range.hi}`,
          );
        }
      }
    }
  }
});
