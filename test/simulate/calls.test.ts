import assert from "node:assert/strict";
import { test } from "node:test";
import type { CallPath } from "../../src/simulate/call-paths.ts";
import { foldedCalls, nameCalls } from "../../src/simulate/call-paths.ts";
import type { CallNode } from "../../src/simulate/simulation.ts";
import { marked, pathsOf, runCalls } from "../support/call-program.ts";
import { a0, addi, beq, exit, jal, jalr, lui, ra, t1, t2, zero } from "../support/rv32.ts";

const allOwn = ({ ownCycles, callees }: CallPath): number =>
  callees.reduce((sum, callee) => sum + allOwn(callee), ownCycles);

test("a function that is jumped to takes the place of the one that jumped; regions lie within their function", async () => {
  const { simulation, analysis } = await runCalls(marked);
  assert.deepEqual(pathsOf(analysis.calls).sort(), [
    "main 0",
    "main > f 1",
    "main > g 0",
    "main > layer 0 1",
    "main > layer 0 > g 1",
    "main > layer 1 1",
    "main > layer 1 > g 1",
  ]);
  assert.equal(allOwn(analysis.calls), simulation.timing!.cycles);
  const g = analysis.functions.find(({ name }) => name === "g")!;
  assert.deepEqual([g.calls, g.instructions], [2, 6]);
});

test("a recursion of a thousand calls has as many levels as the tree keeps, and a return beyond it begins anew", async () => {
  const { simulation, analysis } = await runCalls({
    words: [
      ...[addi(a0, zero, 1000), jal(ra, 20), jal(ra, 40), ...exit(0)],
      addi(t2, ra, 0), // the way back to main
      ...[addi(a0, a0, -1), beq(a0, zero, 8), jal(ra, -8)],
      ...[addi(ra, t2, 0), jalr(zero, ra)],
      jalr(zero, ra),
    ],
    functions: { main: 0, first: 6, again: 7, g: 12 },
  });
  const { calls } = analysis;
  const paths = pathsOf(calls);
  assert.equal(allOwn(calls), simulation.timing!.cycles);
  assert.deepEqual(calls.callees.map(({ name }) => name).sort(), ["again", "first", "g"]);
  const kept = paths.filter((path) => path.endsWith("again 1")).length;
  assert.equal(Math.max(...paths.map((path) => path.split(" > ").length)), 129);
  assert.equal(kept + foldedCalls(calls), 999);
});

test("a trap's handler is called by what it interrupts, and MRET returns there", async () => {
  const mepc = 0x341;
  const { analysis } = await runCalls({
    words: [
      ...[lui(t1, 0x40000), addi(t1, t1, 40), csr(1, zero, 0x305, t1), jal(ra, 16), ...exit(0)],
      ...[0x73, addi(zero, zero, 0), jalr(zero, ra)], // ecall
      ...[csr(2, a0, mepc, zero), addi(a0, a0, 4), csr(1, zero, mepc, a0), 0x30200073], // mret
    ],
    functions: { main: 0, f: 7, handler: 10 },
  });
  assert.deepEqual(pathsOf(analysis.calls), ["main 0", "main > f 1", "main > f > handler 1"]);
  // A call counts where it leads, a return where it goes.
  const [f] = analysis.calls.callees;
  assert.deepEqual([f!.instructions, f!.callees[0]!.instructions], [3, 4]);
});

test("a region ends where one begins below it: what is left is its function's", () => {
  const node = (address: number, region: number | undefined, callees: readonly CallNode[]): CallNode => ({
    ...{ address, region, callees },
    ...{ calls: 1, cycles: 10, instructions: 5, folded: 0 },
  });
  const tree = node(0, undefined, [
    node(0, 0, [node(8, undefined, [node(8, 1, [])]), node(16, undefined, [])]),
  ]);
  const root = nameCalls(tree, []);
  assert.deepEqual(pathsOf(root), [
    "0x00000000 1",
    "0x00000000 > 0x00000008 1",
    "0x00000000 > 0x00000008 > layer 1 1",
    "0x00000000 > 0x00000010 1",
  ]);
  assert.deepEqual([root.ownCycles, root.totalCycles], [20, 50]);
});

function csr(funct3: number, rd: number, register: number, rs1: number): number {
  return (0x73 | (rd << 7) | (funct3 << 12) | (rs1 << 15) | (register << 20)) >>> 0;
}
