/** Ranges chosen tensor by tensor: never worse on the samples, and better where one method does not suit all. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { evaluate } from "../../src/graph/evaluate.ts";
import { calibrate, type Ranges } from "../../src/pass/calibrate.ts";
import { chooseRanges } from "../../src/pass/choose-ranges.ts";
import { compareGraphs } from "../../src/pass/compare.ts";
import { observe } from "../../src/pass/observe.ts";
import { optimize } from "../../src/pass/passes.ts";
import { quantize } from "../../src/pass/quantize.ts";
import { frames, int8, byteFrame } from "../support/frames.ts";
import { net } from "../support/networks.ts";
import { random } from "../support/random.ts";

const prepared = (text: string, seed: number) => optimize(net(text, { seed }), { fusePool: false });

test("on its samples it leaves no more noise at the output than min-max: 10 networks, inputs with long tails", () => {
  let better = 0;
  for (let seed = 0; seed < 10; seed++) {
    const source = random(seed);
    const graph = prepared("in 16x16x3 | conv 3 8 | relu | conv 3 8 s2 | relu | linear 5", seed);
    const samples = Array.from({ length: 6 }, () =>
      frames(graph, source).map((values) => values.map((x) => x ** 3)),
    );
    const seen = observe(graph, samples);
    const start = calibrate(seen);
    const chosen = chooseRanges(graph, seen, samples, start, (ranges) => quantize(graph, ranges));
    const decibels = (ranges: Ranges): number => {
      const bytes = quantize(graph, ranges);
      return compareGraphs(graph, bytes, samples).tensors.find(({ tensor }) => tensor === bytes.outputs[0])!
        .decibels;
    };
    const [before, after] = [decibels(start), decibels(chosen)];
    assert.ok(after >= before, `seed ${seed}: ${after} dB, min-max ${before}`);
    if (after > before) better++;
  }
  assert.ok(better >= 5, `better in ${better} of 10`);
});

test("an outlier within the network, which the output hardly sees, is clipped", () => {
  const graph = prepared("in 1x4000x1 | clamp -1000 1000 | avgpool 1x2 | linear 2", 1);
  const source = random(2);
  const linear = graph.nodes.at(-1)!;
  assert.ok(linear.kind === "linear");
  // The mean of places 6 and 7 goes nowhere.
  linear.weight.data.set([0], 3);
  linear.weight.data.set([0], 2003);
  const samples = Array.from({ length: 8 }, (_, n) => {
    const values = Float32Array.from({ length: 4000 }, () => source.normal());
    if (n === 0) values[7] = 60;
    return [values];
  });
  const seen = observe(graph, samples);
  const start = calibrate(seen);
  const chosen = chooseRanges(graph, seen, samples, start, (ranges) => quantize(graph, ranges));
  assert.equal(start.get("input")!.max, 60);
  assert.ok(chosen.get("input")!.max < 30, String(chosen.get("input")!.max));
});

test("evaluating from what is known gives what evaluating all gives, and does not ask twice", () => {
  const source = random(3);
  const graph = int8(net("in 6x6x2 | conv 3 4 | relu | as a | conv 3 4 p1 | add a | linear 3"), source);
  const frame = byteFrame(graph, source);
  const all = evaluate(graph, [frame]);
  const first = graph.nodes[0]!.output;
  const again = evaluate(graph, [frame], new Map([[first, all.get(first)!]]));
  assert.deepEqual([...again], [...all]);
  const silent = all.get(first)!.map(() => 0);
  assert.notDeepEqual([...evaluate(graph, [frame], new Map([[first, silent]]))], [...all]);
});
