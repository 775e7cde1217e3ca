import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { versionOf } from "../../src/bench/device/execute.ts";
import { buildSimulator } from "../../src/bench/simulator.ts";
import type { Chip } from "../../src/simulate/chip/chip.ts";
import { mps2, mps2An505 } from "../../src/simulate/chip/mps2.ts";
import type { SimulatedCore } from "../../src/simulate/core/core.ts";
import { known } from "../../src/simulate/core/core.ts";
import { findSimulatedCore } from "../../src/simulate/core/cores.ts";
import { readImage } from "../../src/simulate/image.ts";
import { simulate } from "../../src/simulate/simulate.ts";
import type { ArmArchitecture } from "../support/arm-instructions.ts";
import { armStream, recordNames, recordWords } from "../support/arm-stream.ts";
import { random } from "../support/random.ts";
import { skipFor } from "../support/tools.ts";

const missing = ["arm-none-eabi-gcc", "qemu-system-arm"].filter((tool) => versionOf(tool) === undefined);
const skip = skipFor(missing.length === 0 ? "" : `${missing.join(", ")} not found; npm run setup:devices`);

/** More by hand: PINGPOOL_STREAMS=100 runs so many seeds, PINGPOOL_FIRST_SEED=7 begins there. */
const seeds = Number(process.env["PINGPOOL_STREAMS"] ?? 2);
const firstSeed = Number(process.env["PINGPOOL_FIRST_SEED"] ?? 1);
const chunks = 120;

interface Case {
  readonly name: string;
  readonly core: SimulatedCore;
  readonly flags: readonly string[];
  readonly machine: string;
  readonly chip: Chip;
  readonly architecture: ArmArchitecture;
}

const m7 = findSimulatedCore("cortex-m7");
/** No part's M7 of ours has it, QEMU's has. */
const m7WithDoubles: SimulatedCore = {
  ...m7,
  id: "cortex-m7-double",
  parameters: { ...m7.parameters, HAS_DOUBLE: known(true, "FPv5-D16, an option of Cortex-M7") },
};

const cases: readonly Case[] = [
  {
    name: "ARMv6-M",
    core: findSimulatedCore("cortex-m0plus"),
    flags: ["-mcpu=cortex-m0plus"],
    machine: "mps2-an385",
    chip: mps2,
    architecture: { wide: false, dsp: false, float: undefined, acquire: false },
  },
  {
    name: "ARMv7-M",
    core: findSimulatedCore("cortex-m3"),
    flags: ["-mcpu=cortex-m3"],
    machine: "mps2-an385",
    chip: mps2,
    architecture: { wide: true, dsp: false, float: undefined, acquire: false },
  },
  {
    name: "ARMv7E-M with FPv4",
    core: findSimulatedCore("cortex-m4"),
    flags: ["-mcpu=cortex-m4", "-mfpu=fpv4-sp-d16", "-mfloat-abi=hard"],
    machine: "mps2-an386",
    chip: mps2,
    architecture: { wide: true, dsp: true, float: "fpv4", acquire: false },
  },
  {
    name: "ARMv7E-M with FPv5 and doubles",
    core: m7WithDoubles,
    flags: ["-mcpu=cortex-m7", "-mfpu=fpv5-d16", "-mfloat-abi=hard"],
    machine: "mps2-an500",
    chip: mps2,
    architecture: { wide: true, dsp: true, float: "fpv5-double", acquire: false },
  },
  {
    name: "ARMv8-M with FPv5",
    core: findSimulatedCore("cortex-m33"),
    flags: ["-mcpu=cortex-m33", "-mfpu=fpv5-sp-d16", "-mfloat-abi=hard"],
    machine: "mps2-an505",
    chip: mps2An505,
    architecture: { wide: true, dsp: true, float: "fpv5", acquire: true },
  },
];

const hex = (value: number): string => `0x${value.toString(16)}`;
const codeOf = ({ chip }: Case): number => chip.regions[0]!.address;
const dataOf = ({ chip }: Case): number => chip.regions.find(({ name }) => name === "SSRAM 2 and 3")!.address;

/** The ELF file of a stream, and what it writes on QEMU. */
function onQemu(one: Case, assembly: string): { readonly elf: Uint8Array; readonly written: Uint8Array } {
  const folder = mkdtempSync(join(tmpdir(), "pingpool-arm-"));
  try {
    const source = join(folder, "stream.s");
    const image = join(folder, "stream.elf");
    writeFileSync(source, assembly);
    const code = codeOf(one);
    const places = [
      `--section-start=.vectors=${hex(code)}`,
      `-Ttext=${hex(code + 0x100)}`,
      `-Tdata=${hex(dataOf(one))}`,
    ];
    const flags = [...one.flags, "-mthumb", "-nostdlib", ...places.map((place) => `-Wl,${place}`)];
    execFileSync("arm-none-eabi-gcc", [...flags, source, "-o", image]);
    const written = execFileSync(
      "qemu-system-arm",
      [
        ...["-M", one.machine, "-display", "none", "-serial", "none", "-monitor", "none"],
        ...["-semihosting-config", "enable=on,target=native", "-kernel", image],
      ],
      { timeout: 60_000 },
    );
    return { elf: readFileSync(image), written };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The first word in which two runs' records differ, in words; undefined if none does. */
function difference(
  architecture: ArmArchitecture,
  expected: Uint8Array,
  found: Uint8Array,
): string | undefined {
  const at = expected.findIndex((byte, i) => byte !== found[i]);
  if (at < 0) return undefined;
  const names = recordNames(architecture);
  const wordsOf = (bytes: Uint8Array): Uint32Array =>
    new Uint32Array(bytes.slice(0, bytes.length & ~3).buffer);
  const [right, wrong] = [wordsOf(expected), wordsOf(found)];
  const chunk = Math.floor(at / 4 / names.length);
  const differing = names.flatMap((name, i) => {
    const word = chunk * names.length + i;
    return right[word] === wrong[word] ? [] : [`${name} ${hex(wrong[word] ?? 0)} for ${hex(right[word]!)}`];
  });
  return `chunk ${chunk}: ${differing.join(", ")}`;
}

for (const one of cases) {
  test(`${one.name}: random instructions leave the state that QEMU leaves`, { skip }, async () => {
    const { core, chip, architecture } = one;
    const system = { core, regions: chip.regions, devices: chip.devices(core) };
    for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
      const assembly = armStream(random(seed), { architecture, chunks, data: dataOf(one) });
      const { elf, written } = onQemu(one, assembly);
      assert.equal(written.length, chunks * 4 * recordWords(architecture));
      for (const timed of [false, true]) {
        const simulator = await buildSimulator(core, chip.regions, timed);
        const { console } = simulate(simulator, system, readImage(elf, { fileName: "stream" }));
        const message = `seed ${seed}, ${timed ? "timed" : "untimed"}`;
        assert.equal(difference(architecture, written, console), undefined, message);
      }
    }
  });
}
