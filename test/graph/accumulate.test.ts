import assert from "node:assert/strict";
import { test } from "node:test";
import { accumulation } from "../../src/graph/accumulate.ts";
import type { Graph } from "../../src/graph/graph.ts";
import { inPlaceInputs } from "../../src/graph/in-place.ts";
import { net } from "../support/networks.ts";

const last = (graph: Graph) => accumulation(graph, graph.nodes.at(-1)!);

test("average pooling over the whole height adds each row of the image once", () => {
  assert.deepEqual(last(net("in 8x6x3 | avgpool 8x2 s1x2")), {
    tensor: "input",
    from: 0,
    to: 8,
    elements: 9,
  });
  assert.deepEqual(last(net("in 8x6x3 | avgpool 12x6 p2x0")), {
    tensor: "input",
    from: 0,
    to: 8,
    elements: 3,
  });
});

test("a linear layer keeps a sum for each feature", () => {
  assert.deepEqual(last(net("in 5x2x3 | linear 7")), { tensor: "input", from: 0, to: 5, elements: 7 });
});

test("one row has nothing to add up, and several rows of output are no sum", () => {
  assert.equal(last(net("in 1x6x3 | linear 7")), undefined);
  assert.equal(last(net("in 8x8x2 | avgpool 4")), undefined);
  assert.equal(last(net("in 8x8x2 | maxpool 8")), undefined);
});

test("element-wise layers may overwrite operands of the output's shape, others none", () => {
  const inputs = (text: string): readonly string[] => {
    const graph = net(text);
    return inPlaceInputs(graph, graph.nodes.at(-1)!);
  };
  assert.deepEqual(inputs("in 4x4x2 | conv 1 2 | relu"), ["0.conv2d"]);
  assert.deepEqual(inputs("in 4x4x2 | as a | conv 1 2 | add a"), ["0.conv2d", "input"]);
  assert.deepEqual(inputs("in 4x4x2 | as a | add a"), ["input"]);
  assert.deepEqual(inputs("in 4x4x2 | conv 1 2"), []);
  assert.deepEqual(inputs("in 4x4x2 | avgpool 4 | as w | from w | relu"), ["0.avgPool2d"]);
});
