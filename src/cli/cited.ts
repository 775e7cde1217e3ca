import type { Measurement } from "../measurement.ts";
import type { AccuracyReport, VariantReport } from "../report/data.ts";
import type { Sidecar } from "./model-file.ts";

/** A figure published elsewhere, in `NAME.json`. */
export interface CitedRam {
  readonly title: string;
  readonly what: string;
  readonly dtype: "f32" | "int8";
  readonly arenaBytes: number;
  /** By core id. */
  readonly cycles?: Readonly<Record<string, number>>;
  /** `emulated` where the foreign engine was run by us, and published nowhere. */
  readonly how?: "cited" | "emulated";
  readonly source: string;
}

export function citedVariants({ cited = [] }: Sidecar): VariantReport[] {
  return cited.map(({ title, what, dtype, arenaBytes, cycles = {}, how = "cited", source }) => {
    const id = `cited-${title.toLowerCase().replace(/[^a-z0-9]+/g, "-")}`;
    return {
      id,
      title,
      dtype,
      frame: "-",
      what,
      measurements: [
        { metric: "arenaBytes", value: arenaBytes, how, variant: id, source },
        ...Object.entries(cycles).map(([core, value]): Measurement => ({
          metric: "cycles",
          value,
          how,
          variant: id,
          core,
          source,
        })),
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
