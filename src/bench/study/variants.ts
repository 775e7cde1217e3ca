/** The variants' figures beside RAM: operations, cycles per core, host time, flash. */
import { cmsisLike } from "../../lower/cmsis-like.ts";
import type { Program } from "../../loop/program.ts";
import type { Measurement } from "../../measurement.ts";
import type { VariantReport } from "../../report/data.ts";
import { memoryMeasurements, type PlannedVariant } from "./memory.ts";
import type { TimeVariant } from "./timing.ts";
import { workMeasurements, type Workshop } from "./workshop.ts";

/**
 * A planned variant with the blocked schedule. Timed are the int8 ones whose frame is resident: a pushed frame runs the
 * same kernels.
 */
export async function measuredVariant(
  { id, report, piece }: PlannedVariant,
  time: TimeVariant,
): Promise<VariantReport> {
  const isTimed = report.dtype === "int8" && report.frame === "resident";
  return {
    ...report,
    measurements: [
      ...report.measurements,
      ...flash(id, piece.compiled.program),
      ...workMeasurements(id, piece.work),
      ...(isTimed ? await time(id, piece) : []),
    ],
  };
}

/** Our model of CMSIS-NN's int8 kernels: im2col of two columns, pooling apart, its own scratch. */
export async function cmsisVariant(shop: Workshop, time: TimeVariant): Promise<VariantReport> {
  const id = "cmsis-nn-int8-modelled";
  const piece = shop({ strategy: "best-fit", frame: "resident", fusePool: false, recipes: cmsisLike });
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
      ...workMeasurements(id, piece.work),
      ...(await time(id, piece)),
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
