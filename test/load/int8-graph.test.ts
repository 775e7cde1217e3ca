import assert from "node:assert/strict";
import { test } from "node:test";
import { createInterpreter } from "../../src/backend/interpret.ts";
import { compile, prepare } from "../../src/compile.ts";
import { windowOf } from "../../src/graph/build.ts";
import type { ByteType } from "../../src/graph/byte-type.ts";
import { evaluate } from "../../src/graph/evaluate.ts";
import type { Graph, Node, Shape, Tensor } from "../../src/graph/graph.ts";
import {
  byteType,
  int8Add,
  int8Clamp,
  int8Conv2d,
  int8Linear,
  int8Mul,
  int8Requantize,
  reluClamp,
} from "../../src/load/quantized/int8-graph.ts";
import { cmsisLike } from "../../src/lower/cmsis-like.ts";
import { schedules } from "../../src/lower/schedule.ts";
import { scheduled } from "../../src/lower/scheduled.ts";
import { dequantizeOutput, quantizeInput } from "../../src/pass/quantize.ts";
import { byteFrame } from "../support/frames.ts";
import { random } from "../support/random.ts";

const u8 = (scale: number, zeroPoint: number): ByteType => byteType("test", "u8", scale, zeroPoint);
const tensor = (name: string, h: number, w: number, c: number, type: ByteType): Tensor => {
  const shape: Shape = { h, w, c };
  return { name, shape, ...type };
};

function graphOf(tensors: readonly Tensor[], nodes: readonly Node[]): Graph {
  const outputs = [nodes.at(-1)!.output];
  const all = new Map(tensors.map((each) => [each.name, each]));
  return { name: "net", tensors: all, inputs: [tensors[0]!.name], outputs, nodes };
}

const generator = random(3);
const bytes = (count: number): Int8Array =>
  Int8Array.from({ length: count }, () => Math.floor(generator.next() * 256) - 128);

/** Convolution and ReLU, pool, a sum, a clamp, flatten and linear: all zero points differ. */
function network(): Graph {
  const input = u8(1 / 64, 100);
  const a = u8(0.5, 30);
  const b = u8(0.9, 77);
  const out = byteType("out", "i8", 120, -20);
  const weights = {
    weight: { shape: [3, 3, 3, 2], data: bytes(54) },
    scales: [0.01, 0.02, 0.015],
    bias: Float32Array.of(0.5, -1, 0.25),
  };
  const linear = {
    weight: { shape: [4, 1, 1, 48], data: bytes(192) },
    scales: [0.0625],
    bias: new Float32Array(4),
  };
  const padded = windowOf([3, 3], { padding: { top: 1, bottom: 1, left: 1, right: 1 } });
  const ends = { name: "conv", input, output: a, clamp: reluClamp };
  return graphOf(
    [
      tensor("x", 8, 8, 2, input),
      tensor("conv", 8, 8, 3, a),
      tensor("pool", 4, 4, 3, a),
      tensor("add", 4, 4, 3, b),
      tensor("clamp", 4, 4, 3, b),
      tensor("flat", 1, 1, 48, b),
      tensor("y", 1, 1, 4, out),
    ],
    [
      { name: "conv", inputs: ["x"], output: "conv", ...int8Conv2d(ends, weights, padded, 1) },
      {
        name: "pool",
        inputs: ["conv"],
        output: "pool",
        kind: "maxPool2d",
        window: windowOf([2, 2], { stride: [2, 2] }),
      },
      {
        name: "add",
        inputs: ["pool", "pool"],
        output: "add",
        ...int8Add({ name: "add", input: a, output: b }, a),
      },
      { name: "clamp", inputs: ["add"], output: "clamp", ...int8Clamp({ min: -40, max: 100 }, b) },
      { name: "flat", inputs: ["clamp"], output: "flat", kind: "flatten" },
      {
        name: "y",
        inputs: ["flat"],
        output: "y",
        ...int8Linear({ name: "y", input: b, output: out }, linear),
      },
    ],
  );
}

const frame = (graph: Graph): Int8Array | Uint8Array => byteFrame(graph, generator);

test("weights, scales and zero points stay what they are, and real numbers follow from them to half a step", () => {
  const input = u8(0.5, 10);
  const output = u8(0.25, 20);
  const weights = {
    weight: { shape: [2, 1, 1, 2], data: Int8Array.of(100, -128, 3, 4) },
    scales: [0.01, 0.5],
    bias: Float32Array.of(1, -1),
  };
  const body = int8Linear({ name: "fc", input, output, clamp: reluClamp }, weights);
  assert.equal(body.weight, weights.weight);
  assert.deepEqual(body.bias.data, Int32Array.of(200, -4));
  assert.deepEqual(body.clamp, { min: 20, max: 255 });
  const graph = graphOf(
    [tensor("x", 1, 1, 2, input), tensor("y", 1, 1, 2, output)],
    [{ name: "y", inputs: ["x"], output: "y", ...body }],
  );
  const x = quantizeInput(graph.tensors.get("x")!, [4, 3]);
  const y = dequantizeOutput(graph.tensors.get("y")!, evaluate(graph, [x]).get("y")!);
  assert.deepEqual([...y], [1.25, 11]); // 4 × 1 − 3 × 1.28 + 1 = 1.16, and 4 × 1.5 + 3 × 2 − 1
});

test("a bias may come in the units of the sums", () => {
  const weights = {
    weight: { shape: [1, 1, 1, 1], data: Int8Array.of(1) },
    scales: [0.1],
    bias: Int32Array.of(-77),
  };
  const body = int8Linear({ name: "fc", input: u8(1, 0), output: u8(1, 0) }, weights);
  assert.deepEqual(body.bias.data, Int32Array.of(-77));
});

test("a channel of zeros keeps its bias, however small its scale", () => {
  const weights = {
    weight: { shape: [1, 1, 1, 1], data: Int8Array.of(0) },
    scales: [2 ** -23],
    bias: Float32Array.of(100),
  };
  const body = int8Linear({ name: "fc", input: u8(1e-3, 0), output: u8(1, 0) }, weights);
  const graph = graphOf(
    [tensor("x", 1, 1, 1, u8(1e-3, 0)), tensor("y", 1, 1, 1, u8(1, 0))],
    [{ name: "y", inputs: ["x"], output: "y", ...body }],
  );
  assert.deepEqual(evaluate(graph, [Uint8Array.of(9)]).get("y"), Uint8Array.of(100));
});

test("a product of two scales, and a change of scale, are the nearest bytes", () => {
  const [a, b, c] = [u8(0.5, 10), u8(0.25, 3), u8(2, 7)];
  const graph = graphOf(
    [tensor("a", 1, 1, 4, a), tensor("b", 1, 1, 4, b), tensor("c", 1, 1, 4, c)],
    [
      { name: "b", inputs: ["a"], output: "b", ...int8Requantize(a, b) },
      { name: "c", inputs: ["a", "b"], output: "c", ...int8Mul({ name: "c", input: a, output: c }, b) },
    ],
  );
  const values = evaluate(graph, [Uint8Array.of(10, 14, 9, 255)]);
  assert.deepEqual(values.get("b"), Uint8Array.of(3, 11, 1, 255)); // 0, 2, -0.5 and 122.5, which is too much
  assert.deepEqual(values.get("c"), Uint8Array.of(7, 9, 7, 255));
});

test("scales and zero points that are none are refused, and sums beyond 32 bits", () => {
  assert.throws(() => byteType("q", "u8", 0, 3), /q: its scale is 0/);
  assert.throws(() => byteType("q", "u8", NaN, 3), /q: its scale is NaN/);
  assert.throws(() => byteType("q", "u8", 1, 256), /q: its zero point is 256, expected 0 to 255/);
  const weights = {
    weight: { shape: [1, 1, 1, 1], data: Int8Array.of(1) },
    scales: [1e-7],
    bias: Float32Array.of(1000),
  };
  const ends = { name: "fc", input: u8(1e-3, 0), output: u8(1, 0) };
  assert.throws(() => int8Linear(ends, weights), /fc: channel 0: could come to \d+ before it is scaled/);
});

test("a quantised graph is prepared as it is: simplified, never calibrated, and never made float", () => {
  const graph = network();
  const prepared = prepare(graph, "int8", []);
  assert.deepEqual(
    prepared.graph.nodes.map(({ kind }) => kind),
    ["conv2d", "maxPool2d", "add", "linear"],
  );
  const x = frame(graph);
  const before = evaluate(graph, [x]).get("y");
  const after = evaluate(prepared.graph, [x]);
  assert.deepEqual(after.get(prepared.graph.outputs[0]!), before);
  assert.throws(() => prepare(graph, "f32", []), /net: is quantised already and cannot be made float/);
});

for (const fusePool of [false, true]) {
  test(`bytes with zero points of their own compute alike in the engine, pools ${fusePool ? "" : "not "}fused`, () => {
    const prepared = prepare(network(), "int8", []);
    const [plain, blocked] = [scheduled(schedules.plain), scheduled(schedules.blocked)];
    const ways = fusePool ? [plain, blocked] : [plain, blocked, cmsisLike];
    for (const recipes of ways) {
      const { graph, program } = compile(prepared, {
        strategy: "stream",
        frame: "resident",
        fusePool,
        recipes,
      });
      const x = frame(graph);
      const expected = evaluate(graph, [x]).get(graph.outputs[0]!);
      assert.deepEqual(createInterpreter(program).run([x])[0], expected);
    }
  });
}
