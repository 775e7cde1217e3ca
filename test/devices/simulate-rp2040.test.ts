import assert from "node:assert/strict";
import { test } from "node:test";
import { versionOf } from "../../src/bench/device/execute.ts";
import { simulateImage } from "../../src/bench/device/simulated.ts";
import { readImage } from "../../src/simulate/image.ts";
import type { Image } from "../../src/simulate/image.ts";
import type { InstructionCount } from "../../src/simulate/simulation.ts";
import { assertAgrees, lenetOn } from "../support/device-engine.ts";
import { skipFor } from "../support/tools.ts";

const missing = versionOf("arm-none-eabi-gcc") === undefined ? "arm-none-eabi-gcc" : "";
const skip = skipFor(missing && `${missing} not found; run npm run setup:devices`);

/** PUSH with LR and POP with PC, each a cycle short on `rp2040js`: how often they ran in the whole program. */
function slipsOf(counts: readonly InstructionCount[], { segments }: Image): number {
  const halfword = (address: number): number => {
    const segment = segments.find(
      (one) => address >= one.address && address < one.address + one.bytes.length,
    )!;
    return segment.bytes[address - segment.address + 1]!;
  };
  return counts
    .filter(({ address }) => [0xb5, 0xbd].includes(halfword(address)))
    .reduce((sum, { executed }) => sum + executed, 0);
}

for (const options of [[], ["--core", "cortex-m0plus"]]) {
  test(
    `LeNet-5 ${options.join(" ")} takes as many cycles on Cortex-M0+ as on rp2040js, but for its slips`,
    { skip },
    async () => {
      const built = await lenetOn("rp2040", options);
      const image = readImage(built.file, { fileName: "program" });
      const run = await simulateImage(built.file, "rp2040", "cortex-m0plus", true);
      assertAgrees(run, built, options.join(" "));
      const ours = new Map(run.timing!.regions.map(({ region, cycles }) => [region, cycles]));
      const inference = [...built.emulation.cycles!].filter(([region]) => region < 1000);
      const more = inference.map(([region, cycles]) => ours.get(region)! - cycles);
      const cycles = inference.reduce((sum, [, own]) => sum + own, 0);
      assert.ok(more.length >= 7 && Math.min(...more) >= 0, String(more));
      const slips = more.reduce((sum, difference) => sum + difference, 0);
      assert.ok(
        slips <= slipsOf(run.timing!.counts, image) && slips / cycles < 0.002,
        `${slips} of ${cycles}`,
      );
    },
  );
}
