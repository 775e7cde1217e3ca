/** The walk's memories answer as the simulator's own do, whose timing was held against chips. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { compileAssemblyScript } from "../../src/bench/asc.ts";
import { simulatorSources } from "../../src/bench/simulator.ts";
import { boards } from "../../src/cli/board-fit.ts";
import { findSimulatedCore } from "../../src/simulate/core/cores.ts";
import type { SimulatorExports } from "../../src/simulate/exports.ts";
import { Paths } from "../../src/simulate/map.ts";
import type { Path } from "../../src/simulate/path.ts";
import { printParameters } from "../../src/simulate/sources.ts";
import { openPaths } from "../../src/wait/path.ts";
import { random } from "../support/random.ts";

type Memories = Pick<SimulatorExports, "makeMemory" | "makeCache" | "makePath"> & {
  readonly readWaits: (path: number, address: number, bytes: number, now: bigint) => number;
};

async function openMemories(): Promise<Memories> {
  const core = findSimulatedCore("ibex-small");
  const files = {
    ...simulatorSources(),
    "parameters.ts": printParameters(core, { timed: true, waits: true }),
    "memories.ts": `export { makeMemory } from "./machine/slow";
export { makeCache } from "./machine/cache";
export { makePath, readWaits } from "./machine/path";
`,
  };
  const binary = await compileAssemblyScript({ entry: "memories.ts", files }, { pages: 1024, mayGrow: true });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(binary.slice()), {
    env: { abort: () => assert.fail() },
  });
  return instance.exports as unknown as Memories;
}

/** Mostly on from where the last read ended, sometimes back, sometimes anywhere. */
function* reads(seed: number): Generator<{ readonly isFetch: boolean; readonly offset: number }> {
  const numbers = random(seed);
  const places = [0, 0x8000];
  for (let i = 0; i < 3000; i++) {
    const isFetch = numbers.next() < 0.5;
    const way = isFetch ? 0 : 1;
    const turn = numbers.next();
    if (turn < 0.1) places[way] = Math.max(0, places[way]! - 4 * Math.floor(40 * numbers.next()));
    else if (turn < 0.12) places[way] = 4 * Math.floor(0x4000 * numbers.next());
    else places[way]! += 4;
    yield { isFetch, offset: places[way]! };
  }
}

test("every chip's flash makes reads wait as in the simulator", async () => {
  const memories = await openMemories();
  for (const chip of boards) {
    const flash = chip.regions.find(({ kind }) => kind === "flash")!;
    const [simulated, walked] = [new Paths(memories), openPaths()];
    const pathOf = (isFetch: boolean): Path => (isFetch ? flash.fetch : flash.load)!;
    let now = 1;
    for (const { isFetch, offset } of reads(7)) {
      const address = flash.address + offset;
      const truth = memories.readWaits(simulated.of(pathOf(isFetch)), address, 4, BigInt(now)) >>> 0;
      assert.equal(walked(pathOf(isFetch))!.readWaits(address, 4, now), truth, `${chip.id} at ${offset}`);
      now += 1 + truth;
    }
  }
});
