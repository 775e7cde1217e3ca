import assert from "node:assert/strict";
import { test } from "node:test";
import { evaluate } from "../../src/graph/evaluate.ts";
import type { Graph } from "../../src/graph/graph.ts";
import { graphName, loadModel } from "../../src/load/load-model.ts";
import { readNpy } from "../../src/load/npy.ts";
import { toImage } from "../../src/load/layout.ts";
import { archive, fixture, forward } from "./archives.ts";

const load = (name: string, inputShape?: readonly number[]): ReturnType<typeof loadModel> =>
  loadModel(fixture(name), { fileName: name, ...(inputShape ? { inputShape } : {}) });

function readFloats(name: string): { shape: readonly number[]; data: Float32Array } {
  const { shape, data } = readNpy(fixture(name));
  assert.ok(data instanceof Float32Array);
  return { shape, data };
}

/** Loads NAME.WAY.pt and holds its outputs against NAME.output.npy and NAME.output_1.npy. */
function checkAgainstPyTorch(name: string, way: string): void {
  const input = readFloats(`${name}.input.npy`);
  const { graph, inputs, outputs, notes } = load(`${name}.${way}.pt`, input.shape);
  const values = evaluate(graph, [toImage(input.data, inputs[0]!)]);
  outputs.forEach((output, index) => {
    const expected = readFloats(`${name}.output${index === 0 ? "" : `_${index}`}.npy`);
    assert.deepEqual(output.shape, expected.shape);
    const y = values.get(output.name)!;
    toImage(expected.data, output).forEach((value, i) => {
      const isClose = Math.abs(value - y[i]!) <= 1e-5 * Math.max(1, Math.abs(value));
      assert.ok(isClose, `output ${index}, element ${i}: ${y[i]}, not ${value}`);
    });
  });
  assert.deepEqual(notes, []);
}

for (const name of ["chain", "functional", "image", "smooth", "structure", "spatial", "signal", "single"]) {
  for (const way of ["script", "trace", "frozen"]) {
    test(`${name}, saved as ${way}, computes what PyTorch does`, () => checkAgainstPyTorch(name, way));
  }
}

test("weights in channels-last memory compute what PyTorch does", () => {
  checkAgainstPyTorch("channels_last", "script");
});

const names = (graph: Graph): string => graph.nodes.map((node) => node.name).join(" ");

test("layers are named by their module's path, functions by path and operation", () => {
  const expected =
    "stem blocks.0.conv blocks.0.bn blocks.0.relu blocks.0.add pool blocks.1.conv blocks.1.bn blocks.1.relu " +
    "blocks.1.add pool_1 dropout avg_pool2d adaptive_avg_pool2d flatten fc1 bn clamp fc2";
  assert.equal(names(load("functional.script.pt", [1, 1, 12, 10]).graph), expected);
  assert.equal(names(load("functional.trace.pt", [1, 1, 12, 10]).graph), expected);
});

test("a flatten stays a node, and the linear layer after it keeps PyTorch's order of weights", () => {
  const { graph } = load("chain.script.pt", [1, 2, 12, 12]);
  const flatten = graph.nodes.find((node) => node.kind === "flatten")!;
  const linear = graph.nodes.find((node) => node.kind === "linear")!;
  assert.deepEqual(graph.tensors.get(flatten.output)!.shape, { h: 1, w: 1, c: 16 });
  assert.deepEqual(linear.weight.shape, [5, 1, 1, 16]);
});

test("two outputs are two outputs", () => {
  const { graph } = load("image.script.pt", [1, 3, 6, 7]);
  assert.deepEqual(graph.outputs, ["b", "mean"]);
  assert.deepEqual(graph.tensors.get("b")!.shape, { h: 4, w: 4, c: 2 });
  assert.deepEqual(graph.tensors.get("mean")!.shape, { h: 1, w: 1, c: 2 });
});

test("two inputs, and outputs in tuples within tuples", () => {
  const inputShapes = [
    [7, 3, 4, 2],
    [7, 3],
  ];
  for (const way of ["script", "trace"]) {
    const name = `two_inputs.${way}.pt`;
    const { inputs, outputs, graph } = loadModel(fixture(name), { fileName: name, inputShapes });
    assert.deepEqual(
      inputs.map(({ name, shape }) => `${name} ${shape.join("x")}`),
      ["left 1x3x4x2", "right 1x3"],
    );
    assert.deepEqual(
      outputs.map(({ shape }) => shape.join("x")),
      ["1x3x4x2", "1x3", "1x3"],
    );
    const left = Float32Array.from({ length: 24 }, (_, i) => i - 9);
    const values = evaluate(graph, [toImage(left, inputs[0]!), Float32Array.of(2, 0.5, -1)]);
    const sums = [2, 0.5, -1].map((scale, c) =>
      left.slice(8 * c, 8 * c + 8).reduce((sum, x) => sum + x * scale, 0),
    );
    assert.deepEqual([...values.get(outputs[1]!.name)!], sums);
    assert.deepEqual([...values.get(outputs[2]!.name)!], [-1, 0.5, 2]);
  }
});

test("any batch is read as one image", () => {
  assert.deepEqual(load("image.trace.pt", [16, 3, 6, 7]).graph, load("image.trace.pt", [1, 3, 6, 7]).graph);
});

for (const [type, dtype] of [
  ["half", "float16"],
  ["bfloat16", "bfloat16"],
  ["double", "float64"],
]) {
  test(`${type} weights become float32, and a note says so`, () => {
    const { graph, notes } = load(`${type}.script.pt`, [1, 4]);
    const reference = load("half.script.pt", [1, 4]).graph.nodes[0]!;
    const layer = graph.nodes[0]!;
    assert.ok(layer.kind === "linear" && reference.kind === "linear");
    layer.weight.data.forEach((value, i) => assert.ok(Math.abs(value - reference.weight.data[i]!) < 4e-3));
    assert.deepEqual(notes, [`4 tensors converted from ${dtype} to float32`]);
  });
}

test("a scripted model in training mode is read as in evaluation, and a note says so", () => {
  const { graph, notes } = load("training.script.pt", [1, 1, 12, 10]);
  assert.equal(names(graph), names(load("functional.script.pt", [1, 1, 12, 10]).graph));
  assert.deepEqual(notes, ["saved in training mode; read as after model.eval()"]);
});

test("layers may share one storage", () => {
  const [first, second] = load("tied.script.pt", [1, 4]).graph.nodes;
  assert.ok(first?.kind === "linear" && second?.kind === "linear");
  assert.deepEqual(first.weight.data, second.weight.data);
});

test("an operation in place changes the tensor under every name it has", () => {
  const code = forward(
    "y = torch.clamp(x, -1., 1.)",
    "z = y",
    "_0 = torch.relu_(y)",
    "return torch.add(z, y)",
  );
  const { graph } = loadModel(archive(code), { fileName: "net.pt", inputShape: [1, 1, 2, 2] });
  assert.deepEqual(graph.nodes.at(-1)!.inputs, ["relu", "relu"]);
});

test("a view of a tensor changed in place since is refused, not misread", () => {
  const code = forward(
    "y = torch.relu(x)",
    "z = torch.flatten(y, 1)",
    "_0 = torch.clamp_(y, 0., 1.)",
    "return z",
  );
  const broken = forward(
    "y = torch.relu(x)",
    "z = torch.flatten(y, 1)",
    "_0 = torch.clamp_(y, 0., 1.)",
    "return torch.relu(z)",
  );
  for (const text of [code, broken]) {
    assert.throws(
      () => loadModel(archive(text), { fileName: "net.pt", inputShape: [1, 1, 2, 2] }),
      /changed in place/,
    );
  }
});

test("loops, lists, comparisons and text of the program are computed", () => {
  const code = forward(
    "sizes = torch.size(x)",
    "n = 1",
    "for i in range(torch.sub(torch.len(sizes), 1)):",
    "  n = torch.mul(n, sizes[torch.add(i, 1)])",
    "if torch.ne(n, 12):",
    '  ops.prim.RaiseException(torch.format("got {}", n), "builtins.ValueError")',
    "else:",
    "  pass",
    "y = torch.view(x, [int(ops.prim.NumToTensor(torch.size(x, 0))), n])",
    "return torch.relu(y)",
  );
  const { graph } = loadModel(archive(code), { fileName: "net.pt", inputShape: [1, 3, 2, 2] });
  assert.equal(names(graph), "flatten relu");
  assert.throws(() => loadModel(archive(code), { fileName: "net.pt", inputShape: [1, 3, 2, 3] }), {
    message: "net.pt: the model: refuses its input: got 18 (code/__torch__.py:9); check --input",
  });
});

test("addmm with a transposed weight is a linear layer", () => {
  const code = forward("return torch.addmm(self.bias, x, torch.t(self.weight))");
  const state = {
    weight: { size: [2, 3], numbers: [1, 2, 3, 4, 5, 6] },
    bias: { size: [2], numbers: [7, 8] },
  };
  const { graph } = loadModel(archive(code, state), { fileName: "net.pt", inputShape: [1, 3] });
  const [linear] = graph.nodes;
  assert.ok(linear?.kind === "linear");
  assert.deepEqual([...linear.weight.data], [1, 2, 3, 4, 5, 6]);
  assert.deepEqual([...linear.bias.data], [7, 8]);
});

test("what no output needs is left out, and a note says so", () => {
  const { graph, notes } = loadModel(archive(forward("y = torch.relu6(x)", "return torch.relu(x)")), {
    fileName: "net.pt",
    inputShape: [1, 3],
  });
  assert.equal(names(graph), "relu");
  assert.deepEqual(notes, ["no output needs relu6; left out"]);
});

test("a graph is named by its file, as a C identifier", () => {
  assert.equal(
    loadModel(fixture("tied.script.pt"), { fileName: "a/My Net-2.pt", inputShape: [1, 4] }).graph.name,
    "my_net_2",
  );
  assert.deepEqual(["7up", "int", "a.b", "???"].map(graphName), ["model_7up", "model_int", "a_b", "model"]);
});

test("the same file gives the same graph", () => {
  assert.deepEqual(load("functional.trace.pt", [1, 1, 12, 10]), load("functional.trace.pt", [1, 1, 12, 10]));
});

test("a Node.js Buffer, which shares memory with others, reads like any bytes", () => {
  const pool = Buffer.concat([Buffer.from("x"), fixture("chain.script.pt")]).subarray(1);
  const options = { fileName: "chain.script.pt", inputShape: [1, 2, 12, 12] };
  assert.deepEqual(loadModel(pool, options), loadModel(fixture("chain.script.pt"), options));
  const array = Buffer.concat([Buffer.from("x"), fixture("chain.input.npy")]).subarray(1);
  assert.deepEqual(readNpy(array), readNpy(fixture("chain.input.npy")));
});
