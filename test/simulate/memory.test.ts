import assert from "node:assert/strict";
import { test } from "node:test";
import { buildSimulator } from "../../src/bench/simulator.ts";
import { analyse, totalOf } from "../../src/simulate/analyse.ts";
import { findSimulatedCore } from "../../src/simulate/core/cores.ts";
import { testBench } from "../../src/simulate/device.ts";
import { readImage } from "../../src/simulate/image.ts";
import { lineBuffers } from "../../src/simulate/path.ts";
import type { Cache, Path, SlowMemory } from "../../src/simulate/path.ts";
import { ram } from "../../src/simulate/region.ts";
import type { MemoryRegion } from "../../src/simulate/region.ts";
import { simulate } from "../../src/simulate/simulate.ts";
import type { Cycles } from "../../src/simulate/simulation.ts";
import { addi, bne, bytesOf, exit, lui, lw, origin, sw, t1, t2, zero } from "../support/rv32.ts";

/** Cycles by reason on Ibex small: 1 for an addition, 2 for a load or a store, and no access begins early. */
async function run(
  words: readonly number[],
  data: Partial<MemoryRegion>,
  code: Partial<MemoryRegion> = {},
  coreId = "ibex-small",
): Promise<Cycles> {
  const core = findSimulatedCore(coreId);
  const regions = [
    { ...ram("code", origin, 4096), ...code },
    { ...ram("data", 0x20000000, 4096), ...data },
  ];
  const simulator = await buildSimulator(core, regions, true);
  const image = readImage(bytesOf([...words, ...exit(0)]), { fileName: "words", address: origin });
  const system = { core, regions, devices: [testBench(1)] };
  return analyse(simulate(simulator, system, image, { entry: origin }).timing!, []).cycles;
}

/** Cycles that loads from these offsets wait, one after the other: the first begins in cycle 1. */
async function loads(path: Path, ...offsets: number[]): Promise<number> {
  const words = [lui(t1, 0x20000), ...offsets.map((offset) => lw(t2, t1, offset))];
  return (await run(words, { load: path })).data;
}

const slow: SlowMemory = { name: "slow", width: 4, waits: 8, next: 2 };
const cache = (more: Partial<Cache>): Cache => ({
  ...lineBuffers("cache", 2, 16),
  fill: "critical",
  ...more,
});

test("a region's constant waits come on top of each access", async () => {
  const words = [lui(t1, 0x20000), lw(t2, t1, 0), lw(t2, t1, 4), sw(t2, t1, 0)];
  const cycles = await run(words, { loadWaits: 3, storeWaits: 1 });
  assert.equal(cycles.data, 3 + 3 + 1);
  assert.equal(cycles.fetch, 0);
});

test("memory without a cache is waited for at each access, unit by unit", async () => {
  assert.equal(await loads({ memory: slow }, 0, 4, 0), 3 * 8);
  assert.equal(await loads({ memory: { ...slow, width: 2 } }, 0), 8 + 2);
});

test("serial flash goes on where the last read ended, and begins anew elsewhere", async () => {
  const memory = { name: "serial", width: 1, waits: 10, next: 2, continues: true };
  assert.equal(await loads({ memory }, 0), 10 + 3 * 2);
  assert.equal(await loads({ memory }, 0, 4), 16 + (2 - 1) + 3 * 2);
  assert.equal(await loads({ memory }, 0, 12), 16 + 16);
});

test("line buffers answer at once for the lines read last", async () => {
  const memory = { name: "flash", width: 8, waits: 5, next: 1 };
  const through = (count: number): Path => ({ memory, cache: lineBuffers("buffers", count, 8) });
  assert.equal(await loads(through(1), 0, 4, 8, 12, 0), 3 * 5);
  assert.equal(await loads(through(2), 0, 4, 8, 12, 0), 2 * 5);
});

test("a miss waits for its own unit, for the line up to it, or for the whole line", async () => {
  const of = (fill: Cache["fill"], ...offsets: number[]): Promise<number> =>
    loads({ memory: slow, cache: cache({ fill }) }, ...offsets);
  assert.equal(await of("critical", 8), 8);
  assert.equal(await of("in-order", 8), 8 + 2 * 2);
  assert.equal(await of("whole", 8), 8 + 3 * 2);
  // Units arrive in the order 8, 12, 0, 4 in cycles 9, 11, 13, 15; loads begin in 1, 11 and 13.
  assert.equal(await of("critical", 8, 12, 4), 8 + 0 + 2);
  // In the order 0, 4, 8, 12 in cycles 9, 11, 13, 15; loads begin in 1, 15 and 17.
  assert.equal(await of("in-order", 8, 12, 4), 12);
});

test("the line that goes is the one used longest ago, or filled first, or a random one", async () => {
  const misses = async (replacement: Cache["replacement"], names: string): Promise<number> =>
    (await loads(
      { memory: slow, cache: cache({ replacement, fill: "whole" }) },
      ...[...names].map((name) => 16 * "ABC".indexOf(name)),
    )) /
    (8 + 3 * 2);
  assert.equal(await misses("lru", "ABACAB"), 4);
  assert.equal(await misses("round-robin", "ABACAB"), 5);
  assert.equal(await misses("lru", "ABCABCABC"), 9);
  // The shift register begins with 1, 0x8000, 0x4000, 0x2000...: the first way, again and again; B stays.
  assert.equal(await misses("random", "ABCABCABC"), 7);
});

test("lines that share a set push each other out, others do not", async () => {
  const memory = { ...slow, next: 0 };
  const direct = cache({ bytes: 64, ways: 1, fill: "whole" });
  assert.equal(await loads({ memory, cache: direct }, 0, 16, 32, 0, 16), 3 * 8);
  assert.equal(await loads({ memory, cache: direct }, 0, 64, 0), 3 * 8);
});

test("a hit may wait, too", async () => {
  assert.equal(await loads({ memory: slow, cache: cache({ hitWaits: 1 }) }, 0, 0, 0, 0), 8 + 3 * 1);
});

test("a prefetcher reads the next line while the core goes on", async () => {
  const memory = { name: "flash", width: 8, waits: 5, next: 1 };
  const path = { memory, cache: lineBuffers("buffers", 2, 8), prefetch: true };
  // Asked for in 1: there in 6. The next line is asked for in 7: there in 12; its load begins in 8.
  assert.equal(await loads(path, 0, 8), 5 + 4);
  // A load elsewhere waits for the flash until 13, then for its line.
  assert.equal(await loads(path, 0, 64), 5 + (13 - 8) + 5);
  const later = [lui(t1, 0x20000), lw(t2, t1, 0), ...Array(4).fill(addi(t2, t2, 1)), lw(t2, t1, 8)];
  assert.equal((await run(later as number[], { load: path })).data, 5);
});

test("stores go to memory from a buffer of one, or stay in the cache until their line goes", async () => {
  const words = [lui(t1, 0x20000), lw(t2, t1, 0), sw(t2, t1, 0), sw(t2, t1, 4), lw(t2, t1, 32)];
  const of = async (more: Partial<Cache>): Promise<number> => {
    const path = { memory: slow, cache: cache({ bytes: 16, ways: 1, fill: "whole", ...more }) };
    return (await run(words, { load: path, store: path })).data;
  };
  // Line there in 15; stores in 17 and 19: the first is in memory after 25, so the second waits 7 and ends after 34;
  // the load in 28 waits 7, then 8 + 6.
  assert.equal(await of({ write: "through" }), 14 + 0 + 7 + (35 - 28) + 14);
  // Nothing goes to memory before the last load, which begins in 21: its line comes first, the old one goes after.
  assert.equal(await of({ write: "back", allocatesOnWrite: true }), 14 + 14);
});

test("fetches and loads may share a cache, or only the memory behind two", async () => {
  const whole = (): Cache => cache({ fill: "whole" });
  const words = [lui(t1, 0x40000), lw(t2, t1, 0)];
  const unified: Path = { memory: slow, cache: whole() };
  assert.equal((await run(words, {}, { fetch: unified, load: unified })).data, 0);
  // The line of both instructions is there in 14, so the load begins in 15, when the memory is free again.
  const split = await run(words, {}, { fetch: unified, load: { memory: slow, cache: whole() } });
  assert.equal(split.data, 14);
});

/** Fetch waits of so many additions, each 4 bytes, before the program ends. */
async function fetches(path: Path, words: readonly number[]): Promise<Cycles> {
  return run(words, {}, { fetch: path });
}
const additions = (count: number): number[] => Array.from({ length: count }, () => addi(t2, t2, 1));

test("instructions wait for flash that is slower than they are", async () => {
  const memory = { name: "flash", width: 8, waits: 2, next: 1 };
  const path = { memory, cache: lineBuffers("buffer", 1, 8) };
  // Words arrive in 2, 3, 6, 7, 10, 11...: a line every 4 cycles holds two instructions.
  const [few, many] = [await fetches(path, additions(4)), await fetches(path, additions(24))];
  assert.equal(many.fetch - few.fetch, 10 * 2);
  // Read ahead, a line takes its 3 cycles.
  const ahead = { ...path, prefetch: true };
  const [fewer, more] = [await fetches(ahead, additions(4)), await fetches(ahead, additions(24))];
  assert.equal(more.fetch - fewer.fetch, 10 * 1);
});

test("an instruction cache holds a loop that fits into it", async () => {
  const memory = { name: "flash", width: 4, waits: 10, next: 1 };
  const loop = (turns: number): number[] => [addi(t1, zero, turns), addi(t1, t1, -1), bne(t1, zero, -4)];
  const cached = { memory, cache: cache({ bytes: 64, ways: 2 }) };
  assert.equal((await fetches(cached, loop(50))).fetch, (await fetches(cached, loop(5))).fetch);
  // Without it both instructions are fetched each time; the first was, ahead, only from the second turn on.
  const [few, many] = [await fetches({ memory }, loop(5)), await fetches({ memory }, loop(50))];
  assert.equal(many.fetch - few.fetch, 45 * (10 + 10));
});

for (const core of ["ibex-small", "cv32e40p", "picorv32-fast", "hazard3-rp2350", "hazard3-1port"]) {
  test(`${core}: with one wait state straight code takes as long as its words, or as its instructions`, async () => {
    const own = core === "picorv32-fast" ? 3 : 1;
    const of = async (count: number, fetchWaits: number): Promise<Cycles> =>
      run(additions(count), {}, { fetchWaits }, core);
    for (const waits of [0, 1, 5]) {
      const [few, many] = [await of(4, waits), await of(24, waits)];
      const each = core === "picorv32-fast" ? own + waits : Math.max(own, 1 + waits);
      assert.equal(totalOf(many) - totalOf(few), 20 * each);
      assert.equal(many.fetch - few.fetch, 20 * (each - own));
    }
  });
}

test("hazard3: a load that waits lets the front end fill its queue", async () => {
  const words = [lui(t1, 0x20000), lw(t1, t1, 0), ...additions(8)];
  const cycles = await run(words, { loadWaits: 6 }, { fetchWaits: 1 }, "hazard3-rp2350");
  const without = await run(words, {}, { fetchWaits: 1 }, "hazard3-rp2350");
  assert.equal(cycles.data, 6);
  assert.equal(totalOf(cycles) - totalOf(without), 6 - (without.fetch - cycles.fetch));
  assert.ok(without.fetch > cycles.fetch);
});
