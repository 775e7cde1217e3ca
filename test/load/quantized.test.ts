import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { evaluate } from "../../src/graph/evaluate.ts";
import type { Conv2d, Graph, Shape, Tensor } from "../../src/graph/graph.ts";
import { loadModel, type LoadedModel } from "../../src/load/load-model.ts";
import { readNpy } from "../../src/load/npy.ts";
import { dequantizeOutput, quantizeInput } from "../../src/pass/quantize.ts";
import { packageRoot } from "../support/package-root.ts";

const fixture = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(join(packageRoot(), "test/fixtures/quantized", name)));

interface Items {
  readonly shape: readonly number[];
  readonly items: readonly Float32Array[];
}

/** Items of (N, ...) in PyTorch's order. */
function readItems(name: string): Items {
  const { shape, data } = readNpy(fixture(name));
  const length = data.length / shape[0]!;
  const items = Array.from({ length: shape[0]! }, (_, i) =>
    Float32Array.from((data as Float32Array).subarray(i * length, (i + 1) * length)),
  );
  return { shape, items };
}

/** CHW to HWC. */
function interleave(data: Float32Array, { h, w, c }: Shape): Float32Array {
  return data.map((_, i) => data[(i % c) * h * w + Math.floor(i / c)]!);
}

function load(name: string, way: string): LoadedModel {
  const fileName = `${name}.${way}.pt`;
  return loadModel(fixture(fileName), { fileName, inputShape: readItems(`${name}.input.npy`).shape });
}

const inputOf = (graph: Graph): Tensor => graph.tensors.get(graph.inputs[0]!)!;
const outputOf = (graph: Graph): Tensor => graph.tensors.get(graph.outputs[0]!)!;

/** The largest difference from PyTorch's outputs over all items, in steps of the output's scale. */
function worstSteps(name: string, graph: Graph): number {
  const [input, output] = [inputOf(graph), outputOf(graph)];
  const { items: expected } = readItems(`${name}.output.npy`);
  const differences = readItems(`${name}.input.npy`).items.flatMap((item, i) => {
    const x = quantizeInput(input, interleave(item, input.shape));
    const y = dequantizeOutput(output, evaluate(graph, [x]).get(output.name)!);
    const wanted = interleave(expected[i]!, output.shape);
    return Array.from(y, (value, j) => Math.abs(value - wanted[j]!) / output.quantization!.scale);
  });
  return Math.max(...differences);
}

const saved: Readonly<Record<string, readonly string[]>> = {
  residual: ["script", "trace", "frozen"],
  joined: ["script", "trace"],
  aware: ["script"],
  fx: ["script", "trace"],
  signal: ["script", "frozen"],
};

/** In steps of the output's scale. Files per tensor were run by QNNPACK, those per channel by oneDNN, which keeps biases real. */
const mostSteps: Readonly<Record<string, number>> = { tensor: 0, channel: 1 };

for (const [name, ways] of Object.entries(saved)) {
  for (const [scheme, most] of Object.entries(mostSteps)) {
    for (const way of ways) {
      test(`${name}, scales per ${scheme}, saved as ${way}, is at most ${most} steps from PyTorch's`, () => {
        const { graph, notes } = load(`${name}.${scheme}`, way);
        assert.ok([...graph.tensors.values()].every(({ dtype }) => dtype === "u8"));
        assert.ok(worstSteps(`${name}.${scheme}`, graph) < most + 0.001);
        assert.deepEqual(notes, []);
      });
    }
  }
}

test("all ways of saving give one network", () => {
  const integers = ({ nodes }: Graph): unknown =>
    nodes.flatMap((node) =>
      node.kind === "conv2d" || node.kind === "linear"
        ? [{ weight: node.weight, bias: node.bias, clamp: node.clamp, requantize: node.requantize }]
        : [],
    );
  const [script, trace, frozen] = ["script", "trace", "frozen"].map((way) => load("residual.channel", way));
  assert.deepEqual(integers(trace!.graph), integers(script!.graph));
  assert.deepEqual(integers(frozen!.graph), integers(script!.graph));
});

test("layers keep their module's name, and a fused ReLU ends at the zero point", () => {
  const { graph } = load("residual.tensor", "script");
  const names = graph.nodes.map(({ name }) => name);
  assert.deepEqual(names.slice(0, 4), ["quant", "stem.0", "deep", "sum.add_relu"]);
  const stem = graph.nodes[1] as Conv2d;
  const { quantization } = graph.tensors.get(stem.output)!;
  assert.deepEqual(stem.clamp, { min: quantization!.zeroPoint, max: 255 });
});

test("per-channel scales become a multiplier a channel, one scale the same for all", () => {
  const multipliers = (scheme: string): number => {
    const stem = load(`residual.${scheme}`, "script").graph.nodes[1] as Conv2d;
    const { multiplier, shift } = stem.requantize!;
    return new Set(Array.from(multiplier, (m, oc) => m * 2 ** shift[oc]!)).size;
  };
  assert.deepEqual([multipliers("tensor"), multipliers("channel")], [1, 4]);
});

test("weights quantised while the network runs are read as float, with a note", () => {
  for (const way of ["script", "frozen"]) {
    const { graph, notes } = load("dynamic", way);
    assert.deepEqual(notes, ["2 weights of dynamically quantised layers read as float32"]);
    const expected = readItems("dynamic.output.npy").items;
    readItems("dynamic.input.npy").items.forEach((x, i) => {
      const y = evaluate(graph, [x]).get(graph.outputs[0]!)!;
      expected[i]!.forEach((value, j) => assert.ok(Math.abs(value - y[j]!) < 0.02));
    });
  }
});

test("a network that is float before it is quantised is refused", () => {
  assert.throws(() => load("late", "script"), {
    name: "CompileError",
    message: /quant quantize_per_tensor: quantises what was computed in float; quantise the whole network/,
  });
});
