/**
 * Everything one report page is made of: plans, times, ablation, accuracy. The order is the page's, the result is
 * data; nothing here writes a file.
 */
import { graphOf, prepare, type Prepared } from "../../compile.ts";
import { cores } from "../../core/cores.ts";
import { cortexM4 } from "../../core/cortex-m4.ts";
import { isQuantized } from "../../graph/byte-type.ts";
import type { Graph } from "../../graph/graph.ts";
import { quantizeInput } from "../../pass/quantize.ts";
import type { AccuracyReport, ModelReport, VariantReport } from "../../report/data.ts";
import { joinedBytes } from "../engine.ts";
import { describeEnvironment } from "../environment.ts";
import type { PairOptions } from "../pair.ts";
import type { Progress } from "../progress.ts";
import { ablation } from "./ablation.ts";
import { accuracyReport, type TestSet } from "./accuracy.ts";
import { deviceReport, type DeviceOptions } from "./devices.ts";
import { layerReports } from "./layers.ts";
import { mapOf, planAll, variantId, type PlannedVariant } from "./memory.ts";
import { fullSet, variantOf } from "./optimisation.ts";
import { chosenEngines } from "./chosen.ts";
import { tradeOff } from "./trade-off.ts";
import { timerOf } from "./timing.ts";
import { cmsisVariant, measuredVariant } from "./variants.ts";
import { openWorkshop, type Workshop } from "./workshop.ts";

/** A network to study and what is known of it. */
export interface Subject {
  readonly name: string;
  readonly description: string;
  readonly file: ModelReport["file"];
  /** `1x1x32x32` */
  readonly input: string;
  readonly graph: Graph;
  readonly notes: readonly string[];
  /** Each one array an input: HWC, real. */
  readonly calibration: readonly (readonly Float32Array[])[];
  readonly testSet?: TestSet;
  /** Figures published elsewhere, and PyTorch's own accuracy. */
  readonly cited: {
    readonly variants: readonly VariantReport[];
    readonly accuracy: readonly AccuracyReport[];
  };
}

export interface StudyOptions {
  readonly toolVersion: string;
  readonly command: string;
  readonly timing: PairOptions;
  readonly progress: Progress;
  /** Emulated cores to run on, if any. */
  readonly devices?: DeviceOptions;
}

/** Networks of more nodes are planned for minutes where budget after budget is tried: only where --devices takes its time anyway. */
const quickNodes = 12;

export async function study(subject: Subject, options: StudyOptions): Promise<ModelReport> {
  const { progress } = options;
  progress.step(`${subject.name}: calibrating and quantising`);
  const int8 = prepare(subject.graph, "int8", subject.calibration);
  // A network that comes quantised has no float form.
  const float = isQuantized(subject.graph) ? undefined : prepare(subject.graph, "f32", []);
  progress.step(`${subject.name}: planning`);
  const shop = openWorkshop(int8);
  const floatShop = float && openWorkshop(float);
  const plans = [planAll("int8", shop), ...(floatShop ? [planAll("f32", floatShop)] : [])];
  const best = shop({ ...variantOf(fullSet), frame: "resident" });
  const frame = frameOf(int8, subject.calibration[0]!);
  const named: Progress = { ...progress, step: (text) => progress.step(`${subject.name}: ${text}`) };
  const time = timerOf(shop, frame, options.timing, named);
  const variants: VariantReport[] = [];
  for (const planned of plans.flatMap((each) => each.planned))
    variants.push(await measuredVariant(planned, time));
  const [sample] = subject.calibration as readonly [readonly Float32Array[]];
  const devices =
    options.devices &&
    (await deviceReport(int8, shop, sample, options.devices, subject.cited.variants, named));
  const graph = graphOf(int8, variantOf(fullSet));
  const hasTime = options.devices !== undefined && options.devices.engines === undefined;
  const isTraded = graph.nodes.length <= quickNodes || hasTime;
  if (isTraded) progress.step(`${subject.name}: choosing for each core, trading RAM, flash and cycles`);
  return {
    name: subject.name,
    description: subject.description,
    file: subject.file,
    input: subject.input,
    toolVersion: options.toolVersion,
    command: options.command,
    environment: describeEnvironment(),
    notes: [...subject.notes, ...new Set(plans.flatMap(({ refused }) => refused))],
    layers: layerReports(best.compiled, variantId("int8", "stream", "resident")),
    variants: [...variants, await cmsisVariant(shop, time), ...subject.cited.variants],
    maps: plans.flatMap(({ planned }) => planned.filter(isWorthAMap).map(mapOf)),
    ablation: await ablation(shop, frame, options.timing, named),
    accuracy: [
      ...subject.cited.accuracy,
      ...(await accuracies(subject, [...(floatShop ? [floatShop] : []), shop], named)),
    ],
    cores: cores.map(({ id, name, part, clockHz, prices, flash }) => ({
      id,
      name,
      part,
      clockHz,
      prices: [
        ...Object.entries(prices).map(([operation, price]) => ({ operation, ...price })),
        { operation: "flash wait, 4 bytes", cycles: flash.waitCycles(4), source: flash.source },
      ],
    })),
    ...(devices && { devices }),
    ...(isTraded && { chosen: chosenEngines(graph, cores), tradeOff: tradeOff(graph, cortexM4) }),
  };
}

/** Maps of the int8 plans that a reader compares, and of the best float one. */
const isWorthAMap = ({ id }: PlannedVariant): boolean =>
  id.startsWith("int8-") || id === "f32-stream-resident" || id === "f32-paper-resident";

function frameOf({ graph }: Prepared, sample: readonly Float32Array[]): Uint8Array {
  return joinedBytes(sample.map((real, i) => quantizeInput(graph.tensors.get(graph.inputs[i]!)!, real)));
}

async function accuracies(
  { testSet }: Subject,
  shops: readonly Workshop[],
  progress: Progress,
): Promise<AccuracyReport[]> {
  if (!testSet) return [];
  progress.step(`accuracy on ${testSet.inputs.length} inputs`);
  const reports: AccuracyReport[] = [];
  for (const shop of shops) {
    const piece = shop(variantOf(fullSet));
    const { graph } = piece.compiled;
    reports.push(accuracyReport(await piece.engine(), graph, testSet, isQuantized(graph) ? "int8" : "f32"));
  }
  return reports;
}
