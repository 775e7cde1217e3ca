/** LeNet-5's engine as it is built for an emulated board, and what it does on its emulator. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { devices, parts } from "../../src/bench/device/list.ts";
import { emulateProgram, type Emulated } from "../../src/bench/device/run.ts";
import type { Simulation } from "../../src/simulate/simulation.ts";
import { pingpool } from "./pingpool.ts";

/** GCC, -O2, each kernel marked; `options` are those of `pingpool compile`. */
export async function lenetOn(deviceId: string, options: readonly string[] = []): Promise<Emulated> {
  const folder = mkdtempSync(join(tmpdir(), "pingpool-simulate-"));
  try {
    const { status, stderr } = pingpool("compile", "models/lenet5.pt", "--out", folder, ...options);
    assert.equal(status, 0, stderr);
    const files = Object.fromEntries(
      readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]),
    );
    const device = [...devices, ...parts].find(({ id }) => id === deviceId)!;
    return await emulateProgram({ files }, device, {
      compiler: "gcc",
      optimisation: "-O2",
      marked: true,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The same console, and as many instructions in every kernel and in all of the inference. */
export function assertAgrees(run: Simulation, { emulation }: Emulated, name: string): void {
  assert.equal(new TextDecoder().decode(run.console), emulation.console, name);
  const counted = new Map(run.timing!.regions.map(({ region, instructions }) => [region, instructions]));
  assert.ok(emulation.instructions.size > 1, name);
  for (const [region, instructions] of emulation.instructions)
    if (region <= 1000) assert.equal(counted.get(region), instructions, `${name}, region ${region}`);
}
