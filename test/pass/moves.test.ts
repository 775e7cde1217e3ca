import assert from "node:assert/strict";
import { test } from "node:test";
import type { Graph } from "../../src/graph/graph.ts";
import { observe } from "../../src/pass/observe.ts";
import { optimize } from "../../src/pass/passes.ts";
import { calibrate } from "../../src/pass/calibrate.ts";
import { dequantizeOutput, quantize, quantizeInput } from "../../src/pass/quantize.ts";
import { simplifyMoves } from "../../src/pass/simplify-moves.ts";
import { frames, int8 } from "../support/frames.ts";
import { net } from "../support/networks.ts";
import { random } from "../support/random.ts";
import { results } from "../support/wide.ts";

const kinds = (graph: Graph): string => graph.nodes.map((node) => node.kind).join(" ");

/** The simplified network, which gives the same values. */
function simplified(text: string, pass = simplifyMoves, tolerance = 0): Graph {
  const before = net(text);
  const after = pass(before);
  const inputs = frames(before, random(7));
  const [wanted, got] = [results(before, inputs), results(after, inputs)];
  assert.equal(got.length, wanted.length);
  wanted.forEach((values, i) =>
    values.forEach((value, j) => {
      assert.ok(Math.abs(value - got[i]![j]!) <= tolerance, `${text}: output ${i}, element ${j}`);
    }),
  );
  return after;
}

test("what only renames is dropped, and transposes that undo each other", () => {
  assert.equal(
    kinds(simplified("in 4x3x2 | transpose whc | relu | transpose whc | conv 1 2")),
    "clamp conv2d",
  );
  assert.equal(kinds(simplified("in 4x3x2 | slice h 0:4 | reshape 4x3x2 | transpose hwc | concat")), "");
  assert.equal(kinds(simplified("in 4x3x2 | transpose wch | transpose wch | conv 1 2")), "transpose conv2d");
});

test("moves of one kind after each other become one", () => {
  assert.equal(kinds(simplified("in 6x5x8 | slice c 2:7 | slice c 1:3 | slice h 2:6")), "slice");
  assert.equal(kinds(simplified("in 4x3x2 | reshape 2x2x6 | reshape 6x1x4")), "reshape");
  assert.equal(kinds(simplified("in 4x3x2 | as x | relu | concat x | concat x")), "clamp concat");
  assert.equal(kinds(simplified("in 4x3x2 | as x | concat h x | as y | concat y")), "concat concat");
});

test("what nobody reads is left out", () => {
  assert.equal(kinds(simplified("in 4x3x2 | as x | conv 3 4 | slice c 0:2 | from x | relu")), "clamp");
});

test("a reshape to a vector and a transpose before a linear go into its weights", () => {
  const pass = (graph: Graph): Graph => optimize(graph, { fusePool: false });
  const text = (moves: string): string => `in 4x3x2 | conv 1 3 | ${moves} | linear 5`;
  for (const moves of [
    "reshape 1x1x36",
    "reshape 2x9x2 | flatten",
    "transpose wch | flatten",
    "transpose chw | reshape 1x1x36",
    "reshape 12x1x3 | transpose whc | flatten",
  ]) {
    assert.equal(kinds(simplified(text(moves), pass, 1e-5)), "conv2d linear", moves);
  }
});

test("an output named twice, or an input handed through, is copied", () => {
  const pass = (graph: Graph): Graph => optimize(graph, { fusePool: false });
  const graph = simplified("in 4x3x2 | as x | relu | as y | out y | out x", pass);
  assert.equal(kinds(graph), "clamp slice slice");
  assert.equal(new Set([...graph.outputs, ...graph.inputs]).size, 4);
});

test("what a concatenation joins has its quantisation from the start where only it looks, else by a table", () => {
  const alone = int8(
    net("in 6x6x3 | as x | conv 1 2 | relu | as a | from x | conv 3 3 p1 | maxpool 3 s1 p1 | concat a"),
    random(1),
  );
  assert.equal(kinds(alone), "conv2d conv2d maxPool2d concat");
  assert.equal(new Set([...alone.tensors.values()].slice(1).map((t) => t.quantization!.scale)).size, 1);
  const seen = int8(net("in 6x6x3 | conv 1 2 | as a | conv 1 3 | concat a"), random(1));
  assert.equal(kinds(seen), "conv2d conv2d activation concat");
  const averaged = int8(
    net("in 6x6x3 | as x | conv 1 2 | avgpool 3 s1 p1 | as a | from x | concat a"),
    random(1),
  );
  assert.equal(kinds(averaged), "conv2d avgPool2d activation concat");
  const shuffled = int8(
    net("in 6x6x4 | conv 1 4 | as x | slice c 2:4 | as a | from x | slice c 0:2 | as b | from a | concat b"),
    random(1),
  );
  assert.equal(kinds(shuffled), "conv2d slice slice concat");
});

test("int8 branches that come together are as near to the float ones as a chain is", () => {
  const branches =
    "conv 1x1 4 | relu | as a | from x | conv 1x1 3 | relu | conv 3x3 4 p1 | relu | as b | from x | maxpool 3 s1 p1 | conv 1x1 3 | concat a b";
  const text = `in 8x8x3 | conv 3x3 6 | relu | as x | ${branches} | maxpool 2 | as x | ${branches} | flatten | linear 6`;
  for (let seed = 1; seed <= 12; seed++) {
    const float = net(text, { seed });
    const optimized = optimize(float, { fusePool: false });
    const real = frames(float, random(seed));
    const graph = quantize(
      optimized,
      calibrate(observe(optimized, [real, frames(float, random(seed + 50))])),
    );
    const output = graph.tensors.get(graph.outputs[0]!)!;
    const bytes = results(graph, [quantizeInput(graph.tensors.get(graph.inputs[0]!)!, real[0]!)])[0]!;
    const wanted = results(float, real)[0]!;
    const largest = Math.max(...wanted.map(Math.abs));
    const worst = Math.max(
      ...dequantizeOutput(output, bytes).map((value, i) => Math.abs(value - wanted[i]!)),
    );
    assert.ok(worst < 0.05 * largest, `seed ${seed}: ${worst} of ${largest}`);
  }
});
