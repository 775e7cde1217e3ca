/** The networks whose kernels are calibrated on: the bundled ones, and made-up ones for the range of each layer. */
import { prepare, type Prepared } from "../../src/compile.ts";
import type { Graph } from "../../src/graph/graph.ts";
import { defaults } from "../../src/pass/quantize-model.ts";
import { bundledNames, readModel } from "../../test/support/models.ts";
import { net } from "../../test/support/networks.ts";
import { random } from "../../test/support/random.ts";
import { synthetic } from "./synthetic.ts";

export type Dtype = Prepared["dtype"];

export interface Subject {
  readonly name: string;
  /** Left out in turn to see how far off estimates are. */
  readonly isBundled: boolean;
  readonly prepared: Prepared;
  readonly sample: readonly Float32Array[];
}

export function* bundledSubjects(dtype: Dtype, names: readonly string[] = bundledNames): Generator<Subject> {
  for (const name of bundledNames.filter((one) => names.includes(one))) {
    const { graph, calibration } = readModel(name);
    const prepared = prepare(graph, dtype, calibration);
    yield { name, isBundled: true, prepared, sample: calibration[0]! };
  }
}

export function* syntheticSubjects(dtype: Dtype): Generator<Subject> {
  for (const [i, text] of synthetic.entries()) {
    const graph = net(text, { seed: i + 1, name: `net${i}` });
    const samples = [1, 2].map((seed) => sampleFor(graph, seed));
    yield { name: text, isBundled: false, prepared: prepare(graph, dtype, samples), sample: samples[0]! };
    if (i === 0 && dtype === "int8") {
      const prepared = prepare(graph, dtype, samples, { ...defaults, weights: 4 });
      yield { name: `${text}, weights of 4 bits`, isBundled: false, prepared, sample: samples[0]! };
    }
  }
}

function sampleFor(graph: Graph, seed: number): readonly Float32Array[] {
  const numbers = random(seed);
  return graph.inputs.map((name) => {
    const { h, w, c } = graph.tensors.get(name)!.shape;
    return Float32Array.from({ length: h * w * c }, () => numbers.normal());
  });
}
