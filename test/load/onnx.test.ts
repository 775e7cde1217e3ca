import assert from "node:assert/strict";
import { test } from "node:test";
import { prepare } from "../../src/compile.ts";
import { evaluate } from "../../src/graph/evaluate.ts";
import { loadModel, type LoadedModel, type LoadOptions } from "../../src/load/load-model.ts";
import { bytesOf, floats, int64s, node, onnx, type TestModel } from "../support/onnx.ts";

const load = (model: TestModel, options: Partial<LoadOptions> = {}): LoadedModel =>
  loadModel(onnx(model), { fileName: "m.onnx", ...options });

const kinds = ({ graph }: LoadedModel): string => graph.nodes.map(({ kind }) => kind).join(" ");

/** Numbers of HWC inputs to those of the first output, HWC. */
function run({ graph }: LoadedModel, ...inputs: readonly (readonly number[])[]): number[] {
  const values = evaluate(
    graph,
    inputs.map((input) => Float32Array.from(input)),
  );
  return Array.from(values.get(graph.outputs[0]!)!);
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const image = [["x", [1, 1, 4, 4]]] as const;

test("a convolution reads its pads in ONNX's order, and SAME_UPPER puts the odd one at the end", () => {
  const weights = [floats("w", [1, 1, 2, 2], [1, 2, 3, 4])];
  const pads = load({ nodes: [node("Conv x w -> y", { pads: [1, 0, 0, 2] })], weights });
  assert.deepEqual(pads.graph.nodes[0]!.kind === "conv2d" && pads.graph.nodes[0]!.window.padding, {
    top: 1,
    left: 0,
    bottom: 0,
    right: 2,
  });
  const same = load({ nodes: [node("Conv x w -> y", { auto_pad: "SAME_UPPER" })], weights });
  assert.deepEqual(run(same, upTo(16)).slice(0, 4), [34, 44, 54, 24]);
});

test("Gemm is a linear layer whichever way its weight lies, and scales it by alpha", () => {
  const inputs = [["x", [1, 2]]] as const;
  const weights = [
    floats("w", [3, 2], [1, 2, 3, 4, 5, 6]),
    floats("v", [2, 3], [1, 3, 5, 2, 4, 6]),
    floats("b", [3], [1, 1, 1]),
  ];
  const across = load({
    nodes: [node("Gemm x w b -> y", { transB: 1, alpha: { float: 2 } })],
    inputs,
    weights,
  });
  const along = load({ nodes: [node("Gemm x v b -> y", { alpha: { float: 2 } })], inputs, weights });
  assert.deepEqual(run(across, [1, 10]), [43, 87, 131]);
  assert.deepEqual(run(along, [1, 10]), [43, 87, 131]);
});

test("MatMul over rows of features is a 1x1 convolution, and MatMul + Add a layer with a bias", () => {
  const weights = [floats("w", [2, 1], [1, 10]), floats("b", [1], [0.5])];
  const nodes = [node("MatMul x w -> m"), node("Add m b -> y")];
  assert.deepEqual(
    run(load({ nodes, inputs: [["x", [1, 3, 2]]], weights }), [1, 3, 5, 2, 4, 6]),
    [21.5, 43.5, 65.5],
  );
});

test("transposes of tf2onnx between NHWC and NCHW cost nothing", () => {
  const nodes = [
    node("Transpose x -> a", { perm: [0, 3, 1, 2] }),
    node("Conv a w -> b"),
    node("Relu b -> c"),
    node("Transpose c -> y", { perm: [0, 2, 3, 1] }),
  ];
  const model = load({
    nodes,
    inputs: [["x", [1, 2, 3, 2]]],
    weights: [floats("w", [2, 2, 1, 1], [1, 0, 0, 2])],
  });
  assert.equal(kinds(model), "conv2d clamp");
  assert.deepEqual(model.inputs[0]!.axes, [null, "h", "w", "c"]);
  assert.deepEqual(
    run(model, upTo(12)),
    upTo(12).map((x, i) => (i % 2 ? 2 * x : x)),
  );
});

test("a shape computed from the input's shape is folded to a flatten", () => {
  const nodes = [
    node("Shape x -> s"),
    node("Gather s zero -> n"),
    node("Unsqueeze n axes -> n1"),
    node("Concat n1 rest -> shape", { axis: 0 }),
    node("Reshape x shape -> y"),
  ];
  const weights = [int64s("zero", [0], []), int64s("axes", [0]), int64s("rest", [-1])];
  const model = load({ nodes, inputs: [["x", ["N", 2, 2, 1]]], weights });
  assert.equal(kinds(model), "flatten");
  assert.deepEqual(run(model, [1, 3, 2, 4]), [1, 2, 3, 4]);
});

test("x * sigmoid(x) is SiLU and x * hardsigmoid(x) hardswish", () => {
  const silu = load({ nodes: [node("Sigmoid x -> s"), node("Mul x s -> y")], inputs: image });
  const swish = load({
    nodes: [node("HardSigmoid x -> s", { alpha: { float: 1 / 6 } }), node("Mul s x -> y")],
    inputs: image,
  });
  assert.deepEqual(
    [silu, swish].map(({ graph }) =>
      graph.nodes.map((each) => (each.kind === "activation" ? each.fn : each.kind)),
    ),
    [["silu"], ["hardswish"]],
  );
});

test("a constant a channel becomes scale and shift, whichever side it is on", () => {
  const weights = [floats("c", [2, 1, 1], [10, 20]), floats("k", [], [2])];
  const nodes = [node("Sub c x -> a"), node("Div a k -> y")];
  assert.deepEqual(
    run(load({ nodes, inputs: [["x", [1, 2, 1, 2]]], weights }), [1, 2, 3, 4]),
    [4.5, 9, 3.5, 8],
  );
});

test("squeeze-and-excite multiplies an image by one number a channel", () => {
  const nodes = [node("GlobalAveragePool x -> p"), node("Mul p x -> y")];
  const model = load({ nodes, inputs: [["x", [1, 2, 2, 1]]] });
  assert.deepEqual(run(model, [1, 10, 3, 30]), [2, 200, 6, 600]);
});

test("Split, Slice, Gather and Concat move what they say", () => {
  const inputs = [["x", [1, 4, 1, 2]]] as const; // HWC: channels of place 0, then of place 1
  const weights = [int64s("from", [1]), int64s("to", [3]), int64s("axis", [1]), int64s("two", [2], [])];
  const split = load({
    nodes: [node("Split x -> a b", { axis: 1 }), node("Concat b a -> y", { axis: 1 })],
    inputs,
  });
  assert.deepEqual(run(split, upTo(8)), [2, 3, 0, 1, 6, 7, 4, 5]);
  const slice = load({ nodes: [node("Slice x from to axis -> y")], inputs, weights });
  assert.deepEqual(run(slice, upTo(8)), [1, 2, 5, 6]);
  const gather = load({ nodes: [node("Gather x two -> y", { axis: 1 })], inputs, weights });
  assert.deepEqual(run(gather, upTo(8)), [2, 6]);
});

test("rows and columns may be sliced in steps", () => {
  const weights = [
    int64s("from", [0, 1]),
    int64s("to", [4, 2 ** 53]),
    int64s("axes", [2, 3]),
    int64s("steps", [2, 2]),
  ];
  const model = load({ nodes: [node("Slice x from to axes steps -> y")], inputs: image, weights });
  assert.deepEqual(run(model, upTo(16)), [1, 3, 9, 11]);
});

test("pads go round any dimension, and negative ones cut off", () => {
  const weights = [int64s("p", [0, 1, 0, -1, 0, 0, 0, 0]), floats("v", [], [9])];
  const model = load({ nodes: [node("Pad x p v -> y")], inputs: [["x", [1, 1, 1, 3]]], weights });
  assert.deepEqual(model.outputs[0]!.shape, [1, 2, 1, 2]);
  assert.deepEqual(run(model, [1, 2, 3]), [9, 2, 9, 3]);
});

test("Resize is read where it looks at PyTorch's places, and refused where not", () => {
  const weights = [floats("s", [4], [1, 1, 2, 2])];
  const resize = (attributes: Record<string, string>): TestModel => ({
    nodes: [node("Resize x _ s -> y", attributes)],
    inputs: [["x", [1, 1, 1, 2]]],
    weights,
  });
  const old = { coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" };
  assert.deepEqual(run(load(resize(old)), [1, 2]), [1, 1, 2, 2, 1, 1, 2, 2]);
  const linear = { mode: "linear", coordinate_transformation_mode: "half_pixel" };
  assert.deepEqual(run(load(resize(linear)), [0, 4]).slice(0, 4), [0, 1, 3, 4]);
  const odd = { coordinate_transformation_mode: "asymmetric", nearest_mode: "ceil" };
  assert.throws(() => load(resize(odd)), /looks at other places than PyTorch's interpolate/);
});

test("activations cast to half are computed in single precision, and that is said", () => {
  const inputs = [["x", [1, 1, 1, 2]]] as const;
  const halved = load({
    nodes: [node("Cast x -> h", { to: 10 }), node("Relu h -> r"), node("Cast r -> y", { to: 1 })],
    inputs,
  });
  assert.deepEqual(halved.notes, ["activations that the file casts to float16 are computed in float32"]);
  assert.deepEqual(load({ nodes: [node("Cast x -> y", { to: 11 })], inputs }).notes, []);
});

test("a pixel shuffle is one, in one node or three, depth first or not", () => {
  const inputs = [["x", [1, 4, 2, 2]]] as const;
  const weights = [int64s("a", [1, 1, 2, 2, 2, 2]), int64s("b", [1, 1, 4, 4])];
  const long = [
    node("Reshape x a -> r"),
    node("Transpose r -> t", { perm: [0, 1, 4, 2, 5, 3] }),
    node("Reshape t b -> y"),
  ];
  const shuffled = load({ nodes: long, inputs, weights });
  assert.equal(kinds(shuffled), "pixelShuffle");
  assert.deepEqual(run(shuffled, upTo(16)).slice(0, 8), [0, 1, 4, 5, 2, 3, 6, 7]);
  const deep = load({
    nodes: [node("DepthToSpace x -> y", { blocksize: 2 })],
    inputs: [["x", [1, 8, 1, 1]]],
  });
  assert.deepEqual(run(deep, upTo(8)), upTo(8)); // channel (block, depth) to pixel (block) of channel (depth)
});

test("softmax before opset 13 is over all dimensions from its axis on", () => {
  const model = { nodes: [node("Softmax x -> y")], inputs: [["x", [1, 1, 1, 2]]] } as const;
  assert.deepEqual(run(load({ ...model, opset: 12 }), [0, 0]), [0.5, 0.5]);
  assert.deepEqual(
    run(load({ nodes: [node("Softmax x -> y", { axis: 1 })], inputs: model.inputs }), [0, 0]),
    [1, 1],
  );
});

test("several inputs and outputs keep their names and order", () => {
  const model = load({
    nodes: [node("Add a b -> s"), node("Sub a b -> d")],
    inputs: [
      ["a", [1, 2]],
      ["b", [1, 2]],
    ],
    outputs: [
      ["d", []],
      ["s", []],
    ],
  });
  assert.deepEqual(model.graph.inputs, ["a", "b"]);
  assert.deepEqual(run(model, [5, 6], [1, 2]), [4, 4]);
});

test("layers are called by the modules in the nodes' names", () => {
  const nodes = [
    { ...node("Relu x -> a"), name: "/features/features.1/Relu" },
    { ...node("Relu a -> b"), name: "/block/act/Relu" },
    { ...node("Relu b -> y"), name: "Relu_7" },
  ];
  assert.deepEqual(
    load({ nodes }).graph.nodes.map(({ name }) => name),
    ["features.1", "block.act", "relu"],
  );
});

test("half, double and shared weights are read, and said to be converted", () => {
  const half = { name: "w", shape: [1, 1, 1, 1], type: 10, bytes: Uint8Array.of(0, 0x42) }; // 3
  const nodes = [node("Identity w -> v"), node("Conv x v -> y")];
  const model = load({ nodes, weights: [half] });
  assert.deepEqual(run(model, upTo(16))[2], 6);
  assert.deepEqual(model.notes, ["1 tensor converted from float16 to float32"]);
});

test("data beside the model are asked for by name, and only within its folder", () => {
  const weight = floats("w", [1, 1, 1, 1], [2]);
  const model = (location: string): TestModel => ({
    nodes: [node("Conv x w -> y")],
    weights: [{ ...weight, location }],
  });
  const readBeside = (name: string): Uint8Array | undefined => (name === "m.data" ? weight.bytes : undefined);
  assert.equal(run(load(model("m.data"), { readBeside }), upTo(16))[3], 6);
  assert.throws(
    () => load(model("other"), { readBeside }),
    /its data are in other, which is not beside the model/,
  );
  for (const away of ["../m.data", "/etc/passwd", "a/../../b", "C:\\m", "..\\m"])
    assert.throws(() => load(model(away), { readBeside }), /outside the model's folder; refused/);
});

test("a batch in the file is read as 1, but not by what works across it", () => {
  const inputs = [["x", [5, 2, 3, 3]]] as const;
  const model = load({ nodes: [node("Relu x -> y")], inputs });
  assert.deepEqual(
    [model.inputs[0]!.shape, model.notes],
    [[1, 2, 3, 3], ["the file's batch of 5 is read as 1"]],
  );
  assert.throws(
    () => load({ nodes: [node("Softmax x -> y", { axis: 0 })], inputs }),
    /works across the batch of 5/,
  );
});

test("open sizes are asked for with the option to type, found by trying", () => {
  const weights = [
    floats("w", [1, 3, 24, 24], new Array<number>(1728).fill(0)),
    floats("f", [1, 25], upTo(25)),
  ];
  const nodes = [node("Conv x w -> a"), node("Flatten a -> b"), node("Gemm b f -> y", { transB: 1 })];
  const inputs = [["x", ["N", 3, "H", "W"]]] as const;
  assert.throws(
    () => load({ nodes, inputs, weights }),
    /input x is \[N,3,H,W\] in the file: pass --input 1x3x28x28, or other sizes in place of H and W/,
  );
  assert.throws(
    () => load({ nodes, inputs, weights }, { inputShape: [1, 1, 28, 28] }),
    /--input 1x1x28x28 does not fit/,
  );
});

test("all that is in the way is said at once", () => {
  const nodes = [
    { ...node("LSTM x -> a"), name: "/l/LSTM" },
    { ...node("LayerNormalization x -> b"), name: "/n/Norm" },
    node("BatchNormalization x c c c c -> d e f", { training_mode: 1 }),
    node("com.acme:Magic d -> y"),
  ];
  assert.throws(
    () => load({ nodes, weights: [floats("c", [1], [NaN])] }),
    (error: Error) => {
      assert.match(error.message, /\/l\/LSTM: operator LSTM is not supported; use convolutions over time/);
      assert.match(error.message, /\/n\/Norm: operator LayerNormalization is not supported; use BatchNorm2d/);
      assert.match(error.message, /exported in training mode: call model.eval\(\) before torch.onnx.export/);
      assert.match(error.message, /operator com.acme.Magic is not supported/);
      return true;
    },
  );
});

test("weights that are no numbers are named", () => {
  const weights = [floats("w", [1, 1, 1, 2], [NaN, Infinity])];
  assert.throws(
    () => load({ nodes: [node("Conv x w -> y")], weights }),
    /w: 2 of 2 values are NaN or infinite/,
  );
});

test("inputs that are no images are refused", () => {
  assert.throws(
    () => load({ nodes: [node("Relu x -> y")], inputs: [["x", [1, 4], 7]] }),
    /input x: holds i64/,
  );
  const bytes = {
    nodes: [node("MaxPool x -> y", { kernel_shape: [1, 1] })],
    inputs: [["x", [1, 1, 2, 2], 2]],
  } as const;
  assert.throws(() => load(bytes), /holds bytes, and nothing says what they stand for/);
  assert.throws(
    () => load({ nodes: [node("Conv x w -> y")], weights: [bytesOf("w", [1, 1, 1, 1], [1])], inputs: [] }),
    /without an input/,
  );
});

test("features flattened with channels last reach the weights that were trained so", () => {
  const nodes = [
    node("Conv x w -> c"),
    node("Transpose c -> t", { perm: [0, 2, 3, 1] }),
    node("Reshape t flat -> f"),
    node("MatMul f m -> y"),
  ];
  const weights = [
    floats("w", [2, 1, 1, 1], [1, 10]),
    int64s("flat", [-1, 8]),
    floats("m", [8, 1], [1, 0, 0, 0, 0, 0, 0, 2]),
  ];
  const model = load({ nodes, inputs: [["x", [1, 1, 2, 2]]], weights });
  assert.deepEqual(run(model, [1, 2, 3, 4]), [81]);
  assert.deepEqual(
    prepare(model.graph, "f32", []).graph.nodes.map(({ kind }) => kind),
    ["conv2d", "linear"],
  );
});
