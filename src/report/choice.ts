import { timeOf, type Measurement, type Metric } from "../measurement.ts";
import type { CoreReport, ModelReport, VariantReport } from "./data.ts";

/** Which variants and cores the summary speaks of. Variants are known by the words of their `id`: `int8-paper-resident`, `cmsis-…`. */

export function findMeasurement(
  variant: VariantReport | undefined,
  metric: Metric,
  core?: string,
): Measurement | undefined {
  return variant?.measurements.find((m) => m.metric === metric && (core === undefined || m.core === core));
}

export function isCmsis(variant: VariantReport): boolean {
  return /cmsis/i.test(variant.id);
}

/** Every figure of it was published by others. */
export function isCited(variant: VariantReport): boolean {
  return variant.measurements.every((m) => m.how === "cited");
}

/** A variant of ours that is the plan of the paper. */
export function isPaper(variant: VariantReport): boolean {
  return /(^|-)paper(-|$)/i.test(variant.id) && !isCited(variant);
}

/** The variant of ours with the least RAM; the first of equals. */
export function leastRam(
  report: ModelReport,
  dtype: VariantReport["dtype"],
  frame: VariantReport["frame"],
): VariantReport | undefined {
  const ours = report.variants.filter(
    (v) => v.dtype === dtype && v.frame === frame && !isCmsis(v) && !isCited(v),
  );
  const bytes = (v: VariantReport): number => findMeasurement(v, "arenaBytes")?.value ?? Infinity;
  return ours.reduce<VariantReport | undefined>(
    (best, v) => (bytes(v) < (best ? bytes(best) : Infinity) ? v : best),
    undefined,
  );
}

/** What the best is held against: the paper's plan with the same type and frame, and every other engine of that type. */
export function rivals(report: ModelReport, best: VariantReport): VariantReport[] {
  return report.variants.filter((v) => {
    if (v === best || v.dtype !== best.dtype) return false;
    return isCmsis(v) || isCited(v) || (isPaper(v) && v.frame === best.frame);
  });
}

/** The core the summary names: a Cortex-M4, since most published figures are of it, or the first that has estimates. */
export function namedCore({ cores, variants }: ModelReport): CoreReport | undefined {
  const estimated = cores.filter((core) => variants.some((variant) => latencyOn(variant, core)));
  return estimated.find((core) => core.id === "cortex-m4") ?? estimated[0] ?? cores[0];
}

/**
 * Estimated time of one inference on a core: the variant's own, or its cycles at the core's clock. The least, when several schedules
 * were estimated.
 */
export function latencyOn(variant: VariantReport, core: CoreReport): Measurement | undefined {
  const times = variant.measurements.flatMap((m): Measurement[] => {
    if (m.core !== core.id) return [];
    if (m.metric === "latencyNs") return [m];
    if (m.metric !== "cycles") return [];
    return [timeOf(m, core.clockHz)];
  });
  return times.reduce<Measurement | undefined>(
    (least, m) => (least && least.value <= m.value ? least : m),
    undefined,
  );
}
