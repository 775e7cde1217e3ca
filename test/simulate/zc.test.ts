import assert from "node:assert/strict";
import { test } from "node:test";
import { buildSimulator } from "../../src/bench/simulator.ts";
import { testbench } from "../../src/simulate/chip/testbench.ts";
import { findSimulatedCore } from "../../src/simulate/core/cores.ts";
import { readImage } from "../../src/simulate/image.ts";
import { simulate } from "../../src/simulate/simulate.ts";
import type { Simulation } from "../../src/simulate/simulation.ts";
import { a0, a1, addi, bytesOf, exit, jal, lui, lw, origin, ra, sw, t0, t1, zero } from "../support/rv32.ts";

const sp = 2;
const s0 = 8;
const s1 = 9;
const nop = 0x0001;
/** Two halfwords, the first first. */
const pair = (first: number, second = nop): number => (first | (second << 16)) >>> 0;

async function run(words: readonly number[], coreId = "hazard3-rp2350"): Promise<Simulation> {
  const core = findSimulatedCore(coreId);
  const simulator = await buildSimulator(core, testbench.regions, true);
  const system = { core, regions: testbench.regions, devices: testbench.devices(core) };
  return simulate(simulator, system, readImage(bytesOf(words), { fileName: "words", address: origin }), {
    entry: origin,
  });
}

/** What register `a0` holds at the end, as the exit code. */
async function result(...words: number[]): Promise<number> {
  const { ending } = await run([...words, lui(t0, 0xf0000), sw(a0, t0, 4)]);
  assert.equal(ending.kind, "exit");
  return ending.kind === "exit" ? ending.code : NaN;
}

/** Halfwords of Zcb with a0 and a1 as operands (RISC-V Zc 1.0.0, chapter 3), and what they make of a0. */
const unary: readonly (readonly [string, number, number, number])[] = [
  ["c.zext.b a0", 0x9d61, -2, 0xfe],
  ["c.sext.b a0", 0x9d65, 0x80, -128],
  ["c.zext.h a0", 0x9d69, -2, 0xfffe],
  ["c.sext.h a0", 0x9d6d, -2, -2],
  ["c.not a0", 0x9d75, 5, -6],
  ["c.mul a0, a1", 0x9d4d, 7, -21],
];

test("Zcb's operations are those of the instructions they stand for", async () => {
  for (const [name, half, value, expected] of unary)
    assert.equal(await result(addi(a0, zero, value), addi(a1, zero, -3), pair(half)), expected, name);
});

test("Zcb loads and stores bytes and halves", async () => {
  const setup = [lui(t1, 0x40100), addi(a1, zero, 0), 0x00030593 >>> 0]; // mv a1, t1
  const stored = [addi(a0, zero, -2), pair(0x8d88)]; // c.sh a0, 0(a1)
  assert.equal(await result(...setup, ...stored, pair(0x8588)), 0xfffe); // c.lhu a0, 0(a1)
  assert.equal(await result(...setup, ...stored, pair(0x85c8)), -2); // c.lh a0, 0(a1)
  assert.equal(await result(...setup, ...stored, pair(0x81c8)), 0xff); // c.lbu a0, 1(a1)
  assert.equal(await result(...setup, ...stored, addi(a0, zero, 5), pair(0x8988), lw(a0, a1, 0)), 0xff05); // c.sb a0, 0(a1)
});

const stack = [lui(sp, 0x40100), addi(s0, zero, 11), addi(s1, zero, 22), addi(ra, zero, 33)];

test("CM.PUSH stores ra lowest and the last saved register highest, CM.POP loads them back", async () => {
  // cm.push {ra, s0-s1}, -16: ra at -12, s0 at -8, s1 at -4 of the old stack pointer.
  const pushed = [...stack, pair(0xb862)];
  for (const [offset, value] of [
    [4, 33],
    [8, 11],
    [12, 22],
  ] as const)
    // prettier-ignore
    assert.equal(await result(...pushed, lw(a0, sp, offset)), value);
  const spoilt = [addi(s0, zero, 0), addi(s1, zero, 0)];
  const popped = [...pushed, ...spoilt, pair(0xba62)]; // cm.pop {ra, s0-s1}, 16
  assert.equal(await result(...popped, addi(a0, s0, 0)), 11);
  assert.equal(await result(...popped, addi(a0, s1, 0)), 22);
  assert.equal(await result(...popped, addi(a0, sp, 0)), 0x40100000);
});

test("CM.POPRET and CM.POPRETZ return; the latter clears a0", async () => {
  // call the function behind the end, which pushes and returns to the end.
  const call = (pop: number): number[] => [
    ...stack,
    addi(a0, zero, 5),
    jal(ra, 12),
    lui(t0, 0xf0000),
    sw(a0, t0, 4),
    pair(0xb842, pop), // cm.push {ra}, -16
  ];
  for (const [pop, code] of [
    [0xbe42, 5],
    [0xbc42, 0],
  ] as const) {
    // prettier-ignore
    const { ending } = await run(call(pop));
    assert.deepEqual(ending, { kind: "exit", code });
  }
});

test("CM.MVSA01 and CM.MVA01S move two registers at once", async () => {
  const set = [addi(a0, zero, 1), addi(a1, zero, 2)];
  assert.equal(await result(...set, pair(0xaca2), addi(a0, s0, 0)), 2); // cm.mvsa01 s1, s0
  assert.equal(await result(...stack, pair(0xace2)), 22); // cm.mva01s s1, s0
  assert.equal(await result(...stack, pair(0xace2), addi(a0, a1, 0)), 11);
});

test("they take the cycles of Hazard3's table: 1 + n, 2 + n, 3 + n, 2", async () => {
  const cycles = async (words: readonly number[]): Promise<number> => (await run(words)).timing!.cycles;
  const of = async (half: number): Promise<number> =>
    (await cycles([...stack, pair(half), ...exit(0)])) -
    (await cycles([...stack, pair(nop), ...exit(0)])) +
    1;
  assert.equal(await of(0xb862), 1 + 3);
  assert.equal(await of(0xba62), 1 + 3);
  assert.equal(await of(0xaca2), 2);
  const returning = async (half: number): Promise<number> => {
    // Pushed, and popped into a return to the next word.
    const before = [...stack, addi(ra, zero, 0), lui(ra, 0x40000), addi(ra, ra, 36), pair(0xb862)];
    return (
      (await cycles([...before, pair(half), ...exit(0)])) - (await cycles([...before, pair(nop), ...exit(0)]))
    );
  };
  assert.equal((await returning(0xbe62)) + 2, 2 + 3);
  assert.equal((await returning(0xbc62)) + 2, 3 + 3);
});

test("cores without Zcb and Zcmp refuse them", async () => {
  await assert.rejects(run([pair(0x9d61)], "ibex-small"), /instruction 0x9d61 is not one of ibex-small's/);
  await assert.rejects(run([...stack, pair(0xb862)], "ibex-small"), /instruction 0xb862/);
});

test("RV32E has sixteen registers, and V2A no multiplication", async () => {
  await assert.rejects(
    run([addi(18, zero, 1)], "qingke-v2a"),
    /RV32E has registers x0 to x15, and this may name x18/,
  );
  await assert.rejects(run([0x02b50533], "qingke-v2a"), /instruction 0x02b50533/); // mul a0, a0, a1
  const { ending } = await run(
    [addi(a0, zero, 3), addi(a1, zero, 4), 0x02b50533, lui(t0, 0xf0000), sw(a0, t0, 4)],
    "qingke-v2c",
  );
  assert.deepEqual(ending, { kind: "exit", code: 12 });
  await assert.rejects(run([0x02b54533], "qingke-v2c"), /instruction 0x02b54533/); // div a0, a0, a1
});

test("a program that enables interrupts is refused, one that only waits for them ends", async () => {
  const timer = [addi(a0, zero, 0x80), 0x30451073]; // csrw mie, a0
  await assert.rejects(run([...timer, 0x30046073]), /enables interrupts \(mie 0x00000080\)/); // csrsi mstatus, 8
  await assert.rejects(run([...timer, 0x10500073]), /enables interrupts/); // wfi
  assert.equal((await run([0x10500073])).ending.kind, "idle");
});
