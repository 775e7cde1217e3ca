import assert from "node:assert/strict";
import { test } from "node:test";
import { prepare } from "../../src/compile.ts";
import { evaluate } from "../../src/graph/evaluate.ts";
import { dequantizeValue } from "../../src/graph/quantized.ts";
import { loadModel, type LoadedModel } from "../../src/load/load-model.ts";
import { quantizeInput } from "../../src/pass/quantize.ts";
import {
  bytesOf,
  floats,
  node,
  onnx,
  type TestModel,
  type TestNode,
  type TestTensor,
} from "../support/onnx.ts";
import { random } from "../support/random.ts";

const load = (model: TestModel): LoadedModel => loadModel(onnx(model), { fileName: "m.onnx" });

/** What the graph makes of real HWC numbers, in real numbers. */
function run({ graph }: LoadedModel, inputs: readonly (readonly number[])[]): number[] {
  const given = graph.inputs.map((name, i) => {
    const tensor = graph.tensors.get(name)!;
    return tensor.dtype === "f32" ? Float32Array.from(inputs[i]!) : quantizeInput(tensor, inputs[i]!);
  });
  const name = graph.outputs[0]!;
  const { quantization } = graph.tensors.get(name)!;
  const values = evaluate(graph, given).get(name)!;
  return Array.from(values, (q) => (quantization ? dequantizeValue(q, quantization) : q));
}

/** Scale and zero point by name; the zero point says the type. */
function type(name: string, scale: number, zeroPoint: number, dtype: "u8" | "i8" = "u8"): TestTensor[] {
  return [floats(`${name}s`, [], [scale]), bytesOf(`${name}z`, [], [zeroPoint], dtype)];
}

const around = (from: string, to: string, by: string): TestNode[] => [
  node(`QuantizeLinear ${from} ${by}s ${by}z -> ${to}_q`),
  node(`DequantizeLinear ${to}_q ${by}s ${by}z -> ${to}`),
];

const real = (count: number, seed: number): number[] => {
  const { next } = random(seed);
  return Array.from({ length: count }, () => 2 * next() - 1);
};

function assertNear(got: readonly number[], wanted: readonly number[], most: number): void {
  const worst = Math.max(...got.map((value, i) => Math.abs(value - wanted[i]!)));
  assert.equal(got.length, wanted.length);
  assert.ok(worst <= most, `worst error ${worst}, allowed ${most}`);
}

/** Bytes of weights with a scale an output channel, and the real numbers they stand for. */
const weightBytes = [-128, 64, 3, 127, -5, 90, 11, -77];
const weightScales = [0.01, 0.02];
const weightReal = weightBytes.map((q, i) => q * weightScales[Math.floor(i / 4)]!);

const layer = [
  node("DequantizeLinear wq ws -> w", { axis: 0 }),
  node("DequantizeLinear bq bs -> b", { axis: 0 }),
  node("Conv xr w b -> c"),
  node("Relu c -> r"),
];
const layerWeights = [
  bytesOf("wq", [2, 1, 2, 2], weightBytes, "i8"),
  floats("ws", [2], weightScales),
  bytesOf("bq", [2], [500, -250], "i32"),
  floats("bs", [2], [0.01 * 0.008, 0.02 * 0.008]),
];
const inputs = [["x", [1, 1, 4, 4]]] as const;

test("a convolution between quantise and dequantise keeps the file's bytes and scales", () => {
  const model = load({
    nodes: [...around("x", "xr", "x"), ...layer, ...around("r", "y", "y")],
    inputs,
    weights: [...layerWeights, ...type("x", 0.008, 128), ...type("y", 0.02, 0)],
  });
  const [conv] = model.graph.nodes;
  assert.ok(conv?.kind === "conv2d");
  assert.deepEqual(Array.from(conv.weight.data), weightBytes);
  assert.deepEqual(Array.from(conv.bias.data), [500, -250]);
  assert.deepEqual(model.graph.tensors.get("x")!.quantization, { scale: Math.fround(0.008), zeroPoint: 128 });
  const plain = load({
    nodes: [node("Conv x w b -> c"), node("Relu c -> y")],
    inputs,
    weights: [floats("w", [2, 1, 2, 2], weightReal), floats("b", [2], [0.04, -0.04])],
  });
  const x = real(16, 1).map((value) => Math.round(value / 0.008) * 0.008);
  assertNear(run(model, [x]), run(plain, [x]), 0.0101);
});

test("an int8 graph needs no samples, and cannot be made float", () => {
  const model = load({
    nodes: [...around("x", "xr", "x"), ...layer, ...around("r", "y", "y")],
    inputs,
    weights: [...layerWeights, ...type("x", 0.008, 128), ...type("y", 0.02, 0)],
  });
  assert.deepEqual(
    prepare(model.graph, "int8", []).graph.nodes.map(({ kind }) => kind),
    ["conv2d"],
  );
  assert.throws(() => prepare(model.graph, "f32", []), /is quantised already/);
});

test("QLinearConv and QLinearMatMul are the three nodes they stand for", () => {
  const nodes = [
    node("QuantizeLinear x xs xz -> q"),
    node("QLinearConv q xs xz wq ws wz ys yz bq -> c"),
    node("Flatten c -> f"),
    node("QLinearMatMul f ys yz mq ms mz os oz -> o"),
    node("DequantizeLinear o os oz -> y"),
  ];
  const model = load({
    nodes,
    inputs: [["x", [1, 1, 2, 2]]],
    weights: [
      ...layerWeights,
      bytesOf("wz", [2], [0, 0], "i8"),
      ...type("x", 0.008, 128),
      ...type("y", 0.02, 100),
      bytesOf("mq", [2, 1], [200, 100]),
      ...type("m", 0.01, 128),
      ...type("o", 0.01, 3, "i8"),
    ],
  });
  const x = [0.08, -0.4, 0.8, 0.16];
  const dot = (row: number): number =>
    weightReal.slice(row * 4, row * 4 + 4).reduce((sum, w, i) => sum + w * x[i]!, 0);
  const conv = [dot(0) + 0.04, dot(1) - 0.04];
  assertNear(run(model, [x]), [conv[0]! * 0.72 - conv[1]! * 0.28], 0.02 * 0.5 + 0.011);
});

test("layers of ONNX Runtime's own domain are read too", () => {
  const nodes = [
    ...around("a", "ar", "x"),
    ...around("b", "br", "y"),
    node("com.microsoft:QLinearAdd ar_q xs xz br_q ys yz os oz -> s"),
    node("com.microsoft:QLinearGlobalAveragePool s os oz os oz -> p"),
    node("DequantizeLinear p os oz -> r"),
  ];
  const model = load({
    nodes,
    inputs: [
      ["a", [1, 1, 1, 2]],
      ["b", [1, 1, 1, 2]],
    ],
    outputs: [["r", []]],
    weights: [...type("x", 0.01, 128), ...type("y", 0.02, 128), ...type("o", 0.02, 128)],
  });
  assertNear(
    run(model, [
      [0.5, 1],
      [0.1, 0.2],
    ]),
    [0.9],
    0.02,
  );
});

const cases: readonly (readonly [
  string,
  readonly TestNode[],
  (x: readonly number[]) => readonly number[],
])[] = [
  ["a sigmoid", [node("Sigmoid xr -> r")], (x) => x.map((v) => 1 / (1 + Math.exp(-v)))],
  ["a product", [node("Mul xr xr -> r")], (x) => x.map((v) => v * v)],
  ["a difference", [node("Sub xr xr -> r")], (x) => x.map(() => 0)],
  ["a scale a channel", [node("Mul xr k -> r")], (x) => x.map((v, i) => v * [0.5, -0.9][i % 2]!)],
  [
    "a concat of two scales",
    [node("Sigmoid xr -> g"), ...around("g", "h", "y"), node("Concat xr h -> r", { axis: 3 })],
    (x) => [...x, ...x.map((v) => 1 / (1 + Math.exp(-v)))],
  ],
  [
    "a pool of a clip",
    [node("Clip xr low _ -> k1"), node("MaxPool k1 -> r", { kernel_shape: [1, 2] })],
    (x) => [Math.max(x[0]!, x[2]!, 0), Math.max(x[1]!, x[3]!, 0)],
  ],
  ["a pad", [node("Pad xr pads -> r")], (x) => [0, 0, ...x]],
];

for (const [name, nodes, wanted] of cases) {
  test(`${name} between quantise and dequantise is computed in bytes`, () => {
    const pads = {
      name: "pads",
      shape: [8],
      type: 7,
      bytes: new Uint8Array(BigInt64Array.of(0n, 0n, 0n, 1n, 0n, 0n, 0n, 0n).buffer),
    };
    const model = load({
      nodes: [...around("x", "xr", "x"), ...nodes, ...around("r", "y", "y")],
      inputs: [["x", [1, 2, 1, 2]]],
      weights: [
        ...type("x", 1 / 127, 0, "i8"),
        ...type("y", 1 / 120, 4, "i8"),
        floats("k", [2, 1, 1], [0.5, -0.9]),
        floats("low", [], [0]),
        pads,
      ],
    });
    const x = [0.5, -0.25, 1, 0.75];
    assertNear(run(model, [x]), wanted(x), 1.5 / 120);
  });
}

test("softmax behind the last dequantise has its own scale of 1/256", () => {
  const model = load({
    nodes: [...around("x", "xr", "x"), node("Softmax xr -> y")],
    inputs: [["x", [1, 2]]],
    weights: type("x", 1 / 64, 0, "i8"),
  });
  assertNear(run(model, [[1, 0]]), [0.731, 0.269], 1.01 / 256);
});

test("what is not quantised among what is, is named", () => {
  const half = [
    ...around("x", "xr", "x"),
    node("Conv xr w -> c"),
    node("Conv c w -> d"),
    ...around("d", "y", "y"),
  ];
  const weights = [floats("w", [1, 1, 1, 1], [0.5]), ...type("x", 0.01, 0), ...type("y", 0.01, 0)];
  assert.throws(
    () => load({ nodes: half, inputs, weights }),
    /is not quantised; put QuantizeLinear and DequantizeLinear behind it/,
  );
  const wide = floats("w", [1, 1, 1, 2], [0.5, 0.3337]);
  const open = [...around("x", "xr", "x"), node("Conv xr w -> c"), ...around("c", "y", "y")];
  assert.throws(
    () => load({ nodes: open, inputs, weights: [wide, ...weights.slice(1)] }),
    /its weights are not quantised/,
  );
  assert.throws(
    () =>
      load({
        nodes: [node("DequantizeLinear x xs -> r"), node("Relu r -> y")],
        inputs: [["x", [1, 2], 2]],
        weights: [floats("xs", [2], [1, 2])],
      }),
    /gives an activation several scales; quantise it per tensor/,
  );
});
