import type { AccuracyReport, VariantReport } from "../report/data.ts";
import type { Sidecar } from "./model-file.ts";

/** A figure published elsewhere, in `NAME.json`. */
export interface CitedRam {
  readonly title: string;
  readonly what: string;
  readonly dtype: "f32" | "int8";
  readonly arenaBytes: number;
  readonly source: string;
}

export function citedVariants({ cited = [] }: Sidecar): VariantReport[] {
  return cited.map(({ title, what, dtype, arenaBytes, source }) => {
    const id = `cited-${title.toLowerCase().replace(/[^a-z0-9]+/g, "-")}`;
    return {
      id,
      title,
      dtype,
      frame: "-",
      what,
      measurements: [{ metric: "arenaBytes", value: arenaBytes, how: "cited", variant: id, source }],
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
