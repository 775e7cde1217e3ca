import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { runOnChip } from "../../scripts/waits/measure.ts";
import { versionOf } from "../../src/bench/device/execute.ts";
import { sampleOf } from "../../src/bench/sample.ts";
import { fitBoards } from "../../src/cli/board-fit.ts";
import { findSimulatedCore } from "../../src/simulate/core/cores.ts";
import { instructionBytes } from "../../src/wait/instruction-bytes.ts";
import { errorOnChip, estimateWaits, waitsOf } from "../../src/wait/waits.ts";
import { prepareModel, readModel } from "../support/models.ts";
import { skipFor } from "../support/tools.ts";

const file = readModel("lenet5");
const prepared = prepareModel(file, "int8");
const skipWithout = (compiler: string): string | false =>
  skipFor(versionOf(compiler) ? "" : `${compiler} not found; npm run setup:devices`);
const pairs = [
  { chipId: "rp2350", coreId: "hazard3", skip: skipWithout("riscv64-unknown-elf-gcc") },
  { chipId: "stm32f103", coreId: "cortex-m3", skip: skipWithout("arm-none-eabi-gcc") },
  { chipId: "stm32l4r5", coreId: "cortex-m4", skip: skipWithout("arm-none-eabi-gcc") },
];

for (const { chipId, coreId, skip } of pairs)
  test(
    `${chipId}, ${coreId}: LeNet-5 compiled and simulated anew waits as its loops were walked`,
    { skip },
    async () => {
      const cache = mkdtempSync(join(tmpdir(), "pingpool-waits-"));
      try {
        const fit = fitBoards(prepared, { strategy: "stream", frame: "pushed" }).find(
          ({ chip, core }) => chip.id === chipId && core?.id === coreId,
        )!;
        const [chip, core, engine] = [fit.chip, fit.core!, fit.engine!];
        const { compiled, estimate } = engine;
        const sample = sampleOf(compiled.graph, file.calibration[0]!);
        const run = await runOnChip(compiled, sample, chip, findSimulatedCore(core.simulatedAs), cache);
        const bytes = instructionBytes["int8"]![core.simulatedAs]!;
        const { code, constants } = waitsOf(compiled.program, run.kernels, chip, core, bytes);
        const most = 2 * errorOnChip(chip, core, "int8")!.worstPercent;
        const offBy = (found: number): number => 100 * Math.abs(found / run.cycles - 1);
        const error = offBy(run.cyclesAtOnce + code + constants);
        assert.ok(error <= most, `off by ${error.toFixed(1)} %, expected ${most} % at most`);
        assert.ok(code + constants > 0.1 * run.cyclesAtOnce, "there is something to wait for");
        if (estimate.kind === "none") return;
        const waits = estimateWaits(compiled.program, "int8", chip, core);
        assert.ok(waits.kind === "estimated");
        const whole = offBy(estimate.cycles + waits.code + waits.constants);
        assert.ok(whole <= estimate.error.worstPercent + most, `the latency is off by ${whole.toFixed(1)} %`);
      } finally {
        rmSync(cache, { recursive: true, force: true });
      }
    },
  );
