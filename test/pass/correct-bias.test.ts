/** Bias correction: what rounding weights adds on average is gone, borders included. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { evaluate } from "../../src/graph/evaluate.ts";
import type { Graph } from "../../src/graph/graph.ts";
import { bitsFor, channelScale, quantizedWeight, type WeightBits } from "../../src/pass/channel-scale.ts";
import { correctBias } from "../../src/pass/correct-bias.ts";
import { observe } from "../../src/pass/observe.ts";
import { optimize } from "../../src/pass/passes.ts";
import { defaults, quantizeModel } from "../../src/pass/quantize-model.ts";
import { compareGraphs } from "../../src/pass/compare.ts";
import { frames } from "../support/frames.ts";
import { net } from "../support/networks.ts";
import { random } from "../support/random.ts";

/** The graph with every weight replaced by what its bits can say of it. */
function rounded(graph: Graph, bits: WeightBits): Graph {
  const nodes = graph.nodes.map((node) => {
    if (node.kind !== "conv2d" && node.kind !== "linear") return node;
    const own = bitsFor(node, bits);
    const perChannel = node.weight.data.length / node.bias.data.length;
    const data = Float32Array.from(node.weight.data, (w, i) => {
      const from = Math.floor(i / perChannel) * perChannel;
      const scale = channelScale(node.weight.data.subarray(from, from + perChannel) as Float32Array, own);
      return quantizedWeight(w, scale, own) * scale;
    });
    return { ...node, weight: { ...node.weight, data } };
  });
  return { ...graph, nodes };
}

/** Mean over samples and places of each channel of the output. */
function channelMeans(graph: Graph, samples: readonly (readonly Float32Array[])[]): readonly number[] {
  const output = graph.outputs[0]!;
  const { c } = graph.tensors.get(output)!.shape;
  const sums = Array.from({ length: c }, () => 0);
  for (const sample of samples)
    evaluate(graph, sample).get(output)!.forEach((value, i) => (sums[i % c]! += value)); // prettier-ignore
  return sums;
}

test("a corrected layer's channels have the mean of the exact ones: padded, strided, grouped, linear", () => {
  for (const layer of ["conv 3 4 p1", "conv 3x2 6 s2 p1x0 g3", "conv 3 3 p1 d2 g3", "linear 5"]) {
    const graph = optimize(net(`in 6x7x3 | ${layer}`), { fusePool: false });
    const source = random(3);
    // Inputs with a mean of their own, as after a ReLU.
    const samples = Array.from({ length: 6 }, () =>
      frames(graph, source).map((values) => values.map((x, i) => Math.abs(x) + (i % 3))),
    );
    const exact = channelMeans(graph, samples);
    const found = channelMeans(rounded(correctBias(graph, observe(graph, samples), 4), 4), samples);
    const plain = channelMeans(rounded(graph, 4), samples);
    const distance = (means: readonly number[]): number =>
      Math.max(...means.map((mean, i) => Math.abs(mean - exact[i]!)));
    assert.ok(distance(found) < 1e-3 * distance(plain), `${layer}: ${distance(found)} of ${distance(plain)}`);
  }
});

test("fewer bits take the scale of least squared error: never more error than the largest weight's scale", () => {
  const source = random(7);
  for (let trial = 0; trial < 50; trial++) {
    const real = Float32Array.from({ length: 40 }, () => source.normal() ** 3);
    const errorOf = (scale: number): number =>
      real.reduce((sum, w) => sum + (quantizedWeight(w, scale, 4) * scale - w) ** 2, 0);
    const whole = Math.max(...real.map(Math.abs)) / 7;
    assert.ok(errorOf(channelScale(real, 4)) <= errorOf(whole));
    assert.equal(channelScale(real, 8), Math.max(...real.map(Math.abs)) / 127);
  }
});

test("4-bit networks are nearer to float with correction than without: 20 networks, on average", () => {
  let gain = 0;
  for (let seed = 0; seed < 20; seed++) {
    const graph = optimize(net("in 8x8x3 | conv 3 8 | relu | conv 3 8 | relu | linear 6", { seed }), {
      fusePool: false,
    });
    const source = random(seed);
    const some = () => Array.from({ length: 12 }, () => frames(graph, source));
    const [calibration, tested] = [some(), some()];
    const decibels = (correctBiases: boolean): number => {
      const bytes = quantizeModel(graph, calibration, { ...defaults, weights: 4, correctBiases });
      const { tensors } = compareGraphs(graph, bytes, tested);
      return tensors.find(({ tensor }) => tensor === bytes.outputs[0])!.decibels;
    };
    gain += (decibels(true) - decibels(false)) / 20;
  }
  assert.ok(gain > 0.3, `${gain} dB`);
});
