import assert from "node:assert/strict";
import { test } from "node:test";
import { buildSimulator } from "../../src/bench/simulator.ts";
import { analyse, totalOf } from "../../src/simulate/analyse.ts";
import { mps2 } from "../../src/simulate/chip/mps2.ts";
import { findSimulatedCore } from "../../src/simulate/core/cores.ts";
import { simulate } from "../../src/simulate/simulate.ts";
import type { Timing } from "../../src/simulate/simulation.ts";

const code = 0x1000;
const end = [0xe7fe];

/** Runs halfwords at 0x1000 until the jump to itself that ends them, on memory that does not wait. */
async function time(coreId: string, halfwords: readonly number[]): Promise<Timing> {
  const core = findSimulatedCore(coreId);
  const simulator = await buildSimulator(core, mps2.regions, true);
  const bytes = new Uint8Array(Uint16Array.from([...halfwords, ...end]).buffer);
  const image = { set: undefined, entry: code, symbols: [], marks: [], segments: [{ address: code, bytes }] };
  return simulate(simulator, { core, regions: mps2.regions, devices: [] }, image).timing!;
}

/** r0 3, r1 5, r3 and the stack point to memory, r6 2, r7 0; whole words. */
const prologue = [
  ...[0x2003, 0x2105, 0x2320, 0x061b, 0x2602, 0x2700], // movs r0, r1; r3 = 0x20 << 24; movs r6, r7
  ...[0x3340, 0x469d, 0xbf00, 0xbf00], // adds r3, 64; mov sp, r3
];

/** Cycles of one more repetition of `pattern`, which is whole words, once the first ones have filled whatever fills. */
async function cyclesOf(coreId: string, pattern: readonly number[]): Promise<number> {
  const repeated = (times: number): number[] => Array.from({ length: times }, () => pattern).flat();
  const of = async (times: number): Promise<number> =>
    (await time(coreId, [...prologue, ...repeated(times)])).cycles;
  return ((await of(24)) - (await of(8))) / 16;
}

const [add2, add4] = [0x1842, 0x1844]; // adds r2, r0, r1; adds r4, r0, r1
const [load2, load4, load5] = [0x681a, 0x685c, 0x689d]; // ldr r2, [r3]; ldr r4, [r3, 4]; ldr r5, [r3, 8]
const nop = 0xbf00;
const cores = ["cortex-m0", "cortex-m0plus", "cortex-m3", "cortex-m4", "cortex-m33", "cortex-m7"] as const;

/** Cycles by the manuals of the first four; by what is said in the files of Cortex-M33 and M7. */
const patterns: readonly (readonly [string, readonly number[], readonly number[]])[] = [
  ["two additions to one register", [add2, add2], [2, 2, 2, 2, 2, 2]],
  ["two additions to two registers", [add2, add4], [2, 2, 2, 2, 1, 1]],
  ["four loads in a row", [load2, load4, load5, 0x68de], [8, 8, 4, 4, 4, 2]],
  ["a load and something else", [load2, add4], [3, 3, 3, 3, 1, 1]],
  ["a load and its use", [load2, 0x18a5], [3, 3, 4, 4, 3, 1]],
  ["a load of a byte and its use", [0x781a, 0x18a5], [3, 3, 4, 4, 3, 2]],
  ["a load from a loaded address, and a load again", [0x681c, 0x6825], [4, 4, 3, 3, 3, 1]],
  ["a store", [0x6018, nop], [3, 3, 2, 2, 1, 1]],
  ["a store at a register's offset", [0x51d8, nop], [3, 3, 3, 3, 1, 1]],
  ["an address from the addition before", [0x3300, load2], [3, 3, 4, 4, 1, 1]],
  ["PUSH and POP of two registers", [0xb430, 0xbc30], [6, 6, 6, 6, 6, 2]],
  ["a multiplication", [0x4342, nop], [2, 2, 2, 2, 2, 1]],
  ["a branch not taken", [0x2800, 0xd0ff], [2, 2, 2, 2, 1, 1]],
  ["a branch to the next instruction", [nop, 0xe7ff], [4, 3, 3, 3, 3, 1]],
  ["a call of the next instruction", [0xf000, 0xf800], [4, 3, 2, 2, 3, 1]],
];

for (const [title, pattern, expected] of patterns) {
  test(`cycles of ${title}`, async () => {
    const found = [];
    for (const core of cores) found.push(await cyclesOf(core, pattern));
    assert.deepEqual(found, expected);
  });
}

/** Thumb-2: Cortex-M3, M4, M33, M7. */
const longer: readonly (readonly [string, readonly number[], readonly number[]])[] = [
  ["MLA", [0xfb00, 0x7201], [2, 1, 1, 1]],
  ["UMULL of small numbers", [0xfba0, 0x4501], [3, 1, 2, 1]],
  ["SMLAL of small numbers", [0xfbc0, 0x4501], [4, 1, 2, 1]],
  ["UDIV whose quotient is 0", [0xfbb0, 0xf2f1], [2, 2, 2, 3]],
  ["UDIV of 2^32 - 1 by 1", [0x2601, nop, 0xf04f, 0x32ff, 0xfbb2, 0xf5f6], [15, 15, 13, 13]],
  ["IT after a 16-bit instruction", [nop, 0xbf08, 0x4610, nop], [3, 3, 2, 2]],
  ["a branch to a 32-bit instruction in two words", [nop, 0xe000, nop, 0xf100, 0x0201, nop], [6, 6, 6, 2]],
];

for (const [title, pattern, expected] of longer) {
  test(`cycles of ${title}`, async () => {
    const found = [];
    for (const core of cores.slice(2)) found.push(await cyclesOf(core, pattern));
    assert.deepEqual(found, expected);
  });
}

test("every cycle has a reason", async () => {
  for (const core of cores) {
    const timing = await time(core, [
      ...prologue,
      load2,
      0x18a5,
      0xb430,
      0xbc30,
      add2,
      add4,
      0xe7ff,
      load2,
      load4,
    ]);
    assert.equal(totalOf(analyse(timing, []).cycles), timing.cycles, core);
  }
});
