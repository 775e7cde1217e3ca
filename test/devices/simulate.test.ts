import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { versionOf } from "../../src/bench/device/execute.ts";
import { simulateImage, simulatedCoresOf } from "../../src/bench/device/simulated.ts";
import type { Simulation } from "../../src/simulate/simulation.ts";
import { assertAgrees, lenetOn } from "../support/device-engine.ts";
import { random } from "../support/random.ts";
import { streamProgram } from "../support/riscv-stream.ts";
import { skipFor } from "../support/tools.ts";

const missing = ["riscv64-unknown-elf-gcc", "qemu-system-riscv32"].filter(
  (tool) => versionOf(tool) === undefined,
);
const skip = skipFor(missing.length === 0 ? "" : `${missing.join(", ")} not found; npm run setup:devices`);

function withFolder<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "pingpool-simulate-"));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The ELF file of assembly text, and what it prints on QEMU. */
function onQemu(
  assembly: string,
  architecture: string,
): { readonly elf: Uint8Array; readonly printed: string } {
  return withFolder((folder) => {
    const source = join(folder, "stream.S");
    const image = join(folder, "stream.elf");
    writeFileSync(source, assembly);
    const flags = [
      `-march=${architecture}`,
      "-mabi=ilp32",
      "-nostdlib",
      "-static",
      "-Wl,--no-warn-rwx-segments",
    ];
    execFileSync("riscv64-unknown-elf-gcc", [...flags, "-Wl,-Ttext=0x80000000", source, "-o", image]);
    // To a file: a pipe would lose what QEMU has not written when it exits.
    const printed = join(folder, "printed");
    const machine = ["-M", "virt", "-bios", "none", "-display", "none", "-serial", `file:${printed}`];
    execFileSync("qemu-system-riscv32", [...machine, "-kernel", image], { timeout: 60_000 });
    return { elf: readFileSync(image), printed: readFileSync(printed, "utf8") };
  });
}

const simulated = (coreId: string, elf: Uint8Array, timed: boolean): Promise<Simulation> =>
  simulateImage(elf, "rv32imc", coreId, timed);

const text = ({ console }: Simulation): string => new TextDecoder().decode(console);

const cases = [
  { core: "hazard3-rp2350", architecture: "rv32imac_zba_zbb_zbs", atomics: true, misaligned: false },
  { core: "ibex-maxperf", architecture: "rv32imac_zba_zbb_zbs", atomics: false, misaligned: true },
];

for (const { core, architecture, ...kinds } of cases) {
  test(`${core}: random instructions leave the registers that QEMU leaves`, { skip }, async () => {
    for (let seed = 1; seed <= 4; seed++) {
      const { elf, printed } = onQemu(streamProgram(random(seed), { chunks: 150, ...kinds }), architecture);
      const expected = printed.split("\n");
      assert.equal(expected.length, 151);
      for (const timed of [false, true]) {
        const found = text(await simulated(core, elf, timed)).split("\n");
        const chunk = expected.findIndex((line, i) => line !== found[i]);
        assert.equal(
          found[chunk],
          expected[chunk],
          `seed ${seed}, chunk ${chunk}, ${timed ? "timed" : "untimed"}`,
        );
      }
    }
  });
}

test(
  "LeNet-5's engine prints on every core what it prints on QEMU, in as many instructions a kernel",
  { skip },
  async () => {
    const built = await lenetOn("rv32imc");
    for (const id of simulatedCoresOf("rv32imc"))
      assertAgrees(await simulated(id, built.file, true), built, id);
  },
);
