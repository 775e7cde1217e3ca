import assert from "node:assert/strict";
import { test } from "node:test";
import type { Graph } from "../../src/graph/graph.ts";
import { calibrate } from "../../src/pass/calibrate.ts";
import { foldPad } from "../../src/pass/fold-pad.ts";
import { observe } from "../../src/pass/observe.ts";
import { quantize } from "../../src/pass/quantize.ts";
import { byteFrame, frame, result } from "../support/frames.ts";
import { net } from "../support/networks.ts";
import { random } from "../support/random.ts";

const pads = (graph: Graph): number => graph.nodes.filter((node) => node.kind === "pad").length;

const folded = [
  "in 6x5x3 | pad 1,2,0,3 | conv 3x3 4 p1",
  "in 6x5x3 | pad 2 | pad 1,0,0,1 | conv 3x3 4",
  "in 6x5x4 | pad 1 | conv 3x3 4 s2 g4 d2",
  "in 6x5x3 | pad 1 | as p | conv 3x3 4 | as a | from p | conv 3x3 4 | add a",
  "in 6x5x3 | relu | pad 0,1,0,1 | maxpool 2",
  "in 6x5x3 | conv 1x1 2 | relu6 | up 2 | pad 1 | maxpool 3 s2",
  "in 6x5x3 | pad 1 -Infinity | maxpool 3 s1",
  "in 6x5x3 | pad 1,2,0,1 | avgpool 3 s2",
  "in 6x5x3 | pad 1 | avgpool 3 s1 sum",
];

test("a border its readers would add themselves becomes theirs, with the same values", () => {
  for (const text of folded) {
    const graph = net(text);
    const without = foldPad(graph);
    assert.equal(pads(without), 0, text);
    const x = frame(graph, random(3));
    assert.deepEqual(Array.from(result(without, x), zero), Array.from(result(graph, x), zero), text);
  }
});

test("in an int8 graph the border is the zero point", () => {
  for (const text of folded.filter((one) => !one.includes("Infinity"))) {
    const graph = net(text);
    const bytes = quantize(graph, calibrate(observe(graph, [[frame(graph, random(1))]])));
    const without = foldPad(bytes);
    assert.equal(pads(without), 0, text);
    const x = byteFrame(bytes, random(2));
    assert.deepEqual(result(without, x), result(bytes, x), text);
  }
});

test("a border that means something stays a layer", () => {
  const kept = [
    "in 6x5x3 | pad 1",
    "in 6x5x3 | pad 1 0.5 | conv 3x3 2",
    "in 6x5x3 | pad 1 reflect | conv 3x3 2",
    "in 6x5x3 | pad 1 replicate | maxpool 3",
    "in 6x5x3 | pad 1 | maxpool 3",
    "in 6x5x3 | relu | pad 3 | maxpool 2",
    "in 6x5x3 | pad 1 | avgpool 3 p1",
    "in 6x5x3 | pad 4 | avgpool 3",
    "in 6x5x3 | pad 1 | as p | conv 3x3 4 | as a | from p | conv 1x1 4 | maxpool 3 s1 | add a | as b | from p | relu | conv 3x3 4 | add b",
  ];
  for (const text of kept) assert.equal(pads(foldPad(net(text))), 1, text);
});

/** −0 is 0 too: adding a product with 0 makes 0 of it. */
const zero = (x: number): number => x + 0;
