/** What each cure for int8's noise brings by itself: measured, not guessed. */
import type { Graph } from "../graph/graph.ts";
import { compareGraphs } from "../pass/compare.ts";
import { observe } from "../pass/observe.ts";
import { defaults, quantizeModel, type Quantising } from "../pass/quantize-model.ts";
import type { Sample } from "./samples.ts";
import { table } from "./table.ts";

/** One way of quantising, and the outputs it gives. */
export interface Cure {
  readonly cure: string;
  /** Signal to noise of the noisiest output; null where all values are exact. */
  readonly decibels: number | null;
  /** For how many samples the largest value of the first output is in the same place. */
  readonly argmaxEqual: number;
  readonly samples: number;
}

const mostSamples = 16;

const plain: Quantising = { ...defaults, ranges: "min-max", correctBiases: false };

/** The first is what the others are cures of. */
const cures: readonly (readonly [string, Partial<Quantising>])[] = [
  ["min-max ranges, biases as they are", {}],
  ["ranges by percentile", { ranges: "percentile" }],
  ["ranges by squared error", { ranges: "mse" }],
  ["ranges chosen tensor by tensor", { ranges: "auto" }],
  ["biases corrected", { correctBiases: true }],
  ["channels equalised", { equalised: true }],
  ["16 bits for activations that need them", { activations: "auto" }],
];

export function measureCures(
  float: Graph,
  calibration: readonly Sample[],
  samples: readonly Sample[],
  how: Quantising,
): readonly Cure[] {
  const observations = observe(float, calibration);
  const some = samples.slice(0, mostSamples);
  return cures.map(([cure, change]) => {
    const tried = { ...plain, weights: how.weights, ...change };
    const graph = quantizeModel(float, calibration, tried, observations);
    const { tensors, argmaxEqual } = compareGraphs(float, graph, some);
    const noisiest = tensors.find(({ tensor }) => graph.outputs.includes(tensor))!.decibels;
    return {
      cure,
      decibels: Number.isFinite(noisiest) ? noisiest : null,
      argmaxEqual: argmaxEqual.get(graph.outputs[0]!)!,
      samples: some.length,
    };
  });
}

export function describeCures(measured: readonly Cure[]): string {
  const [first] = measured as readonly [Cure];
  const gainOf = ({ decibels }: Cure): string => {
    if (decibels === null || first.decibels === null) return "-";
    const gain = decibels - first.decibels;
    return `${gain < 0 ? "" : "+"}${gain.toFixed(1)}`;
  };
  const rows = measured.map((each, i) => [
    each.cure,
    each.decibels?.toFixed(1) ?? "exact",
    i === 0 ? "" : gainOf(each),
    `${each.argmaxEqual} of ${each.samples}`,
  ]);
  return table([
    ["what each cure brings alone (measured)", "dB at the output", "gain", "argmax equal"],
    ...rows,
  ]);
}
