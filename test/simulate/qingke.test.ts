import assert from "node:assert/strict";
import { test } from "node:test";
import { buildSimulator } from "../../src/bench/simulator.ts";
import { ch32v003 } from "../../src/simulate/chip/ch32.ts";
import { findSimulatedCore } from "../../src/simulate/core/cores.ts";
import { testBench } from "../../src/simulate/device.ts";
import { readImage } from "../../src/simulate/image.ts";
import { simulate } from "../../src/simulate/simulate.ts";
import { a0, addi, bytesOf, exit, zero } from "../support/rv32.ts";

const flash = 0x08000000;
const sram = 0x20000000;
const shortNop = 0x0001;
const longNop = [0x0013, 0x0000];
const store = 0xc214; // c.sw a3, 0(a2)

/** Cycles of a turn of the loop that cpldcpu timed: what is repeated, then c.addi a0, -1 and c.bnez a0. */
async function turn(origin: number, body: readonly number[]): Promise<number> {
  const cycles = async (turns: number): Promise<number> => {
    const back = -(body.length + 1) * 2;
    const branch = 0xe101 | (((back >> 8) & 1) << 12) | (((back >> 3) & 3) << 10) | (((back >> 6) & 3) << 5) | (((back >> 1) & 3) << 3) | (((back >> 5) & 1) << 2); // prettier-ignore
    const halves = [...body, 0x157d, branch];
    if (halves.length % 2 === 1) halves.push(shortNop);
    const words = Array.from(
      { length: halves.length / 2 },
      (_, i) => (halves[2 * i]! | (halves[2 * i + 1]! << 16)) >>> 0,
    );
    const core = findSimulatedCore("qingke-v2a");
    const regions = ch32v003.regions;
    const simulator = await buildSimulator(core, regions, true);
    const pointer = 0x20000637; // lui a2, 0x20000
    const program = [pointer, addi(12, 12, 1024), addi(a0, zero, turns), ...words, ...exit(0)];
    const image = readImage(bytesOf(program), { fileName: "loop", address: origin });
    const system = { core, regions, devices: [testBench(1)] };
    return simulate(simulator, system, image, { entry: origin }).timing!.cycles;
  };
  return ((await cycles(200)) - (await cycles(100))) / 100;
}

const times = (count: number, half: readonly number[]): number[] =>
  Array.from({ length: count }, () => half).flat();

test("a loop in SRAM takes 4 cycles, and one more for each instruction of either length", async () => {
  for (const count of [0, 1, 2, 3]) {
    assert.equal(await turn(sram, times(count, [shortNop])), 4 + count);
    assert.equal(await turn(sram, times(count, longNop)), 4 + count);
  }
});

test("in flash with one wait state it takes 6, in steps of two: as many for 0 and 1, for 2 and 3", async () => {
  const found = [];
  for (const count of [0, 1, 2, 3, 4, 5]) found.push(await turn(flash, times(count, [shortNop])));
  assert.deepEqual(found, [6, 6, 8, 8, 10, 10]);
});

test("in flash a 32-bit instruction takes two cycles, as a word comes every two", async () => {
  assert.deepEqual([await turn(flash, longNop), await turn(flash, times(3, longNop))], [8, 12]);
});

test("a store takes two cycles", async () => {
  assert.equal(await turn(sram, times(3, [store])), 4 + 6);
});
