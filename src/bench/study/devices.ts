/** The network's engines on emulated cores: ours by schedule and as chosen for each core, and CMSIS-NN where it is given. */
import { availableParallelism } from "node:os";
import { printC } from "../../backend/c.ts";
import { chooseRecipes } from "../../choose/choose.ts";
import { type Compiled, graphOf, lowerPlanned, type Prepared, type Variant } from "../../compile.ts";
import { cores } from "../../core/cores.ts";
import { CompileError } from "../../error.ts";
import type { Measurement, Metric } from "../../measurement.ts";
import type { DeviceEngine, DevicesReport, VariantReport } from "../../report/data.ts";
import type { CmsisNn } from "../cmsis-nn/library.ts";
import { cmsisNnOnDevice, cmsisNnProgram } from "../cmsis-nn/measure.ts";
import { allBuilds, bestOnDevice, type DeviceResult, gccBuilds, layersOf } from "../device/best.ts";
import { type Device, parts } from "../device/list.ts";
import type { Recipes } from "../../lower/recipe.ts";
import type { Progress } from "../progress.ts";
import { sampleOf } from "../sample.ts";
import { ladder, type Rung } from "./ladder.ts";
import { fullSet, variantOf } from "./optimisation.ts";
import type { Workshop } from "./workshop.ts";

export interface DeviceOptions {
  readonly devices: readonly Device[];
  /** Build with clang too. */
  readonly clang: boolean;
  readonly cmsisNn: CmsisNn | undefined;
  /** Ids of the engines to run; undefined: all there are. */
  readonly engines: readonly string[] | undefined;
}

/** Engines of others whose instructions were published: they stand in where the library itself is not run. */
function citedEngines(variants: readonly VariantReport[]): readonly DeviceEngine[] {
  return variants.flatMap(({ id, title, what, measurements }) => {
    const counts = measurements.filter(({ metric }) => metric === "instructions");
    return counts.length === 0 ? [] : [{ id, title, what, foreign: true, measurements: counts, layers: [] }];
  });
}

/** One way to make an engine for a device; undefined where it does not apply. */
interface Maker {
  readonly id: string;
  readonly title: string;
  readonly what: string;
  readonly foreign: boolean;
  readonly run: (device: Device) => Promise<(DeviceResult & { readonly remark?: string }) | undefined>;
}

/** Runs each engine on each device. What a part has no room for is told in the notes. */
export async function deviceReport(
  prepared: Prepared,
  shop: Workshop,
  sample: readonly Float32Array[],
  options: DeviceOptions,
  cited: readonly VariantReport[],
  progress: Progress,
): Promise<DevicesReport> {
  const all = [...ourMakers(prepared, shop, sample, options), ...cmsisMakers(prepared, sample, options)];
  const makers = all.filter(({ id }) => options.engines?.includes(id) ?? true);
  const notes = new Set<string>();
  const engines: DeviceEngine[] = [];
  for (const { run, ...about } of makers) {
    const results = await inParallel(options.devices, async (device) => {
      progress.step(`${about.title} on ${device.name}`);
      try {
        const result = await run(device);
        if (result?.remark) notes.add(result.remark);
        return result;
      } catch (error) {
        if (!(error instanceof CompileError)) throw error;
        notes.add(`${about.title}: ${error.message}`);
        return undefined;
      }
    });
    const known = results.filter((result) => result !== undefined);
    if (known.length > 0) engines.push(engineOf(about, known));
  }
  if (!options.cmsisNn) engines.push(...citedEngines(cited));
  return { devices: options.devices.map(({ id, name }) => ({ id, name })), engines, notes: [...notes] };
}

/** Results in the order of `items`, of which as many are worked on at a time as there are processors. */
async function inParallel<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results = new Array<Result>(items.length);
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < items.length; i = next++) results[i] = await work(items[i]!);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return results;
}

/** Rows pushed: what a camera or a sensor delivers need not lie in RAM as a whole. */
const stream = { strategy: "stream", frame: "pushed" } as const;

function ourMakers(
  prepared: Prepared,
  shop: Workshop,
  sample: readonly Float32Array[],
  { clang }: DeviceOptions,
): readonly Maker[] {
  const variant: Variant = { ...variantOf(fullSet), ...stream };
  const graph = graphOf(prepared, variant);
  const blocked = shop(variant).compiled;
  // Budgets that do not bind lead to the same engine again.
  const runs = new Map<string, Promise<DeviceResult>>();
  const run = (compiled: Compiled, device: Device): Promise<DeviceResult> => {
    const about = {
      toolVersion: "bench",
      commandLine: "bench",
      modelSha256: "-",
      plan: "stream",
      schedule: "-",
    };
    const { files } = printC(compiled.program, { ...about, sample: sampleOf(compiled.graph, sample) });
    const builds = clang ? allBuilds(device) : gccBuilds;
    const key = JSON.stringify([device.id, files]);
    const result = runs.get(key) ?? bestOnDevice({ files, layers: layersOf(compiled) }, device, builds);
    runs.set(key, result);
    return result;
  };
  const chosen = (constantBytes: number | undefined) => async (device: Device) => {
    const core = cores.find(({ id }) => id === device.pricedAs);
    if (!core) return undefined;
    const choice = chooseRecipes(graph, core, stream, { constantBytes });
    return run(lowerPlanned({ graph, plan: choice.plan }, choice.recipes), device);
  };
  const int8Bytes = blocked.program.constants.reduce((sum, { data }) => sum + data.byteLength, 0);
  const ours = { foreign: false } as const;
  return [
    {
      ...ours,
      id: "blocked",
      title: "ours, blocked",
      what: "One schedule for every layer and core.",
      run: async (device) => run(blocked, device),
    },
    {
      ...ours,
      id: "chosen-small",
      title: "ours, constants at most 1.05×",
      what: "Each layer as chosen for the core, with at most 1.05 times the constants of the blocked engine.",
      run: chosen(Math.floor(1.05 * int8Bytes)),
    },
    {
      ...ours,
      id: "chosen",
      title: "ours, flash free",
      what: "Each layer as chosen for the core, with as many constants as it takes.",
      run: chosen(undefined),
    },
    ...ladderMakers(run, (recipes) => shop({ ...variant, recipes }).compiled),
  ];
}

/** Where the ladder of a kernel's switches is climbed: a core with two products an instruction, and one with one. */
const ladderDevices: readonly string[] = ["cortex-m4", "rv32imc"];

function ladderMakers(
  run: (compiled: Compiled, device: Device) => Promise<DeviceResult>,
  compiled: (recipes: Recipes) => Compiled,
): readonly Maker[] {
  const rungsOf = (device: Device): readonly Rung[] =>
    ladder(cores.find(({ id }) => id === device.pricedAs)!.features);
  return ladder({ lanes: 2, registers: 8 }).map(({ id, title, what }) => ({
    id: `ladder-${id}`,
    title: `step: ${title}`,
    what,
    foreign: false,
    async run(device) {
      if (!ladderDevices.includes(device.id)) return undefined;
      return run(compiled(rungsOf(device).find((rung) => rung.id === id)!.recipes), device);
    },
  }));
}

function cmsisMakers(
  prepared: Prepared,
  sample: readonly Float32Array[],
  { cmsisNn }: DeviceOptions,
): readonly Maker[] {
  if (!cmsisNn) return [];
  const title = cmsisNn.version;
  return [
    {
      id: "cmsis-nn",
      title,
      what:
        "The library itself, called layer by layer with the same integers (int8 API); whole tensors placed by lifetime, RAM with " +
        "its working memory.",
      foreign: true,
      async run(device) {
        if (parts.includes(device)) return undefined;
        const program = cmsisNnProgram(prepared, sampleOf(prepared.graph, sample), cmsisNn);
        const result = await cmsisNnOnDevice(program, device);
        const { differing, worst } = result;
        if (differing === 0) return result;
        return {
          ...result,
          remark: `${title}: ${differing} output bytes are not the evaluator's, at most by ${worst}`,
        };
      },
    },
  ];
}

function engineOf(about: Omit<Maker, "run">, results: readonly DeviceResult[]): DeviceEngine {
  return {
    ...about,
    measurements: results.flatMap((result) => {
      const emulated = measurer(about.id, result);
      return [
        emulated("instructions", result.instructions),
        ...(result.cycles === undefined ? [] : [emulated("cycles", result.cycles)]),
        emulated("codeBytes", result.codeBytes),
        emulated("weightBytes", result.rodataBytes),
        emulated("arenaBytes", result.ramBytes),
        emulated("stackBytes", result.stackBytes),
      ];
    }),
    layers: results.flatMap((result) => {
      const emulated = measurer(about.id, result);
      return result.layers.map(({ layer, instructions }) => ({
        ...emulated("instructions", instructions),
        layer,
      }));
    }),
  };
}

function measurer(variant: string, { device, tools }: DeviceResult) {
  return (metric: Metric, value: number): Measurement => ({
    metric,
    value,
    how: "emulated",
    variant,
    core: device,
    source: tools,
  });
}
