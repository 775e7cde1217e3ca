/** The variants' figures beside RAM: operations, cycles per core, host time, flash. */
import { compile } from "../../compile.ts";
import { schedules } from "../../lower/schedule.ts";
import type { Program } from "../../loop/program.ts";
import type { Measurement } from "../../measurement.ts";
import { strategies } from "../../plan/strategy.ts";
import type { VariantReport } from "../../report/data.ts";
import { measureLatencies } from "../measure.ts";
import type { PairOptions } from "../pair.ts";
import type { Progress } from "../progress.ts";
import { memoryMeasurements, type PlannedVariant, type planAll } from "./memory.ts";
import { workMeasurements, type Workpiece, type Workshop } from "./workshop.ts";

/**
 * All planned variants with the blocked schedule: counted and estimated all of them, timed the int8 ones whose frame is
 * resident (a pushed frame runs the same kernels).
 */
export async function measuredVariants(
  plans: readonly ReturnType<typeof planAll>[],
  shop: Workshop,
  frame: Uint8Array,
  timing: PairOptions,
  progress: Progress,
): Promise<VariantReport[]> {
  const reports: VariantReport[] = [];
  for (const { planned } of plans) {
    for (const variant of planned) reports.push(await measured(variant, shop, frame, timing, progress));
  }
  return reports;
}

async function measured(
  { id, prepared, report, compiled: { plan } }: PlannedVariant,
  shop: Workshop,
  frame: Uint8Array,
  timing: PairOptions,
  progress: Progress,
): Promise<VariantReport> {
  const { fusePool } = strategies[plan.strategy];
  const variant = { strategy: plan.strategy, frame: plan.frame, fusePool, schedule: schedules.blocked };
  if (prepared.dtype === "f32") {
    const { program } = compile(prepared, variant);
    return { ...report, measurements: [...report.measurements, ...flash(id, program)] };
  }
  const piece = shop(variant);
  const times = plan.frame === "resident" ? await latency(id, piece, frame, timing, progress) : [];
  return {
    ...report,
    measurements: [
      ...report.measurements,
      ...flash(id, piece.compiled.program),
      ...workMeasurements(id, piece.counts),
      ...times,
    ],
  };
}

/** Our model of CMSIS-NN's int8 kernels: im2col of two columns, pooling apart, its own scratch. */
export async function cmsisVariant(
  shop: Workshop,
  frame: Uint8Array,
  timing: PairOptions,
  progress: Progress,
): Promise<VariantReport> {
  const id = "cmsis-nn-int8-modelled";
  const piece = shop({ strategy: "best-fit", frame: "resident", fusePool: false, schedule: "cmsis-like" });
  return {
    id,
    title: "CMSIS-NN int8 (modelled)",
    dtype: "int8",
    frame: "resident",
    what:
      "Our model of CMSIS-NN's published int8 kernels: two im2col columns of 16 bits, pooling as a layer of its own, " +
      "buffers by lifetime. Not the library itself, which multiplies two pairs an instruction on cores with the DSP " +
      "extension (M4, M7, M33): there this estimate is too high.",
    measurements: [
      ...memoryMeasurements(id, piece.compiled),
      ...flash(id, piece.compiled.program),
      ...workMeasurements(id, piece.counts),
      ...(await latency(id, piece, frame, timing, progress)),
    ],
  };
}

function flash(variant: string, { constants }: Program): Measurement[] {
  return [
    {
      metric: "weightBytes",
      value: constants.reduce((sum, { data }) => sum + data.byteLength, 0),
      how: "counted",
      variant,
      source: "all constants of the engine: weights, biases, multipliers, shifts; code not included",
    },
  ];
}

async function latency(
  variant: string,
  piece: Workpiece,
  frame: Uint8Array,
  timing: PairOptions,
  progress: Progress,
): Promise<Measurement[]> {
  const engine = await piece.engine();
  engine.load(frame);
  return measureLatencies([{ variant, engine }], { ...timing, progress });
}
