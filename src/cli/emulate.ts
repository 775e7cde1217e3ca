import { allBuilds, bestOnDevice, gccBuilds, layersOf, type DeviceResult } from "../bench/device/best.ts";
import { cmsisNnOnDevice, cmsisNnProgram, type CmsisNnResult } from "../bench/cmsis-nn/measure.ts";
import { openCmsisNn } from "../bench/cmsis-nn/library.ts";
import { devices, parts, type Device } from "../bench/device/list.ts";
import { progressOn } from "../bench/progress.ts";
import { CompileError } from "../error.ts";
import { chooseEngine, engineOptions } from "./choices.ts";
import type { Command } from "./command.ts";
import { printEngine } from "./compile.ts";
import { sampleOf } from "../bench/sample.ts";
import { grouped, table } from "./table.ts";

/** `pingpool emulate`: the engine's instructions, code and stack on emulated cores, layer by layer. */
export const emulateCommand: Command = {
  name: "emulate",
  summary: "build the C engine for emulated cores, compare its bytes, count its instructions by layer",
  usage:
    "pingpool emulate MODEL.pt [engine options] [--device cortex-m4,rv32imc] [--clang] [--cmsis-nn FOLDER]",
  options: [...engineOptions, "device", "clang", "cmsis-nn"],
  notes: [
    "",
    `Devices: ${devices.map(({ id }) => id).join(", ")}; without --device all of these.`,
    `Parts that not every network fits, with cycles: ${parts.map(({ id }) => id).join(", ")}.`,
    "Each is built at -O2 and -O3, and the build that runs fewest instructions is shown.",
    "Needs cross compilers and QEMU: npm run setup:devices. Counts are exact and repeat.",
  ],
  async run(typed, commandLine) {
    const chosen = chooseDevices(typed.values.device);
    const library =
      typed.values["cmsis-nn"] === undefined ? undefined : openCmsisNn(typed.values["cmsis-nn"]);
    const engine = chooseEngine(typed, "emulate");
    const { file, prepared, compiled } = engine;
    const program = { files: printEngine(engine, commandLine).files, layers: layersOf(compiled) };
    const sample = sampleOf(prepared.graph, file.calibration[0]!);
    const foreign = library && cmsisNnProgram(prepared, sample, library);
    const progress = progressOn();
    const results: DeviceResult[] = [];
    const beside: CmsisNnResult[] = [];
    for (const device of chosen) {
      progress.step(`${file.path} on ${device.name}`);
      results.push(
        await bestOnDevice(program, device, typed.flags.has("clang") ? allBuilds(device) : gccBuilds),
      );
      if (foreign) beside.push(await cmsisNnOnDevice(foreign, device));
    }
    progress.done();
    const { arenaBytes } = compiled.plan;
    const text = describeResults(
      results,
      `arena ${grouped(arenaBytes)} B; output bytes equal the evaluator's`,
    );
    const cmsisNn = library && { version: library.version, results: beside };
    return {
      json: { model: file.path, arenaBytes, how: "emulated", results, ...(cmsisNn && { cmsisNn }) },
      text: library
        ? [text, "", library.version, describeResults(beside, agreement(beside))].join("\n")
        : text,
    };
  },
};

function agreement(results: readonly CmsisNnResult[]): string {
  const wrong = results.filter(({ differing }) => differing > 0);
  if (wrong.length === 0) return "output bytes equal the evaluator's";
  return wrong
    .map(({ device, differing, worst }) => `${device}: ${differing} output bytes differ, at most by ${worst}`)
    .join("; ");
}

/** `cortex-m4,rv32imc`, or every device there is. */
export function chooseDevices(names: string | undefined): readonly Device[] {
  if (names === undefined) return devices;
  return names.split(",").map((name) => {
    const known = [...devices, ...parts];
    const device = known.find(({ id }) => id === name);
    if (!device)
      throw new CompileError(`--device ${name}: unknown; any of ${known.map(({ id }) => id).join(", ")}`);
    return device;
  });
}

function describeResults(results: readonly DeviceResult[], words: string): string {
  const column = (name: string, of: (result: DeviceResult) => number): string[] => [
    name,
    ...results.map((result) => grouped(of(result))),
  ];
  const layers = results[0]!.layers.map(({ layer }, i) => column(layer, (r) => r.layers[i]!.instructions));
  return [
    table([
      ["instructions (emulated)", ...results.map(({ device }) => device)],
      ...layers,
      column("one inference", ({ instructions }) => instructions),
      ...(results.some(({ cycles }) => cycles !== undefined)
        ? [["cycles", ...results.map(({ cycles }) => (cycles === undefined ? "-" : grouped(cycles)))]]
        : []),
      column("code bytes", ({ codeBytes }) => codeBytes),
      column("constant bytes", ({ rodataBytes }) => rodataBytes),
      column("stack bytes", ({ stackBytes }) => stackBytes),
      column("RAM without stack", ({ ramBytes }) => ramBytes),
    ]),
    words,
    ...results.map(({ device, tools, builds }) => {
      const counts = builds.map(({ build, instructions }) => `${build} ${grouped(instructions)}`);
      return `${device}: ${tools} (${counts.join(", ")})`;
    }),
  ].join("\n");
}
