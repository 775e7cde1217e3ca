import assert from "node:assert/strict";
import { test } from "node:test";
import { buildSimulator } from "../../src/bench/simulator.ts";
import { testbench } from "../../src/simulate/chip/testbench.ts";
import { findSimulatedCore } from "../../src/simulate/core/cores.ts";
import { readImage } from "../../src/simulate/image.ts";
import { simulate } from "../../src/simulate/simulate.ts";
import {
  a0, a1, a2, add, addi, bne, bytesOf, div, exit, jal, jalr, lui, lw, mul, origin, ra, t1, t2, zero,
} from "../support/rv32.ts"; // prettier-ignore

const lb = (rd: number, rs1: number): number => (lw(rd, rs1, 0) & ~0x7000) >>> 0;

async function cycles(words: readonly number[]): Promise<number> {
  const core = findSimulatedCore("e31");
  const simulator = await buildSimulator(core, testbench.regions, true);
  const system = { core, regions: testbench.regions, devices: testbench.devices(core) };
  const image = readImage(bytesOf([...words, ...exit(0)]), { fileName: "words", address: origin });
  return simulate(simulator, system, image, { entry: origin }).timing!.cycles;
}

const prologue = [lui(t1, 0x40100), addi(a0, zero, 3), addi(a1, zero, -7), addi(a2, zero, 5)];

/** Cycles of `words` where nothing before or after them waits. */
async function own(...words: number[]): Promise<number> {
  return (await cycles([...prologue, ...words])) - (await cycles(prologue));
}

test("results wait as long as the manual says: LW 2, LB 3, MUL 5, a division by the bits of its quotient", async () => {
  const use = addi(t2, t2, 1);
  const other = add(a1, a0, a0);
  assert.equal(await own(lw(t2, t1, 0), other, use), 3);
  assert.equal(await own(lw(t2, t1, 0), use), 2 + 1);
  assert.equal(await own(lb(t2, t1), use), 3 + 1);
  assert.equal(await own(lb(t2, t1), other, use), 3 + 1);
  assert.equal(await own(mul(t2, a0, a2), use), 5 + 1);
  assert.equal(await own(mul(t2, a0, a2), other, other, other, other, use), 6);
  // 5 / 3: both of so many bits that the quotient has one at most, or two.
  assert.equal(await own(div(t2, a2, a0), use), 2 + 2 + 1);
});

test("there is one multiplier, and a register is written in order", async () => {
  assert.equal(await own(mul(t2, a0, a2), mul(a1, a0, a2), add(a0, a1, a1)), 5 + 5 + 1);
  assert.equal(await own(mul(t2, a0, a2), addi(t2, zero, 1)), 5 + 1);
});

test("a loop's branch costs three cycles until it is known, and once more when it falls through", async () => {
  const loop = (turns: number): number[] => [addi(a2, zero, turns), addi(a2, a2, -1), bne(a2, zero, -4)];
  const [short, long] = [await cycles(loop(10)), await cycles(loop(110))];
  assert.equal(long - short, 100 * 2);
  // Twice before its counter says taken, and the last time; the exit's store ends the run.
  assert.equal(short, 1 + 10 * 2 + 3 * 3 + 2);
});

test("returns are predicted from a stack of two addresses", async () => {
  // The call, the return and the branch are all predicted: four instructions a turn, and no more.
  const call = (turns: number): number[] => [
    addi(a2, zero, turns),
    jal(ra, 16),
    addi(a2, a2, -1),
    bne(a2, zero, -8),
    jal(zero, 8),
    jalr(zero, ra),
  ];
  const [short, long] = [await cycles(call(10)), await cycles(call(110))];
  assert.equal(long - short, 100 * 4);
});
