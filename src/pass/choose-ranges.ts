/**
 * The range of each tensor by the method that leaves most signal to noise at the outputs, measured: min-max everywhere to
 * begin with, then tensor by tensor, in the order of the network, whatever is better on the samples with all before it
 * chosen. So the choice is never worse there than min-max.
 */
import { tensorOf } from "../graph/build.ts";
import { byteTypeOf, isSameByteType } from "../graph/byte-type.ts";
import type { Activation } from "../graph/activation.ts";
import { evaluate } from "../graph/evaluate.ts";
import type { Graph } from "../graph/graph.ts";
import { rangeBy, type Ranges } from "./calibrate.ts";
import { decidingTensors } from "./headroom.ts";
import type { Observations } from "./observe.ts";
import { dequantizeOutput, quantizeInput } from "./quantize.ts";

type Values = ReadonlyMap<string, Activation>;

/** How many of the samples are run, evenly spread over them: a choice takes each of them twice a tensor. */
const mostSamples = 8;

/** An int8 graph, what its tensors are on each sample, and its noise: its power over the signal's, summed over outputs. */
interface Trial {
  readonly ranges: Ranges;
  readonly graph: Graph;
  readonly values: readonly Values[];
  readonly noise: number;
}

/**
 * @param samples HWC, real values.
 * @param ranges To begin with.
 * @param quantized The int8 graph by ranges.
 */
export function chooseRanges(
  float: Graph,
  observations: Observations,
  samples: readonly (readonly Float32Array[])[],
  ranges: Ranges,
  quantized: (ranges: Ranges) => Graph,
): Ranges {
  const spread = Math.max(samples.length / mostSamples, 1);
  const some = samples.filter((_, i) => Math.floor(i % spread) === 0).slice(0, mostSamples);
  const real = some.map((sample) => evaluate(float, sample));
  const measured = (tried: Ranges, graph: Graph, known: readonly Values[]): Trial => {
    const values = some.map((sample, i) => evaluate(graph, bytesOf(graph, sample), known[i]));
    return { ranges: tried, graph, values, noise: noiseOf(float, real, graph, values) };
  };
  const decided = new Set(decidingTensors(float));
  let best = measured(ranges, quantized(ranges), []);
  for (const tensor of ranges.keys()) {
    if (decided.has(tensor)) continue;
    for (const method of ["percentile", "mse"] as const) {
      const tried = new Map(ranges).set(tensor, rangeBy(method, observations.get(tensor)!));
      for (const [name, range] of best.ranges) if (name !== tensor) tried.set(name, range);
      const graph = quantized(tried);
      if (isSame(graph, best.graph)) continue;
      const trial = measured(tried, graph, unchanged(graph, best));
      if (trial.noise < best.noise) best = trial;
    }
  }
  return best.ranges;
}

const bytesOf = (graph: Graph, sample: readonly Float32Array[]): readonly Activation[] =>
  sample.map((values, i) => quantizeInput(tensorOf(graph, graph.inputs[i]!), values));

/** Whether all tensors have the types they had. */
const isSame = (graph: Graph, other: Graph): boolean => firstChange(graph, other) === undefined;

/** The first tensor, in the order in which they are computed, that is new or of another type. */
function firstChange(graph: Graph, other: Graph): string | undefined {
  const order = [...graph.inputs, ...graph.nodes.map(({ output }) => output)];
  return order.find((name) => {
    const before = other.tensors.get(name);
    return before === undefined || !isSameByteType(byteTypeOf(tensorOf(graph, name)), byteTypeOf(before));
  });
}

/** What a trial computed before the first tensor that has another type now. */
function unchanged(graph: Graph, { graph: before, values }: Trial): readonly Values[] {
  const order = graph.nodes.map(({ output }) => output);
  const known = order.slice(0, Math.max(order.indexOf(firstChange(graph, before)!), 0));
  return values.map((all) => new Map(known.map((name) => [name, all.get(name)!])));
}

function noiseOf(float: Graph, real: readonly Values[], graph: Graph, found: readonly Values[]): number {
  const parts = float.outputs.map((name, i) => {
    const output = tensorOf(graph, graph.outputs[i]!);
    let signal = 0;
    let noise = 0;
    real.forEach((values, n) => {
      const bytes = dequantizeOutput(output, found[n]!.get(output.name)!);
      values.get(name)!.forEach((value, at) => {
        signal += value * value;
        noise += (value - bytes[at]!) ** 2;
      });
    });
    return signal === 0 ? 0 : noise / signal;
  });
  return parts.reduce((sum, part) => sum + part, 0);
}
