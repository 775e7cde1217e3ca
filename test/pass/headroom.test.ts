/** Room above outputs: how much, of which tensors, and what it buys on inputs that go further than the samples. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Graph } from "../../src/graph/graph.ts";
import { calibrate } from "../../src/pass/calibrate.ts";
import { compareGraphs } from "../../src/pass/compare.ts";
import { withHeadroom } from "../../src/pass/headroom.ts";
import { observe } from "../../src/pass/observe.ts";
import { optimize } from "../../src/pass/passes.ts";
import { quantize } from "../../src/pass/quantize.ts";
import { net } from "../support/networks.ts";
import { random } from "../support/random.ts";

/** Samples of one value each, spread evenly over [1, 2). */
const spread = (count: number) => Array.from({ length: count }, (_, i) => [Float32Array.of(1 + i / count)]);

function ranges(graph: Graph, samples: readonly (readonly Float32Array[])[]) {
  const seen = observe(graph, samples);
  const plain = calibrate(seen);
  return { plain, wide: withHeadroom(graph, seen, plain) };
}

test("an output's range is widened to the Gumbel quantile of its samples' extremes, and no other range", () => {
  const graph = net("in 1x1x1 | avgpool 1 | avgpool 1");
  const { plain, wide } = ranges(graph, spread(16));
  const [hidden, output] = graph.nodes.map((node) => node.output) as [string, string];
  assert.deepEqual(wide.get(hidden), plain.get(hidden));
  // Mean 1.46875 and variance (1/16)² × 16 × 17 / 12 of sixteen even steps.
  const beta = Math.sqrt(6 * ((1 / 16) ** 2 * ((16 * 17) / 12))) / Math.PI;
  const expected = 1.46875 + beta * (Math.log(10_000) - 0.5772156649);
  assert.ok(Math.abs(wide.get(output)!.max - expected) < 1e-5, String(wide.get(output)!.max));
  assert.ok(wide.get(output)!.min < 1);
});

test("limits of the layer hold, and samples that are few or equal widen nothing", () => {
  const relu = optimize(net("in 1x1x1 | conv 1 1 | relu6"), { fusePool: false });
  const output = relu.outputs[0]!;
  const far = Array.from({ length: 16 }, (_, i) => [Float32Array.of(i - 8)]);
  const { wide } = ranges(relu, far);
  assert.ok(wide.get(output)!.min === 0 && wide.get(output)!.max <= 6);
  const graph = net("in 1x1x1 | avgpool 1");
  const few = ranges(graph, spread(7));
  assert.deepEqual(few.wide, few.plain);
  const equal = ranges(
    graph,
    Array.from({ length: 16 }, () => [Float32Array.of(1.5)]),
  );
  assert.deepEqual(equal.wide, equal.plain);
});

test("what softmax reads has room too", () => {
  const graph = net("in 1x1x4 | linear 3 | softmax");
  const source = random(1);
  const samples = Array.from({ length: 16 }, () => [Float32Array.from({ length: 4 }, () => source.normal())]);
  const { plain, wide } = ranges(graph, samples);
  const logits = graph.nodes[0]!.output;
  assert.ok(wide.get(logits)!.max > plain.get(logits)!.max);
});

test("with room, classes stay apart on inputs twice as large as all samples", () => {
  const graph = optimize(net("in 1x1x8 | linear 6", { seed: 3 }), { fusePool: false });
  const source = random(2);
  const some = (count: number, size: number) =>
    Array.from({ length: count }, () => [Float32Array.from({ length: 8 }, () => size * source.normal())]);
  const calibration = some(16, 1);
  const { plain, wide } = ranges(graph, calibration);
  const inputRange = { min: -10, max: 10 };
  const agreeing = (chosen: typeof plain): number => {
    const bytes = quantize(graph, new Map(chosen).set(graph.inputs[0]!, inputRange));
    return [...compareGraphs(graph, bytes, far).argmaxEqual.values()][0]!;
  };
  const far = some(300, 2);
  assert.ok(agreeing(wide) >= agreeing(plain) + 10, `${agreeing(wide)}, without room ${agreeing(plain)}`);
});
