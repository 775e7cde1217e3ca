import type { Measurement, Metric } from "../measurement.ts";
import type { AccuracyReport, VariantReport } from "../report/data.ts";
import type { Sidecar } from "./model-file.ts";

/** Figures published elsewhere, in `NAME.json`. */
export interface CitedEngine {
  readonly title: string;
  readonly what: string;
  readonly dtype: "f32" | "int8";
  readonly arenaBytes?: number;
  /** By core id, or an emulated device's. */
  readonly instructions?: Readonly<Record<string, number>>;
  /** By core id. */
  readonly cycles?: Readonly<Record<string, number>>;
  /** `emulated` where the foreign engine was run by us, and published nowhere. */
  readonly how?: "cited" | "emulated";
  readonly source: string;
}

export function citedVariants({ cited = [] }: Sidecar): VariantReport[] {
  return cited.map(({ title, what, dtype, arenaBytes, instructions, cycles, how = "cited", source }) => {
    const id = `cited-${title.toLowerCase().replace(/[^a-z0-9]+/g, "-")}`;
    const of = (metric: Metric, value: number): Measurement => ({ metric, value, how, variant: id, source });
    const byCore = (metric: Metric, values: Readonly<Record<string, number>> = {}): Measurement[] =>
      Object.entries(values).map(([core, value]) => ({ ...of(metric, value), core }));
    return {
      id,
      title,
      dtype,
      frame: "-",
      what,
      measurements: [
        ...(arenaBytes === undefined ? [] : [of("arenaBytes", arenaBytes)]),
        ...byCore("instructions", instructions),
        ...byCore("cycles", cycles),
      ],
    };
  });
}

export function citedAccuracy({ pytorchAccuracy, madeWith }: Sidecar): AccuracyReport[] {
  if (!pytorchAccuracy) return [];
  const { value, samples, data } = pytorchAccuracy;
  const source = `measured by PyTorch itself when the model was made (${madeWith ?? "version not recorded"})`;
  return [
    {
      title: "float, PyTorch",
      dtype: "f32",
      samples,
      data,
      accuracy: { metric: "accuracy", value, how: "cited", variant: "pytorch", source },
    },
  ];
}
