/** Pruned linear layers: when they are compressed, to how many bytes, and that nothing is lost. All readers: `test/agree/sparse`. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Linear } from "../../src/graph/graph.ts";
import { entriesOf, type Entries } from "../../src/lower/sparse.ts";
import { int8 } from "../support/frames.ts";
import { net } from "../support/networks.ts";
import { random } from "../support/random.ts";
import { thinned } from "../support/thinned.ts";

function layer(inputs: number, outputs: number, part: number, bits: 8 | 4 = 8): Linear {
  const graph = thinned(
    int8(net(`in 1x1x${inputs} | linear ${outputs}`), random(2), 4, bits),
    part,
    random(3),
  );
  const [node] = graph.nodes;
  assert.ok(node?.kind === "linear");
  return node;
}

/** The weights that entries stand for. */
function dense({ windows, entries, stride, places, weights }: Entries, inputs: number): number[] {
  const all = new Array<number>((inputs * weights.length) / (windows * entries)).fill(0);
  weights.forEach((w, i) => {
    const [output, window] = [Math.floor(i / (windows * entries)), Math.floor(i / entries) % windows];
    all[output * inputs + window * stride + places[i]!]! += w;
  });
  return all;
}

test("entries stand for the weights there were, at every density at which they are smaller", () => {
  for (const inputs of [3, 84, 256, 257, 400, 640, 1100]) {
    for (const part of [0.6, 0.8, 0.95, 1]) {
      const node = layer(inputs, 9, part);
      const found = entriesOf(node);
      if (inputs > 3 && part >= 0.8) assert.ok(found, `${inputs} inputs, ${part} of them 0`);
      if (found) assert.deepEqual(dense(found, inputs), [...node.weight.data]);
    }
  }
});

test("a layer is compressed where entries and their places are fewer bytes than its weights, else not", () => {
  for (const [bits, part, isCompressed] of [
    [8, 0, false],
    [8, 0.4, false],
    [8, 0.7, true],
    [4, 0.4, false],
    [4, 0.9, true],
  ] as const) {
    const found = entriesOf(layer(128, 16, part, bits));
    assert.equal(found !== undefined, isCompressed, `${bits} bits, ${part}`);
    const bytes = found && found.places.length + (found.weights.length * bits) / 8;
    assert.ok(bytes === undefined || bytes < 128 * 16 * (bits / 8));
  }
});
