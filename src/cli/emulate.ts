import { allBuilds, bestOnDevice, gccBuilds, layersOf, type DeviceResult } from "../bench/device/best.ts";
import { devices, type Device } from "../bench/device/list.ts";
import { progressOn } from "../bench/progress.ts";
import { CompileError } from "../error.ts";
import { chooseEngine, engineOptions } from "./choices.ts";
import type { Command } from "./command.ts";
import { printEngine } from "./compile.ts";
import { grouped, table } from "./table.ts";

/** `pingpool emulate`: the engine's instructions, code and stack on emulated cores, layer by layer. */
export const emulateCommand: Command = {
  name: "emulate",
  summary: "build the C engine for emulated cores, compare its bytes, count its instructions by layer",
  usage: "pingpool emulate MODEL.pt [engine options] [--device cortex-m4,rv32imc] [--clang]",
  options: [...engineOptions, "device", "clang"],
  notes: [
    "",
    `Devices: ${devices.map(({ id }) => id).join(", ")}; without --device all of them.`,
    "Each is built at -O2 and -O3, and the build that runs fewest instructions is shown.",
    "Needs cross compilers and QEMU: npm run setup:devices. Counts are exact and repeat.",
  ],
  async run(typed, commandLine) {
    const chosen = chooseDevices(typed.values.device);
    const engine = chooseEngine(typed, "emulate");
    const program = {
      files: printEngine(engine, commandLine).files,
      layers: layersOf(engine.compiled),
    };
    const progress = progressOn();
    const results: DeviceResult[] = [];
    for (const device of chosen) {
      progress.step(`${engine.file.path} on ${device.name}`);
      results.push(await bestOnDevice(program, device, typed.flags.has("clang") ? allBuilds() : gccBuilds));
    }
    progress.done();
    const { arenaBytes } = engine.compiled.plan;
    return {
      json: { model: engine.file.path, arenaBytes, how: "emulated", results },
      text: describeResults(results, arenaBytes),
    };
  },
};

/** `cortex-m4,rv32imc`, or every device there is. */
export function chooseDevices(names: string | undefined): readonly Device[] {
  if (names === undefined) return devices;
  return names.split(",").map((name) => {
    const device = devices.find(({ id }) => id === name);
    if (!device)
      throw new CompileError(`--device ${name}: unknown; any of ${devices.map(({ id }) => id).join(", ")}`);
    return device;
  });
}

function describeResults(results: readonly DeviceResult[], arenaBytes: number): string {
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
      column("code bytes", ({ codeBytes }) => codeBytes),
      column("constant bytes", ({ rodataBytes }) => rodataBytes),
      column("stack bytes", ({ stackBytes }) => stackBytes),
      column("arena and state bytes", ({ ramBytes }) => ramBytes),
    ]),
    `arena ${grouped(arenaBytes)} B; output bytes equal the evaluator's on every core`,
    ...results.map(({ device, tools, builds }) => {
      const counts = builds.map(({ build, instructions }) => `${build} ${grouped(instructions)}`);
      return `${device}: ${tools} (${counts.join(", ")})`;
    }),
  ].join("\n");
}
