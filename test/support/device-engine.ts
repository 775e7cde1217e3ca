/** LeNet-5's engine as it is built for an emulated board, and what it does on its emulator. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildImage } from "../../src/bench/device/build.ts";
import type { Emulation } from "../../src/bench/device/emulation.ts";
import { devices, parts } from "../../src/bench/device/list.ts";
import { emulateQemu } from "../../src/bench/device/qemu.ts";
import { emulateRp2040 } from "../../src/bench/device/rp2040.ts";
import type { Simulation } from "../../src/simulate/simulation.ts";
import { pingpool } from "./pingpool.ts";

export interface BuiltEngine {
  readonly elf: Uint8Array;
  readonly emulation: Emulation;
}

/** GCC, -O2, each kernel marked; `options` are those of `pingpool compile`. */
export async function lenetOn(deviceId: string, options: readonly string[] = []): Promise<BuiltEngine> {
  const folder = mkdtempSync(join(tmpdir(), "pingpool-simulate-"));
  try {
    const { status, stderr } = pingpool("compile", "models/lenet5.pt", "--out", folder, ...options);
    assert.equal(status, 0, stderr);
    const files = Object.fromEntries(
      readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]),
    );
    const device = [...devices, ...parts].find(({ id }) => id === deviceId)!;
    const build = { compiler: "gcc", optimisation: "-O2", marked: true } as const;
    const image = await buildImage({ files }, device, build, folder);
    const { emulator } = device;
    assert.ok(emulator.kind !== "avr8js");
    const emulation =
      emulator.kind === "qemu"
        ? await emulateQemu(emulator, image, folder, 120)
        : emulateRp2040(image, 100e6);
    return { elf: readFileSync(image.path), emulation };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The same console, and as many instructions in every kernel and in all of the inference. */
export function assertAgrees(run: Simulation, { emulation }: BuiltEngine, name: string): void {
  assert.equal(new TextDecoder().decode(run.console), emulation.console, name);
  const counted = new Map(run.timing!.regions.map(({ region, instructions }) => [region, instructions]));
  assert.ok(emulation.instructions.size > 1, name);
  for (const [region, instructions] of emulation.instructions)
    if (region <= 1000) assert.equal(counted.get(region), instructions, `${name}, region ${region}`);
}
