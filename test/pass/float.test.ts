import assert from "node:assert/strict";
import { test } from "node:test";
import type { Graph } from "../../src/graph/graph.ts";
import { validateGraph } from "../../src/graph/validate.ts";
import { absorbFlatten } from "../../src/pass/absorb-flatten.ts";
import { dropIdentities } from "../../src/pass/drop-identities.ts";
import { foldBatchNorm, replaceBatchNorm } from "../../src/pass/fold-batch-norm.ts";
import { fuseClamp } from "../../src/pass/fuse-clamp.ts";
import { fusePool } from "../../src/pass/fuse-pool.ts";
import { optimize, type Pass } from "../../src/pass/passes.ts";
import { frame, result } from "../support/frames.ts";
import { net, randomChain } from "../support/networks.ts";
import { random } from "../support/random.ts";

const kinds = (graph: Graph): string => graph.nodes.map((node) => node.kind).join(" ");

/** Runs the pass and compares meanings: within `tolerance` of the largest value, 0 for the same bits. */
function assertKeeps(pass: Pass, text: string, tolerance: number, seed = 1): Graph {
  const before = net(text, { seed });
  const after = pass(before);
  validateGraph(after);
  const x = frame(before, random(seed));
  const [expected, found] = [result(before, x), result(after, x)];
  assert.equal(found.length, expected.length);
  const largest = Math.max(1, ...expected.map(Math.abs));
  expected.forEach((value, i) => {
    const error = Math.abs(found[i]! - value);
    assert.ok(error <= tolerance * largest, `${text}: element ${i} is ${found[i]}, not ${value}`);
  });
  return after;
}

test("identities go, also the last node and a clamp without limits", () => {
  const after = assertKeeps(
    dropIdentities,
    "in 4x4x2 | identity | conv 3 2 | clamp -Infinity Infinity | identity",
    0,
  );
  assert.equal(kinds(after), "conv2d");
});

test("a batch-norm folds into the convolution or linear before it", () => {
  assert.equal(kinds(assertKeeps(foldBatchNorm, "in 5x5x4 | conv 3x2 6 p1 s2 g2 | bn", 1e-6)), "conv2d");
  assert.equal(kinds(assertKeeps(foldBatchNorm, "in 1x1x6 | linear 5 | bn", 1e-6)), "linear");
});

test("a batch-norm folds into the unpadded convolution or linear after it, by the groups' own channels", () => {
  assert.equal(
    kinds(assertKeeps(foldBatchNorm, "in 5x5x4 | relu | bn | conv 3x2 6 g2", 1e-6)),
    "clamp conv2d",
  );
  assert.equal(kinds(assertKeeps(foldBatchNorm, "in 3x2x4 | relu | bn | linear 6", 1e-6)), "clamp linear");
});

test("a batch-norm before a padded convolution, and one with a clamp before it, stays", () => {
  const padded = "in 5x5x4 | relu | bn | conv 3 6 p1";
  assert.equal(kinds(assertKeeps(foldBatchNorm, padded, 0)), "clamp batchNorm conv2d");
  const clamped = (graph: Graph): Graph => foldBatchNorm(fuseClamp(graph));
  assert.equal(kinds(assertKeeps(clamped, "in 4x4x2 | conv 3 2 | relu | bn", 0)), "conv2d batchNorm");
});

test("a convolution that others read too keeps its weights", () => {
  const text = "in 4x4x2 | conv 3 2 p1 | as a | bn | add a";
  assert.equal(kinds(assertKeeps(foldBatchNorm, text, 0)), "conv2d batchNorm add");
});

test("a batch-norm left over becomes a depthwise convolution", () => {
  const after = assertKeeps(replaceBatchNorm, "in 5x5x4 | relu | bn | conv 3 6 p1", 1e-6);
  assert.equal(kinds(after), "clamp conv2d conv2d");
});

test("a flatten goes into the linear behind it, through clamps, adds and further flattens", () => {
  assert.equal(kinds(assertKeeps(absorbFlatten, "in 3x4x5 | flatten | linear 6", 1e-6)), "linear");
  const text = "in 3x4x5 | flatten | as a | relu | identity | add a | flatten | linear 6 | relu | linear 2";
  assert.equal(kinds(assertKeeps(absorbFlatten, text, 1e-6)), "clamp identity add linear clamp linear");
});

test("a flatten of 1×1×C is only a name, whatever follows", () => {
  const after = assertKeeps(absorbFlatten, "in 2x2x5 | avgpool 2 | flatten | bn | conv 1 3 | flatten", 0);
  assert.equal(kinds(after), "avgPool2d batchNorm conv2d");
  assert.equal(assertKeeps(absorbFlatten, "in 1x1x5 | flatten", 0).nodes.length, 0);
});

test("a flatten whose order is seen moves its values; those beside it are absorbed all the same", () => {
  const seen = assertKeeps(absorbFlatten, "in 2x3x4 | flatten | relu | as f | conv 1 2 | from f | relu", 0);
  assert.equal(kinds(seen), "reshape clamp conv2d clamp");
  const both = "in 2x3x4 | as x | flatten | as f | from x | flatten | linear 3 | concat f";
  assert.equal(kinds(assertKeeps(absorbFlatten, both, 1e-6)), "reshape linear concat");
});

test("clamps fuse into convolution, linear and add, and into each other", () => {
  const text = "in 4x4x2 | as a | conv 3 2 p1 | relu | add a | relu6 | clamp -1 4 | linear 3 | relu";
  const after = assertKeeps(fuseClamp, text, 0);
  assert.equal(kinds(after), "conv2d add linear");
  assert.deepEqual(
    after.nodes.map((node) => ("clamp" in node ? node.clamp : undefined)),
    [{ min: 0, max: Infinity }, { min: 0, max: 4 }, { min: 0, max: Infinity }], // prettier-ignore
  );
});

test("limits of clamps that do not overlap meet in one value", () => {
  const after = assertKeeps(fuseClamp, "in 4x4x2 | conv 3 2 | clamp 2 3 | clamp -1 1", 0);
  assert.deepEqual(after.nodes.map((node) => ("clamp" in node ? node.clamp : undefined)), [{ min: 1, max: 1 }]); // prettier-ignore
});

test("a clamp behind max-pools moves before them, one behind an average does not", () => {
  const moved = assertKeeps(fuseClamp, "in 9x9x2 | conv 3 2 | maxpool 2 | maxpool 2 s1 | relu", 0);
  assert.equal(kinds(moved), "conv2d maxPool2d maxPool2d");
  assert.equal(
    kinds(assertKeeps(fuseClamp, "in 4x4x2 | conv 3 2 | avgpool 2 | relu", 0)),
    "conv2d avgPool2d clamp",
  );
  assert.equal(kinds(assertKeeps(fuseClamp, "in 4x4x2 | maxpool 2 | relu", 0)), "maxPool2d clamp");
});

test("a clamp whose input others read stays a node", () => {
  const text = "in 4x4x2 | conv 3 2 p1 | as a | relu | add a";
  assert.equal(kinds(assertKeeps(fuseClamp, text, 0)), "conv2d clamp add");
});

test("a max-pool fuses into the convolution before it only where windows are disjoint and unpadded", () => {
  const fuses = (pool: string): boolean =>
    assertKeeps(fusePool, `in 9x9x2 | conv 3 4 p1 | ${pool}`, 0).nodes.length === 1;
  assert.deepEqual(["maxpool 2", "maxpool 2 s3", "maxpool 3x1 s3x1", "maxpool 1x2 s2x2"].map(fuses), [
    true,
    true,
    true,
    true,
  ]);
  assert.deepEqual(
    ["maxpool 3 s2", "maxpool 2x3 s2", "maxpool 2 p1", "maxpool 3 p0,1,0,0", "maxpool 2 d2", "avgpool 2"].map(
      fuses,
    ),
    [false, false, false, false, false, false],
  );
});

test("a pool fuses once, and not where others read the convolution", () => {
  assert.equal(
    kinds(assertKeeps(fusePool, "in 9x9x2 | conv 2 4 | maxpool 2 | maxpool 2", 0)),
    "conv2d maxPool2d",
  );
  const shared = "in 4x4x2 | conv 3 2 p1 | as a | maxpool 1 | add a";
  assert.equal(kinds(assertKeeps(fusePool, shared, 0)), "conv2d maxPool2d add");
});

test("a fused node keeps the convolution's name and the last node's tensor", () => {
  const [node] = optimize(net("in 9x9x2 | conv 2 4 | bn | relu | maxpool 2"), { fusePool: true }).nodes;
  assert.equal(node?.name, "0.conv2d");
  assert.equal(node.output, "3.maxPool2d");
});

test("all passes together keep the meaning of 200 random networks and leave only what can be planned", () => {
  const left = new Set<string>();
  for (let seed = 0; seed < 200; seed++) {
    const text = randomChain(random(seed), { exotic: true });
    const after = assertKeeps((graph) => optimize(graph, { fusePool: seed % 2 === 0 }), text, 1e-5, seed);
    for (const node of after.nodes) left.add(node.kind);
    assert.ok(!/batchNorm|flatten|identity/.test(kinds(after)), kinds(after));
  }
  assert.ok(left.has("add") && left.has("avgPool2d") && left.has("maxPool2d"));
});
