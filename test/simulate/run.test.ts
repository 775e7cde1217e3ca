import assert from "node:assert/strict";
import { test } from "node:test";
import { buildSimulator } from "../../src/bench/simulator.ts";
import { findSimulatedCore } from "../../src/simulate/core/cores.ts";
import { testBench } from "../../src/simulate/device.ts";
import { readImage } from "../../src/simulate/image.ts";
import { ram } from "../../src/simulate/region.ts";
import { simulate } from "../../src/simulate/simulate.ts";
import type { RunOptions } from "../../src/simulate/simulate.ts";
import type { Simulation } from "../../src/simulate/simulation.ts";

const origin = 0x40000000;

async function run(words: readonly number[], options: RunOptions = {}): Promise<Simulation> {
  const core = findSimulatedCore("hazard3-nobp");
  const regions = [ram("RAM", origin, 4096)];
  const simulator = await buildSimulator(core, regions, true);
  const bytes = new Uint8Array(Uint32Array.from(words).buffer);
  const image = readImage(bytes, { fileName: "words", address: origin });
  return simulate(simulator, { core, regions, devices: [testBench(1)] }, image, {
    entry: origin,
    ...options,
  });
}

const benchInT0 = 0xf00002b7; // lui t0, 0xf0000
const exitWithA0 = 0x00a2a223; // sw a0, 4(t0)
const jumpToItself = 0x0000006f;

test("a program prints and ends with its own exit code", async () => {
  const letter = 0x04100513; // li a0, 'A'
  const print = 0x00a28023; // sb a0, 0(t0)
  const { ending, console, instructions } = await run([benchInT0, letter, print, exitWithA0]);
  assert.deepEqual(ending, { kind: "exit", code: 65 });
  assert.equal(new TextDecoder().decode(console), "A");
  assert.equal(instructions, 3);
});

test("a jump to itself ends the run: nothing can happen any more", async () => {
  assert.deepEqual((await run([0x13, jumpToItself])).ending, { kind: "idle", address: origin + 4 });
});

test("what is not modelled is named: instruction, address, place", async () => {
  await assert.rejects(
    run([0x13, 0xffffffff]),
    /0x40000004: instruction 0xffffffff is not one of hazard3-nobp's/,
  );
  await assert.rejects(run([0x00002503]), /0x40000000: load of 4 bytes at 0x00000000/); // lw a0, 0(zero)
  await assert.rejects(run([0x00a02023]), /store of 4 bytes at 0x00000000/); // sw a0, 0(zero)
  await assert.rejects(run([0x00000067]), /0x00000000: no memory to fetch/); // jr zero
  await assert.rejects(run([0x7c0025f3]), /register 0x7c0 is not modelled/); // csrr a1, 0x7c0
  await assert.rejects(run([benchInT0, 0x00a2a0a3]), /misaligned access of 0xf0000001/); // sw a0, 1(t0)
});
