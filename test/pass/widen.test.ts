/** Activations of 16 bits: where they may be, that they are symmetric, and that they take noise away. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { compile } from "../../src/compile.ts";
import type { Graph } from "../../src/graph/graph.ts";
import { schedules } from "../../src/lower/schedule.ts";
import { scheduled } from "../../src/lower/scheduled.ts";
import { outputNoise } from "../../src/pass/output-noise.ts";
import { optimize } from "../../src/pass/passes.ts";
import { defaults, quantizeModel } from "../../src/pass/quantize-model.ts";
import type { ActivationBits } from "../../src/pass/widen.ts";
import { frames } from "../support/frames.ts";
import { net } from "../support/networks.ts";
import { random } from "../support/random.ts";

const numbers = random(16);

function widened(text: string, activations: ActivationBits, seed = 1) {
  const float = optimize(net(text, { seed }), { fusePool: false });
  const samples = Array.from({ length: 8 }, () => frames(float, numbers));
  const graph = quantizeModel(float, samples, { ...defaults, activations });
  return { float, samples, graph, wide: [...graph.tensors.values()].filter(({ dtype }) => dtype === "i16") };
}

test("inner activations are wide with zero point 0; inputs, outputs and what a table or a concatenation reads are not", () => {
  const { graph, wide } = widened(
    "in 6x6x3 | conv 3 4 p1 | relu | maxpool 2 | conv 1 5 | as a | tanh | conv 1 4 | conv 1 3",
    "int16",
  );
  for (const { quantization } of wide) assert.equal(quantization!.zeroPoint, 0);
  const types = graph.nodes.map(({ kind, output }) => `${kind} ${graph.tensors.get(output)!.dtype}`);
  assert.deepEqual(types, [
    "conv2d i16",
    "maxPool2d i16",
    "conv2d i8",
    "activation i8",
    "conv2d i16",
    "conv2d i8",
  ]);
});

test("a plan counts two bytes an element", () => {
  const arena = (graph: Graph): number =>
    compile(
      { dtype: "int8", graph },
      { strategy: "naive", frame: "pushed", fusePool: false, recipes: scheduled(schedules.plain) },
    ).plan.arenaBytes;
  const text = "in 4x4x2 | conv 1 6 | conv 1 2";
  const more = arena(widened(text, "int16").graph) - arena(widened(text, "int8").graph);
  assert.equal(more, 4 * 4 * 6);
});

test("16 bits leave less noise than 8 over 10 networks, and auto never more", () => {
  const text = "in 6x6x3 | conv 3 6 p1 | relu | conv 3 6 p1 | relu | conv 1 6 | relu | flatten | linear 5";
  const total = { all: 0, narrow: 0 };
  for (let seed = 0; seed < 10; seed++) {
    const { float, samples, graph: narrow } = widened(text, "int8", seed);
    const noise = outputNoise(float, samples);
    const by = (activations: ActivationBits) => quantizeModel(float, samples, { ...defaults, activations });
    const [all, some] = [noise(by("int16")), noise(by("auto"))];
    assert.ok(some <= noise(narrow), `${seed}: ${some} of ${noise(narrow)}`);
    total.all += all;
    total.narrow += noise(narrow);
  }
  assert.ok(total.all < 0.9 * total.narrow, JSON.stringify(total));
});

test("a layer whose sums would leave 32 bits keeps a narrow input", () => {
  const float = optimize(net("in 1x1x4 | linear 9000 | linear 2", { seed: 2 }), { fusePool: false });
  const nodes = float.nodes.map((node, i) =>
    node.kind === "linear" && i === 1
      ? { ...node, weight: { ...node.weight, data: node.weight.data.map(() => 1) } }
      : node,
  );
  const graph = { ...float, nodes };
  const samples = Array.from({ length: 4 }, () => frames(graph, numbers));
  const quantized = quantizeModel(graph, samples, { ...defaults, activations: "int16" });
  assert.deepEqual(
    [...quantized.tensors.values()].map(({ dtype }) => dtype).filter((dtype) => dtype === "i16"),
    [],
  );
});
