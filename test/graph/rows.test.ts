import assert from "node:assert/strict";
import { test } from "node:test";
import type { Activation } from "../../src/graph/activation.ts";
import { evaluate } from "../../src/graph/evaluate.ts";
import type { Graph, Node } from "../../src/graph/graph.ts";
import { rowSteps } from "../../src/graph/rows.ts";
import { fusePool } from "../../src/pass/fuse-pool.ts";
import { frame } from "../support/frames.ts";
import { net, randomChain } from "../support/networks.ts";
import { random } from "../support/random.ts";

test("steps of a padded, strided convolution read the rows under its kernel and no padding", () => {
  const graph = net("in 5x5x1 | conv 3x3 1 s2 p1");
  assert.deepEqual(
    rowSteps(graph, graph.nodes[0]!).map(({ reads: [read], writes }) => [read!.from, read!.to, writes.from]),
    [[0, 2, 0], [1, 4, 1], [3, 5, 2]], // prettier-ignore
  );
});

test("a fused pool reads the rows of all convolution rows under its window", () => {
  const graph = fusePool(net("in 8x8x1 | conv 3x3 1 | maxpool 2 s3"));
  assert.deepEqual(rowSteps(graph, graph.nodes[0]!), [
    { reads: [{ tensor: "input", from: 0, to: 4 }], writes: { from: 0, to: 1 } },
    { reads: [{ tensor: "input", from: 3, to: 7 }], writes: { from: 1, to: 2 } },
  ]);
});

test("a dilated window reads its rows and not those between", () => {
  const graph = net("in 6x1x1 | conv 3x1 1 d2");
  const [first] = rowSteps(graph, graph.nodes[0]!);
  assert.deepEqual(first!.reads.map(({ from, to }) => [from, to]), [[0, 1], [2, 3], [4, 5]]); // prettier-ignore
});

test("a window wholly in the padding reads nothing", () => {
  const graph = net("in 1x1x1 | conv 1 1 p1");
  assert.deepEqual(
    rowSteps(graph, graph.nodes[0]!).map(({ reads }) => reads.length),
    [0, 1, 0],
  );
});

test("a linear reads everything at once, an add a row of each", () => {
  const graph = net("in 3x2x2 | as a | relu | add a | linear 4");
  const [, add, linear] = graph.nodes;
  assert.deepEqual(rowSteps(graph, linear!), [
    { reads: [{ tensor: "1.add", from: 0, to: 3 }], writes: { from: 0, to: 1 } },
  ]);
  assert.deepEqual(rowSteps(graph, add!)[1]!.reads, [
    { tensor: "0.clamp", from: 1, to: 2 },
    { tensor: "input", from: 1, to: 2 },
  ]);
});

test("a step of several rows reads what any of them reads, and the last may be short", () => {
  const graph = net("in 7x1x1 | conv 3x1 1 p1x0 | as a | conv 2x1 1 s5 d1 | from a | maxpool 1 s3 | as b");
  const [conv, , pool] = graph.nodes;
  assert.deepEqual(rowSteps(graph, conv!, 3), [
    { reads: [{ tensor: "input", from: 0, to: 4 }], writes: { from: 0, to: 3 } },
    { reads: [{ tensor: "input", from: 2, to: 7 }], writes: { from: 3, to: 6 } },
    { reads: [{ tensor: "input", from: 5, to: 7 }], writes: { from: 6, to: 7 } },
  ]);
  assert.deepEqual(rowSteps(graph, pool!, 2)[0], {
    reads: [
      { tensor: "0.conv2d", from: 0, to: 1 },
      { tensor: "0.conv2d", from: 3, to: 4 },
    ],
    writes: { from: 0, to: 2 },
  });
});

test("rows outside a step's reads never change what it writes, rows inside can: 120 random networks", () => {
  let rowsRead = 0;
  for (let seed = 0; seed < 120; seed++) {
    const source = random(seed);
    const whole = net(randomChain(source, { exotic: true }), { seed });
    const graph = seed % 2 === 0 ? fusePool(whole) : whole;
    const values = evaluate(graph, [frame(graph, source)]);
    for (const node of graph.nodes) rowsRead += checkNode(graph, node, values);
  }
  assert.ok(rowsRead > 1000);
});

/** Poisons every input row in turn: it must reach exactly the output rows whose steps read it. Returns reads seen. */
function checkNode(graph: Graph, node: Node, values: ReadonlyMap<string, Activation>): number {
  const { shape: out } = graph.tensors.get(node.output)!;
  const steps = rowSteps(graph, node);
  assert.deepEqual(
    steps.map(({ writes }) => writes),
    Array.from({ length: out.h }, (_, row) => ({ from: row, to: row + 1 })),
  );
  const inputs = [...new Set(node.inputs)];
  let checked = 0;
  for (const poisoned of inputs) {
    const { shape } = graph.tensors.get(poisoned)!;
    for (let row = 0; row < shape.h; row++) {
      const operands = inputs.map((name) => Float32Array.from(values.get(name)!));
      operands[inputs.indexOf(poisoned)]!.fill(NaN, row * shape.w * shape.c, (row + 1) * shape.w * shape.c);
      const alone: Graph = { ...graph, inputs, nodes: [node] };
      const y: Activation = evaluate(alone, operands).get(node.output)!;
      for (const { reads, writes } of steps) {
        const reached = y.subarray(writes.from * out.w * out.c, writes.to * out.w * out.c).includes(NaN);
        const read = reads.some(({ tensor, from, to }) => tensor === poisoned && from <= row && row < to);
        assert.equal(reached, read, `${node.name}: row ${row} of ${poisoned} and output row ${writes.from}`);
        checked += read ? 1 : 0;
      }
    }
  }
  return checked;
}
