/** Cross-layer equalisation: the same float network to the bit, and less noise where channels are uneven. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { evaluate } from "../../src/graph/evaluate.ts";
import type { Conv2d, Graph } from "../../src/graph/graph.ts";
import { compareGraphs } from "../../src/pass/compare.ts";
import { equalise } from "../../src/pass/equalise.ts";
import { observe } from "../../src/pass/observe.ts";
import { optimize } from "../../src/pass/passes.ts";
import { defaults, quantizeModel } from "../../src/pass/quantize-model.ts";
import { frames } from "../support/frames.ts";
import { net } from "../support/networks.ts";
import { randomChain } from "../support/random-chain.ts";
import { random } from "../support/random.ts";

/** A network whose first layer's channels differ in reach by powers of four. */
function uneven(text: string, seed: number): Graph {
  const graph = optimize(net(text, { seed }), { fusePool: false });
  const first = graph.nodes[0] as Conv2d;
  const channels = first.bias.data.length;
  first.weight.data.forEach((w, i, data) => {
    const channel = Math.floor(i / (data.length / channels));
    data[i] = w * 4 ** (channel % 4);
  });
  return graph;
}

const some = (graph: Graph, seed: number, count: number) => {
  const source = random(seed);
  return Array.from({ length: count }, () => frames(graph, source));
};

test("float outputs keep every bit: 60 random networks", () => {
  let changed = 0;
  for (let seed = 0; seed < 60; seed++) {
    const graph = optimize(net(randomChain(random(seed), { exotic: true }), { seed }), { fusePool: false });
    const samples = some(graph, seed, 3);
    const even = equalise(graph, observe(graph, samples));
    if (even.nodes.some((node, i) => node !== graph.nodes[i])) changed++;
    for (const sample of samples)
      for (const name of graph.outputs)
        assert.deepEqual(evaluate(even, sample).get(name), evaluate(graph, sample).get(name), `seed ${seed}`);
  }
  assert.ok(changed > 20, `${changed} changed`);
});

test("channels before a depthwise layer come within a factor of 2 of each other, behind a pool too", () => {
  for (const text of [
    "in 8x8x2 | conv 3 8 | relu | conv 3 8 g8",
    "in 9x9x2 | conv 3 8 | relu | maxpool 2 | conv 1 8 g8",
  ]) {
    const graph = uneven(text, 1);
    const samples = some(graph, 2, 6);
    const even = equalise(graph, observe(graph, samples));
    const reach = [...observe(even, samples).get(even.nodes[0]!.output)!.channelReach];
    assert.ok(Math.max(...reach) / Math.min(...reach) < 2.01, reach.join(" "));
  }
});

test("it takes noise out before depthwise layers, costs dense ones little, and leaves ReLU6 alone", () => {
  for (const [layer, gain] of [
    ["conv 3 8", -0.5],
    ["conv 3 8 g8", 0],
  ] as const) {
    // prettier-ignore
    const graph = uneven(`in 8x8x2 | conv 3 8 | relu | ${layer} | relu | linear 4`, 5);
    const samples = some(graph, 6, 12);
    const decibels = (equalised: boolean): number => {
      const bytes = quantizeModel(graph, samples, { ...defaults, equalised });
      const { tensors } = compareGraphs(graph, bytes, some(graph, 7, 12));
      return tensors.find(({ tensor }) => tensor === bytes.outputs[0])!.decibels;
    };
    assert.ok(decibels(true) > decibels(false) + gain, `${layer}: ${decibels(true)}, was ${decibels(false)}`);
  }
  const limited = uneven("in 8x8x2 | conv 3 8 | relu6 | conv 3 8", 5);
  assert.deepEqual(equalise(limited, observe(limited, some(limited, 1, 2))), limited);
});
