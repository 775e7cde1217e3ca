import assert from "node:assert/strict";
import { test } from "node:test";
import { countProgram } from "../../src/backend/count.ts";
import type { Counts } from "../../src/loop/operation.ts";
import { v } from "../../src/loop/build.ts";
import { evaluateIndex } from "../../src/loop/evaluate-index.ts";
import { printExpr } from "../../src/loop/print.ts";
import type { ScheduleName } from "../../src/lower/schedule.ts";
import { staircase } from "../../src/lower/staircase.ts";
import { optimize } from "../../src/pass/passes.ts";
import { programOf } from "../support/engines.ts";
import { net } from "../support/networks.ts";
import { random } from "../support/random.ts";

test("a staircase gives its table's places, whatever the steps", () => {
  const numbers = random(17);
  for (let i = 0; i < 500; i++) {
    const places = [numbers.int(0, 5)];
    const length = numbers.int(1, 40);
    const steepest = numbers.int(1, 4);
    while (places.length < length) places.push(places.at(-1)! + numbers.int(0, steepest));
    const e = staircase(places, v("at"));
    const found = places.map((_, at) => evaluateIndex(e, new Map([["at", at]])));
    assert.deepEqual(found, places, printExpr(e));
  }
});

test("places of a resize by whole or simple factors take one division at most", () => {
  const floors = (n: number, f: (i: number) => number): number[] => Array.from({ length: n }, (_, i) => f(i));
  const text = (places: number[]): string => printExpr(staircase(places, v("at")));
  assert.equal(text(floors(8, (i) => i >> 1)), "at / 2");
  assert.equal(text(floors(9, (i) => Math.floor((i * 2) / 3))), "at * 2 / 3");
  assert.equal(text(floors(5, (i) => 2 * i)), "at * 2");
  assert.equal(text([0, 0, 0, 1, 1, 2, 2, 3]), "max(at - 1, 0) / 2");
  assert.equal(text([0, 1, 2, 3, 3]), "min(at, 3)");
  assert.equal(text([4, 4, 4]), "4");
});

function countsOf(text: string, schedule: ScheduleName): Counts {
  const graph = optimize(net(text), { fusePool: false });
  const program = programOf(graph, { schedule, strategy: "stream", frame: "resident" })!;
  return countProgram(program).find(({ layer }) => layer === graph.nodes[0]!.name)!.counts;
}

test("a blocked depthwise layer computes four columns at once: windows share their input, columns their weights", () => {
  // 3 rows of 4 tiles of 4 columns, 8 channels; a tile's windows reach over 6 columns.
  const tiles = 3 * 4 * 8;
  const counts = countsOf("in 5x18x8 | conv 3x3 8 g8", "blocked");
  assert.equal(counts.fmac, tiles * 4 * 9);
  assert.equal(counts.loadConst32, tiles * 9 + 3 * 8);
  assert.equal(counts.load32 - 3 * 16 * 8, tiles * 3 * 6); // less what the output kernel copies
});

test("blocked channels of one group share their input", () => {
  // 3 rows, 4 columns, 2 groups of 4 channels, all 4 computed at once.
  const counts = countsOf("in 5x6x4 | conv 3x3 8 g2", "blocked");
  assert.equal(counts.fmac, 3 * 4 * 8 * 9 * 2);
  assert.equal(counts.load32 - 3 * 4 * 8, 3 * 4 * 2 * 9 * 2);
});
