import assert from "node:assert/strict";
import { test } from "node:test";
import { strToU8, zipSync } from "fflate";
import { evaluate } from "../../src/graph/evaluate.ts";
import { loadModel, type LoadedModel } from "../../src/load/load-model.ts";
import { random } from "../support/random.ts";
import type { Weight } from "./archives.ts";
import { ints, newFile, oldFile, programText, tensor, weightName } from "./exported-files.ts";
import type { Exported, ExportedNode } from "./exported-files.ts";

const generator = random(4);
function weight(...size: readonly number[]): Weight {
  const count = size.reduce((product, extent) => product * extent, 1);
  return { size, numbers: Array.from({ length: count }, () => generator.normal() / 2) };
}

const load = (bytes: Uint8Array, inputShape?: readonly number[]): LoadedModel =>
  loadModel(bytes, { fileName: "net.pt2", ...(inputShape && { inputShape }) });

const aten = (
  name: string,
  output: ExportedNode["output"],
  inputs: ExportedNode["inputs"],
  stack?: string,
): ExportedNode => ({
  target: `torch.ops.aten.${name}`,
  inputs,
  output,
  ...(stack !== undefined && { stack }),
});
const p = (key: string) => tensor(weightName(key));

const weights = {
  "conv.weight": weight(3, 2, 3, 3),
  "conv.bias": weight(3),
  "bn.weight": weight(3),
  "bn.bias": weight(3),
  "bn.running_mean": weight(3),
  "bn.running_var": { size: [3], numbers: [0.5, 1, 2] },
  "fc.weight": weight(4, 12),
  "fc.bias": weight(4),
};
const bn = {
  input: tensor("conv2d"),
  weight: p("bn.weight"),
  bias: p("bn.bias"),
  running_mean: p("bn.running_mean"),
  running_var: p("bn.running_var"),
};

/** As PyTorch 2.5 and later write it: operators as the modules call them. */
const whole: Exported = {
  weights,
  input: [1, 2, 4, 4],
  nodes: [
    aten("conv2d.default", "conv2d", {
      input: tensor("x"),
      weight: p("conv.weight"),
      bias: p("conv.bias"),
      stride: ints(1, 1),
      padding: ints(1, 1),
    }),
    aten("batch_norm.default", "bn", {
      ...bn,
      training: { as_bool: false },
      momentum: { as_float: 0.1 },
      eps: { as_float: 1e-5 },
      cudnn_enabled: { as_bool: true },
    }),
    aten("relu.default", "relu", { self: tensor("bn") }),
    aten("max_pool2d.default", "pool", { self: tensor("relu"), kernel_size: ints(2, 2) }),
    aten("flatten.using_ints", "flat", { self: tensor("pool"), start_dim: { as_int: 1 } }),
    aten("linear.default", "fc", { input: tensor("flat"), weight: p("fc.weight"), bias: p("fc.bias") }),
  ],
};

/** The same, decomposed as before. */
const decomposed: Exported = {
  ...whole,
  nodes: [
    aten("convolution.default", "conv2d", {
      input: tensor("x"),
      weight: p("conv.weight"),
      bias: p("conv.bias"),
      stride: ints(1, 1),
      padding: ints(1, 1),
      dilation: ints(1, 1),
      transposed: { as_bool: false },
      output_padding: ints(0, 0),
      groups: { as_int: 1 },
    }),
    aten("_native_batch_norm_legit_no_training.default", [tensor("bn"), tensor("mean"), tensor("rstd")], {
      ...bn,
      momentum: { as_float: 0.1 },
      eps: { as_float: 1e-5 },
    }),
    aten("relu.default", "relu", { self: tensor("bn") }),
    aten("max_pool2d_with_indices.default", [tensor("pool"), tensor("indices")], {
      self: tensor("relu"),
      kernel_size: ints(2, 2),
      stride: ints(2, 2),
    }),
    aten("view.default", "flat", { self: tensor("pool"), size: ints(1, 12) }),
    aten("t.default", "t", { self: p("fc.weight") }),
    aten("addmm.default", "fc", { self: p("fc.bias"), mat1: tensor("flat"), mat2: tensor("t") }),
  ],
};

const x = Float32Array.from({ length: 32 }, () => generator.normal());
const run = ({ graph }: LoadedModel): Float32Array =>
  evaluate(graph, [x]).get(graph.outputs[0]!) as Float32Array;

test("both layouts, whole or decomposed, with nulls or without, compute the same", () => {
  const expected = run(load(newFile(whole)));
  assert.ok(expected.some((value) => value !== 0));
  for (const file of [newFile(decomposed), oldFile(whole), oldFile(whole, "pt"), oldFile(decomposed)])
    assert.deepEqual(run(load(file)), expected);
});

test("a file is said to be read experimentally", () => {
  assert.deepEqual(load(newFile(whole)).notes, [
    "read as torch.export describes its files, which few real ones were tried of: compare its outputs with PyTorch's",
  ]);
});

test("layers are named by their modules, or where the file names none by the owner of their weights", () => {
  const names = (exported: Exported): readonly string[] =>
    load(newFile(exported)).graph.nodes.map(({ name }) => name);
  assert.deepEqual(names(whole), ["conv", "bn", "relu", "max_pool2d", "flatten", "fc"]);
  const root = "L__self__,,Net";
  const stack = `${root};L__self___act,L['self'].blocks[0].act,torch.nn.modules.activation.ReLU`;
  const nodes = whole.nodes.map((node) =>
    node.output === "relu" ? { ...node, stack } : { ...node, stack: root },
  );
  assert.deepEqual(names({ ...whole, nodes }), ["conv", "bn", "blocks.0.act", "max_pool2d", "flatten", "fc"]);
});

test("a program exported in training mode is refused", () => {
  const file = newFile({ ...whole, mutations: ["bn.running_mean", "bn.num_batches_tracked"] });
  assert.throws(() => load(file), {
    message:
      "net.pt2: models/model.json: exported in training mode (it changes bn.running_mean, bn.num_batches_tracked); " +
      "call model.eval() before torch.export.export",
  });
});

test("sizes the file leaves open are asked for, except the batch's", () => {
  const conv = { ...whole, nodes: whole.nodes.slice(0, 1) };
  const open = newFile({ ...conv, input: ["s0", 2, "s1", "s2"] });
  assert.throws(() => load(open), {
    message: "net.pt2: the file leaves sizes of its input open (x s0x2xs1xs2): pass --input 1x2x16x16",
  });
  assert.deepEqual(load(open, [1, 2, 4, 4]).graph, load(newFile(conv)).graph);
  assert.deepEqual(load(newFile({ ...conv, input: ["s0", 2, 4, 4] })).graph, load(newFile(conv)).graph);
});

test("open sizes are numbers where the program computes with them", () => {
  const file = newFile({
    ...whole,
    input: ["s0", 2, 4, 4],
    nodes: [
      ...whole.nodes.slice(0, 4),
      {
        target: "torch.ops.aten.sym_size.int",
        inputs: { self: tensor("x"), dim: { as_int: 0 } },
        output: [{ as_sym_int: { as_name: "n" } }],
      },
      aten("view.default", "flat", {
        self: tensor("pool"),
        size: { as_sym_ints: [{ as_name: "n" }, { as_int: 12 }] },
      }),
      whole.nodes[5]!,
    ],
  });
  assert.deepEqual(run(load(file)), run(load(newFile(whole))));
});

test("another input than the program was exported for is refused", () => {
  assert.throws(() => load(newFile(whole), [1, 2, 8, 8]), {
    message:
      "net.pt2: --input 1x2x8x8: the program was exported for 1x2x4x4 and fits no other; " +
      "leave --input out, or export it with dynamic_shapes",
  });
});

test("a batch written into the program is read as one item", () => {
  const nodes = decomposed.nodes.map((node) =>
    node.output === "flat" ? { ...node, inputs: { ...node.inputs, size: ints(8, 12) } } : node,
  );
  const loaded = load(newFile({ ...decomposed, input: [8, 2, 4, 4], nodes }));
  assert.deepEqual(run(loaded), run(load(newFile(whole))));
  assert.ok(loaded.notes.includes("exported for a batch of 8; read as one item at a time"));
});

test("all operators that are not supported are told, with the names of their nodes", () => {
  const nodes = [
    ...whole.nodes.slice(0, 3),
    aten("cumsum.default", "sum", { self: tensor("relu"), dim: { as_int: 1 } }),
    { target: "torch.ops.mine.op.default", inputs: { a: tensor("sum") }, output: "mine" },
  ];
  assert.throws(
    () => load(newFile({ ...whole, nodes })),
    (error: Error) =>
      error.message.includes("torch.ops.aten.cumsum.default is not supported") &&
      error.message.includes("torch.ops.mine.op.default is not supported") &&
      error.message.includes("(models/model.json: sum)"),
  );
});

test("weights that are missing, and packages without a program, are refused", () => {
  const rest = Object.fromEntries(Object.entries(weights).filter(([key]) => key !== "fc.bias"));
  const program = programText(whole, false);
  const file = newFile({ ...whole, weights: rest }, { "models/model.json": program });
  assert.throws(() => load(file), { message: /fc\.bias: is not in the file; export the model again/ });
  const compiled = zipSync({
    "m/archive_format": strToU8("pt2"),
    "m/data/aotinductor/model/a.so": strToU8(""),
  });
  assert.throws(() => load(compiled), { message: /^net\.pt2: AOTInductor package, machine code/ });
  assert.throws(() => load(newFile(whole, { byteorder: "big" })), { message: /big-endian/ });
});

test("numbers that JSON has not are read", () => {
  const program = programText(
    {
      ...whole,
      nodes: [
        ...whole.nodes.slice(0, 1),
        aten("clamp.default", "y", {
          self: tensor("conv2d"),
          min: { as_float: -0.25 },
          max: { as_float: 12345 },
        }),
      ],
    },
    false,
  ).replace("12345", "Infinity");
  const { graph } = load(newFile(whole, { "models/model.json": program }));
  assert.deepEqual(graph.nodes.map((node) => node.kind === "clamp" && node.clamp).at(-1), {
    min: -0.25,
    max: Infinity,
  });
});

for (const [what, text] of [
  ["no JSON", "{"],
  ["no object", "[]"],
  ["no graph", '{"graph_module": {}}'],
  [
    "nodes of another type",
    '{"graph_module":{"graph":{"nodes":3},"signature":{"input_specs":[],"output_specs":[]}}}',
  ],
] as const) {
  test(`a program that is ${what} is refused in a sentence`, () => {
    assert.throws(() => load(newFile(whole, { "models/model.json": text })), {
      name: "CompileError",
      message: /^net\.pt2: models\/model\.json.*export it again$/,
    });
  });
}
