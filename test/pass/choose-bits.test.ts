/** Bits of weights by layer, under a goal. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { parameterBytes } from "../../src/graph/count.ts";
import type { Graph } from "../../src/graph/graph.ts";
import { outputNoise } from "../../src/pass/output-noise.ts";
import { optimize } from "../../src/pass/passes.ts";
import { defaults, quantizeModel } from "../../src/pass/quantize-model.ts";
import { frames } from "../support/frames.ts";
import { net } from "../support/networks.ts";
import { random } from "../support/random.ts";

const numbers = random(4);
const float = optimize(net("in 5x5x4 | conv 3 8 | relu | conv 1 8 | relu | flatten | linear 16 | linear 4"), {
  fusePool: false,
});
const samples = Array.from({ length: 8 }, () => frames(float, numbers));
const noise = outputNoise(float, samples);

const bytesOf = ({ nodes }: Graph): number => nodes.reduce((sum, node) => sum + parameterBytes(node), 0);
const bitsIn = ({ nodes }: Graph): number[] =>
  nodes.flatMap((node) => (node.kind === "conv2d" || node.kind === "linear" ? [node.weightBits ?? 8] : []));
const with8 = quantizeModel(float, samples);
const with4 = quantizeModel(float, samples, { ...defaults, weights: 4 });

test("bytes are kept to, with no more layers in few bits than it takes", () => {
  for (const part of [0.2, 0.5, 0.8]) {
    const limit = Math.ceil(bytesOf(with4) + part * (bytesOf(with8) - bytesOf(with4)));
    const graph = quantizeModel(float, samples, { ...defaults, weights: { what: "bytes", limit } });
    assert.ok(bytesOf(graph) <= limit, `${bytesOf(graph)} of ${limit}`);
    assert.ok(bitsIn(graph).includes(8) && bitsIn(graph).includes(4), bitsIn(graph).join(" "));
  }
});

test("where 4 bits are too many bytes, layers come down to 1", () => {
  const limit = bytesOf(with4) - 50;
  const graph = quantizeModel(float, samples, { ...defaults, weights: { what: "bytes", limit } });
  assert.ok(bytesOf(graph) <= limit);
  assert.ok(bitsIn(graph).includes(1), bitsIn(graph).join(" "));
  assert.throws(
    () => quantizeModel(float, samples, { ...defaults, pruned: 0.1, weights: { what: "bytes", limit: 100 } }),
    /constants take at least \d+ bytes, more than the 100 asked for/,
  );
});

test("signal to noise is kept, and what 8 bits do not have is refused", () => {
  const [best, limit] = [with8, with4].map((graph) => -10 * Math.log10(noise(graph))) as [number, number];
  const graph = quantizeModel(float, samples, { ...defaults, weights: { what: "decibels", limit } });
  assert.ok(-10 * Math.log10(noise(graph)) >= limit);
  assert.ok(bytesOf(graph) < bytesOf(with8));
  assert.throws(
    () => quantizeModel(float, samples, { ...defaults, weights: { what: "decibels", limit: best + 1 } }),
    /less than the [\d.]+ asked for/,
  );
});
