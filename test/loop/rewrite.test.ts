import { test } from "node:test";
import assert from "node:assert/strict";
import {
  add,
  assign,
  c,
  declare,
  f,
  forLoop,
  load,
  max,
  mul,
  row,
  store,
  sub,
  v,
} from "../../src/loop/build.ts";
import type { Buffer, ElementType, Stmt } from "../../src/loop/ir.ts";
import { printBlock } from "../../src/loop/print.ts";
import type { Rewrite } from "../../src/loop/rewrite.ts";
import { rewriteKernel } from "../../src/loop/rewrite/apply.ts";

const buffer = (name: string, type: ElementType, space: Buffer["space"]): Buffer => ({
  name,
  type,
  length: 64,
  space,
});
const x = buffer("x", "i8", "arena");
const y = buffer("y", "i8", "arena");
const w = buffer("w", "i8", "constant");

/** The body after the rewrites, as text. */
function after(body: readonly Stmt[], ...rewrites: readonly Rewrite[]): string {
  return printBlock(rewriteKernel({ name: "k", layer: "k", body }, rewrites).body, "");
}

const text = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join("");
const jam = (loop: string, factor: number): Rewrite => ({ rewrite: "jam", loop, factor });
const copyElement = (from: Buffer, to: Buffer): Stmt => store(to, v("i"), load(from, v("i")));

const sumInto = (acc: string): Stmt =>
  forLoop("j", 4, [assign(acc, add(v(acc), load(x, add(mul(v("i"), 4), v("j")))))]);

test("jam merges inner loops and makes a smaller tile of what is left", () => {
  const body = [
    forLoop("i", 5, [declare("acc", load(w, v("i"))), sumInto("acc"), store(y, v("i"), v("acc"))]),
  ];
  assert.equal(
    after(body, jam("i", 4)),
    text([
      ...[0, 1, 2, 3].map((n) => `let acc${n ? `_${n}` : ""} = w[${n}]`),
      "for j in 4:",
      ...[0, 1, 2, 3].map(
        (n) => `  acc${n ? `_${n}` : ""} = acc${n ? `_${n}` : ""} + x[j${n ? ` + ${4 * n}` : ""}]`,
      ),
      ...[0, 1, 2, 3].map((n) => `y[${n}] = acc${n ? `_${n}` : ""}`),
      "let acc_4 = w[4]",
      "for j_1 in 4:",
      "  acc_4 = acc_4 + x[j_1 + 16]",
      "y[4] = acc_4",
    ]),
  );
});

test("jam leaves loops alone whose turns depend on each other", () => {
  const scan = [
    declare("acc", c(0)),
    forLoop("i", 4, [assign("acc", add(v("acc"), load(x, v("i")))), store(y, v("i"), v("acc"))]),
  ];
  assert.equal(after(scan, jam("i", 2)), after(scan));
  const shift = [forLoop("i", 4, [store(x, add(v("i"), 1), load(x, v("i")))])];
  assert.equal(after(shift, jam("i", 2)), after(shift));
});

test("jam keeps inner loops apart that all add to one name", () => {
  const body = [declare("acc", c(0)), forLoop("i", 2, [sumInto("acc")]), store(y, 0, v("acc"))];
  const loops = after(body, jam("i", 2))
    .split("\n")
    .filter((line) => line.startsWith("for"));
  assert.deepEqual(loops, ["for j in 4:", "for j_1 in 4:"]);
});

test("jam keeps inner loops apart that do not turn equally often", () => {
  const body = [
    forLoop("i", 2, [
      declare("acc", c(0)),
      forLoop("j", sub(row, v("i")), [assign("acc", add(v("acc"), load(x, v("j"))))]),
      store(y, v("i"), v("acc")),
    ]),
  ];
  assert.match(after(body, jam("i", 2)), /for j in row:\n.*\nfor j_1 in row - 1:\n/);
});

test("jam does not move a load over a store that may take its bytes", () => {
  const body = [
    forLoop("i", 2, [forLoop("j", 4, [store(y, add(v("i"), mul(v("j"), 2)), load(x, add(v("j"), v("i"))))])]),
  ];
  assert.equal(after(body, jam("i", 2)), after(body));
});

test("a copy's name is free of what the lowering called things", () => {
  const body = [forLoop("i", 2, [declare("a", load(x, v("i"))), store(y, v("i"), mul(v("a"), v("a")))])];
  assert.match(
    after(body, { rewrite: "unroll", loop: "i", factor: 0 }),
    /let a = x\[0\]\n.*\nlet a_1 = x\[1\]/,
  );
});

test("peel takes no more turns than there are", () => {
  const body = [forLoop("i", 3, [copyElement(x, y)])];
  const peeled = after(body, { rewrite: "peel", loop: "i", first: 2, last: 2 });
  assert.equal(peeled, text(["for i in 2:", "  y[i] = x[i]", "y[2] = x[2]"]));
});

test("collapse refuses rows that do not follow each other", () => {
  const nest = (pitch: number): readonly Stmt[] => [
    forLoop("kx", 3, [
      forLoop("ic", 4, [store(y, add(mul(v("kx"), 4), v("ic")), load(x, add(mul(v("kx"), pitch), v("ic"))))]),
    ]),
  ];
  const collapse: Rewrite = { rewrite: "collapse", outer: "kx", inner: "ic" };
  assert.equal(after(nest(4), collapse), text(["for ic in 12:", "  y[ic] = x[ic]"]));
  assert.equal(after(nest(5), collapse), after(nest(5)));
});

test("share loads again after a store, but not constants", () => {
  const twice = (b: Buffer): readonly Stmt[] => [
    store(y, 0, mul(load(b, row), load(b, row))),
    store(y, 1, load(b, row)),
  ];
  assert.equal(after(twice(x), { rewrite: "share" }).split("x[").length - 1, 2);
  assert.equal(after(twice(w), { rewrite: "share" }).split("w[").length - 1, 1);
});

test("hoist moves a load only out of a loop that surely turns, or from a constant surely inside", () => {
  const body = (b: Buffer, index: number | ReturnType<typeof v>): readonly Stmt[] => [
    declare("acc", c(0)),
    forLoop("i", sub(row, 3), [assign("acc", add(v("acc"), load(b, index)))]),
    store(y, 0, v("acc")),
  ];
  const moved = (text: string): boolean => /let (x|w)_value/.test(text);
  assert.equal(moved(after(body(x, 1), { rewrite: "hoist" })), false);
  assert.equal(moved(after(body(w, 1), { rewrite: "hoist" })), true);
  assert.equal(moved(after(body(w, row), { rewrite: "hoist" })), false);
});

const dotLoop = (count: Parameters<typeof forLoop>[1]): readonly Stmt[] => [
  declare("acc", c(0)),
  forLoop("ic", count, [assign("acc", add(v("acc"), mul(sub(load(x, v("ic")), 7), load(w, v("ic")))))]),
  store(y, 0, max(v("acc"), 0)),
];

test("vectorize makes whole vectors and a scalar rest", () => {
  assert.equal(
    after(dotLoop(19), { rewrite: "vectorize", loop: "ic", lanes: 8 }),
    text([
      "let acc = 0",
      "let acc_sums = zero()",
      "for ic in 2:",
      "  let at = ic * 8",
      "  acc_sums = addLanes(acc_sums, dot(subLanes(x[at : 8], splat(7)), w[at : 8]))",
      "for ic_1 in 3:",
      "  acc = acc + (x[ic_1 + 16] - 7) * w[ic_1 + 16]",
      "acc = acc + sum(acc_sums)",
      "y[0] = max(acc, 0)",
    ]),
  );
});

test("vectorize by two adds straight to the accumulator", () => {
  assert.equal(
    after(dotLoop(8), { rewrite: "vectorize", loop: "ic", lanes: 2 }),
    text([
      "let acc = 0",
      "for ic in 4:",
      "  let at = ic * 2",
      "  acc = acc + dot(subLanes(x[at : 2], splat2(7)), w[at : 2])",
      "y[0] = max(acc, 0)",
    ]),
  );
});

test("vectorize finds out when a count that varies leaves no rest", () => {
  const vectorized = after(dotLoop(mul(row, 16)), { rewrite: "vectorize", loop: "ic", lanes: 8 });
  assert.match(vectorized, /for ic in row \* 2:/);
  assert.doesNotMatch(vectorized, /ic_1/);
});

test("vectorize leaves floats and strided bytes alone", () => {
  const fx = buffer("x", "f32", "arena");
  const floats = [
    declare("acc", f(0)),
    forLoop("ic", 16, [assign("acc", add(v("acc", "f32"), mul(load(fx, v("ic")), load(fx, v("ic")))))]),
    store(buffer("y", "f32", "arena"), 0, v("acc", "f32")),
  ];
  const strided = [
    declare("acc", c(0)),
    forLoop("ic", 16, [assign("acc", add(v("acc"), mul(load(x, mul(v("ic"), 2)), load(w, v("ic")))))]),
    store(y, 0, v("acc")),
  ];
  for (const body of [floats, strided]) {
    assert.equal(after(body, { rewrite: "vectorize", loop: "ic", lanes: 8 }), after(body));
  }
});

test("a loop nobody has is no error", () => {
  assert.equal(
    after(dotLoop(4), jam("oc", 4), { rewrite: "unroll", loop: "wx", factor: 0 }),
    after(dotLoop(4)),
  );
});
