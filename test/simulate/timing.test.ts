import assert from "node:assert/strict";
import { test } from "node:test";
import { buildSimulator } from "../../src/bench/simulator.ts";
import { analyse, totalOf } from "../../src/simulate/analyse.ts";
import { testbench } from "../../src/simulate/chip/testbench.ts";
import { findSimulatedCore } from "../../src/simulate/core/cores.ts";
import { readImage } from "../../src/simulate/image.ts";
import { simulate } from "../../src/simulate/simulate.ts";
import type { Timing } from "../../src/simulate/simulation.ts";
import {
  a0,
  a1,
  a2,
  add,
  addi,
  beq,
  bne,
  bytesOf,
  div,
  exit,
  jal,
  jalr,
  lui,
  lw,
  mul,
  mulh,
  nops,
} from "../support/rv32.ts";
import { origin, ra, srl, sw, t1, t2, zero } from "../support/rv32.ts";

async function time(coreId: string, words: readonly number[]): Promise<Timing> {
  const core = findSimulatedCore(coreId);
  const simulator = await buildSimulator(core, testbench.regions, true);
  const system = { core, regions: testbench.regions, devices: testbench.devices(core) };
  const image = readImage(bytesOf(words), { fileName: "words", address: origin });
  return simulate(simulator, system, image, { entry: origin }).timing!;
}

/** Points t1 to memory; a0 3, a1 -7, a2 5. */
const prologue = [lui(t1, 0x40100), addi(a0, zero, 3), addi(a1, zero, -7), addi(a2, zero, 5)];

/** Cycles of one more repetition of `pattern`, once the first ones have filled whatever fills. */
async function cyclesOf(coreId: string, pattern: readonly number[]): Promise<number> {
  const repeated = (times: number): number[] => Array.from({ length: times }, () => pattern).flat();
  const of = async (times: number): Promise<number> =>
    (await time(coreId, [...prologue, ...repeated(times), ...exit(0)])).cycles;
  return ((await of(48)) - (await of(16))) / 32;
}

const cores = ["hazard3-rp2350", "hazard3-1port", "ibex-small", "cv32e40p", "picorv32-small"] as const;

/** Cycles on the cores' own RTL, one number a core in that order. */
const patterns: readonly (readonly [string, readonly number[], readonly number[]])[] = [
  ["an addition", [add(t2, a0, a2)], [1, 1, 1, 1, 3]],
  ["a load", [lw(t2, t1, 0)], [1, 2, 2, 1, 5]],
  ["a load and its use", [lw(t2, t1, 0), addi(t2, t2, 1)], [3, 3, 3, 3, 8]],
  ["a load and a store of it", [lw(t2, t1, 0), sw(t2, t1, 4)], [2, 4, 4, 3, 10]],
  ["a multiplication", [mul(t2, a0, a1)], [1, 1, 3, 1, 40]],
  ["the high half of a product", [mulh(t2, a0, a2)], [1, 1, 4, 5, 72]],
  ["a division", [div(t2, a2, a0)], [19, 19, 37, 33, 40]],
  ["a division of a negative number", [div(t2, a1, a0)], [20, 20, 37, 33, 40]],
  ["a division by zero", [div(t2, a0, zero)], [19, 19, 2, 35, 40]],
  ["a shift by three places", [srl(t2, a0, a0)], [1, 1, 1, 1, 7]],
  ["a branch not taken", [beq(a0, a1, 8)], [1, 1, 1, 1, 3]],
  ["a branch taken ahead", [bne(a0, a1, 4)], [2, 2, 3, 3, 5]],
  ["a jump ahead", [jal(zero, 4)], [2, 2, 2, 2, 3]],
  [
    "a branch to a word across two",
    [bne(a0, a1, 6), (nops & 0xffff) | (add(t2, a0, a0) << 16), (add(t2, a0, a0) >>> 16) | (nops << 16)],
    [5, 5, 6, 6, 12],
  ],
];

for (const [title, pattern, expected] of patterns) {
  test(`cycles of ${title} are the RTL's`, async () => {
    const found = [];
    for (const core of cores) found.push(await cyclesOf(core, pattern));
    assert.deepEqual(found, expected);
  });
}

test("the predictor of RP2350's core makes all turns of a loop but the first and last as short as their instructions", async () => {
  const loop = (turns: number): number[] => [
    addi(a2, zero, turns),
    addi(a2, a2, -1),
    bne(a2, zero, -4),
    ...exit(0),
  ];
  const [short, long] = [await time("hazard3-rp2350", loop(10)), await time("hazard3-rp2350", loop(110))];
  assert.equal(long.cycles - short.cycles, 200);
});

test("cycles by reason, by function and by call add up to the cycles of the run", async () => {
  const call = [jal(ra, 8), jal(zero, 16), lw(t2, t1, 0), addi(t2, t2, 1), jalr(zero, ra)];
  const timing = await time("hazard3-1port", [...prologue, ...call, ...call, ...exit(0)]);
  const { functions, cycles, mix } = analyse(timing, []);
  assert.equal(totalOf(cycles), timing.cycles);
  assert.equal(
    functions.reduce((sum, { ownCycles }) => sum + ownCycles, 0),
    timing.cycles,
  );
  assert.equal(functions[0]!.totalCycles, timing.cycles);
  assert.deepEqual([mix.call, mix.load, mix.store], [2, 2, 0]);
});
