/** Every network's engines on every emulated core in one table: what `reports/data/devices.json` and the README hold. */
import type { Measurement, Metric } from "../measurement.ts";
import type { DeviceEngine, ModelReport } from "./data.ts";

/** The engines that are compared network by network; the pages have them all. */
export const overviewEngines: readonly string[] = ["chosen-small", "chosen", "cmsis-nn"];

/** One engine of one network on one core, all figures emulated or counted in its image. */
export interface DeviceRow {
  readonly model: string;
  readonly device: string;
  /** `chosen`, `chosen-small`, `cmsis-nn`, … */
  readonly engine: string;
  readonly instructions: number;
  /** Where the emulator counts them. */
  readonly cycles?: number;
  readonly codeBytes: number;
  readonly constantBytes: number;
  /** Arena, state and a library's working memory. */
  readonly ramBytes: number;
  readonly stackBytes: number;
  /** Compiler, its options and the emulator. */
  readonly tools: string;
}

export interface DeviceSummary {
  readonly command: string;
  readonly environment: string;
  readonly devices: readonly { readonly id: string; readonly name: string }[];
  readonly engines: readonly { readonly id: string; readonly title: string; readonly what: string }[];
  readonly rows: readonly DeviceRow[];
}

/** Undefined if no report has engines on devices. Cited engines, of which only instructions are known, are left out. */
export function summariseDevices(reports: readonly ModelReport[]): DeviceSummary | undefined {
  const [first] = reports;
  const own = reports.flatMap((report) =>
    report.devices ? [{ ...report.devices, model: report.name }] : [],
  );
  if (!first || own.length === 0) return undefined;
  const engines = new Map(own.flatMap((one) => one.engines).map((engine) => [engine.id, engine]));
  const devices = new Map(own.flatMap((one) => one.devices).map((device) => [device.id, device]));
  return {
    command: first.command,
    environment: first.environment,
    devices: [...devices.values()],
    engines: [...engines.values()].map(({ id, title, what }) => ({ id, title, what })),
    rows: own.flatMap(({ model, engines: all, devices: on }) =>
      all.flatMap((engine) => on.flatMap(({ id }) => rowOf(model, engine, id) ?? [])),
    ),
  };
}

function rowOf(model: string, { id, measurements }: DeviceEngine, device: string): DeviceRow | undefined {
  const of = (metric: Metric): Measurement | undefined =>
    measurements.find((m) => m.core === device && m.metric === metric);
  const instructions = of("instructions");
  const code = of("codeBytes");
  if (!instructions || !code) return undefined;
  const cycles = of("cycles");
  return {
    model,
    device,
    engine: id,
    instructions: instructions.value,
    ...(cycles && { cycles: cycles.value }),
    codeBytes: code.value,
    constantBytes: of("weightBytes")!.value,
    ramBytes: of("arenaBytes")!.value,
    stackBytes: of("stackBytes")!.value,
    tools: instructions.source,
  };
}
