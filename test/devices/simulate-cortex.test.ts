import assert from "node:assert/strict";
import { test } from "node:test";
import { versionOf } from "../../src/bench/device/execute.ts";
import { buildSimulator } from "../../src/bench/simulator.ts";
import { mps2, mps2An505 } from "../../src/simulate/chip/mps2.ts";
import { findSimulatedCore } from "../../src/simulate/core/cores.ts";
import { readImage } from "../../src/simulate/image.ts";
import { simulate } from "../../src/simulate/simulate.ts";
import type { Simulation } from "../../src/simulate/simulation.ts";
import { assertAgrees, lenetOn } from "../support/device-engine.ts";
import { skipFor } from "../support/tools.ts";

const missing = ["arm-none-eabi-gcc", "qemu-system-arm"].filter((tool) => versionOf(tool) === undefined);
const skip = skipFor(missing.length === 0 ? "" : `${missing.join(", ")} not found; npm run setup:devices`);

async function simulated(coreId: string, elf: Uint8Array, timed: boolean): Promise<Simulation> {
  const core = findSimulatedCore(coreId);
  const chip = coreId === "cortex-m33" ? mps2An505 : mps2;
  const simulator = await buildSimulator(core, chip.regions, timed);
  const system = { core, regions: chip.regions, devices: chip.devices(core) };
  return simulate(simulator, system, readImage(elf, { fileName: "program" }));
}

for (const id of ["cortex-m0plus", "cortex-m3", "cortex-m4", "cortex-m7", "cortex-m33"]) {
  test(
    `LeNet-5's engines for ${id} print what they print on QEMU, in as many instructions a kernel`,
    { skip },
    async () => {
      for (const options of [[], ["--core", id]]) {
        const built = await lenetOn(id, options);
        assertAgrees(await simulated(id, built.elf, true), built, `${id} ${options.join(" ")}`);
        const untimed = await simulated(id, built.elf, false);
        assert.equal(new TextDecoder().decode(untimed.console), built.emulation.console);
      }
    },
  );
}
