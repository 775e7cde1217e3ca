import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "fflate";
import { CompileError } from "../../src/error.ts";
import { evaluate } from "../../src/graph/evaluate.ts";
import { fromImage, toImage } from "../../src/load/layout.ts";
import { loadModel } from "../../src/load/load-model.ts";
import type { LoadedModel, LoadOptions } from "../../src/load/load-model.ts";
import { readNpy } from "../../src/load/npy.ts";
import { packageRoot } from "../support/package-root.ts";
import { fixture } from "./archives.ts";

/** The network of stock.*.pth in our own words. */
const stock = JSON.parse(
  readFileSync(join(packageRoot(), "test/fixtures/architectures/stock.json"), "utf8"),
) as { readonly input: readonly number[]; readonly layers: readonly Readonly<Record<string, unknown>>[] };

const arch = (changed: Readonly<Record<number, Readonly<Record<string, unknown>>>> = {}, rest = {}): string =>
  JSON.stringify({
    ...stock,
    layers: stock.layers.map((layer, index) => ({ ...layer, ...changed[index] })),
    ...rest,
  });

function load(name: string, options: Partial<LoadOptions>, bytes = fixture(name)): LoadedModel {
  return loadModel(bytes, { fileName: name, ...options });
}

function problems(name: string, options: Partial<LoadOptions>): readonly string[] {
  try {
    load(name, options);
  } catch (error) {
    assert.ok(error instanceof CompileError, String(error));
    return error.problems.map((problem) => problem.replace(`${name}: `, ""));
  }
  return assert.fail("loaded");
}

function checkOutput({ graph, inputs, outputs }: LoadedModel, tolerance = 1e-5): void {
  const floats = (name: string): Float32Array => readNpy(fixture(name)).data as Float32Array;
  const values = evaluate(graph, [toImage(floats("stock.input.npy"), inputs[0]!)]);
  const y = fromImage(values.get(outputs[0]!.name)!, outputs[0]!);
  floats("stock.output.npy").forEach((value, i) => {
    assert.ok(Math.abs(value - y[i]!) <= tolerance, `element ${i}: ${y[i]}, not ${value}`);
  });
}

for (const name of ["stock.module.pth", "stock.legacy_module.pth"]) {
  test(`${name}, a whole module of stock layers, computes what PyTorch does`, () => {
    const loaded = load(name, { inputShape: [1, 2, 7, 9] });
    assert.deepEqual(loaded.notes, []);
    assert.equal(loaded.graph.nodes.at(-1)!.name, "12.4");
    checkOutput(loaded);
  });
}

test("weights from before PyTorch 1.6 and an architecture compute what PyTorch does", () => {
  const loaded = load("stock.legacy.pth", { arch: arch() });
  assert.deepEqual(loaded.notes, []);
  checkOutput(loaded);
});

test("a checkpoint's key and the prefix of DataParallel are told", () => {
  const loaded = load("stock.checkpoint.pth", { arch: arch() });
  assert.deepEqual(loaded.notes, [
    'weights read from the checkpoint\'s "state_dict"; epoch, optimizer ignored',
    '"module." left out before the names of all weights',
  ]);
  checkOutput(loaded);
});

test("half weights are converted, and a note says so", () => {
  const loaded = load("stock.half.pth", { arch: arch() });
  assert.deepEqual(loaded.notes, ["16 tensors converted from float16 to float32"]);
  checkOutput(loaded, 2e-3);
});

test("gzip around a file is unpacked, and a note says so", () => {
  const packed = gzipSync(fixture("stock.module.pth"), { mtime: 0 });
  const loaded = load("stock.module.pth.gz", { inputShape: [1, 2, 7, 9] }, packed);
  assert.equal(loaded.graph.name, "stock_module");
  assert.match(loaded.notes[0]!, /^unpacked from gzip, \d+ bytes$/);
  checkOutput(loaded);
  for (const [damaged, expected] of [
    [packed.subarray(0, packed.length - 9), /damaged|claims to become/],
    [packed.with(30, packed[30]! ^ 0xff), /damaged/],
    [packed.with(packed.length - 1, 0xff), /claims to become/],
    [gzipSync(packed), /gzip within gzip/],
  ] as const) {
    assert.throws(() => load("a.gz", {}, damaged), expected);
  }
});

test("a class that looks like nn.Sequential is taken for one, with a warning", () => {
  const { graph, notes } = load("numbered.module.pth", { inputShape: [1, 2, 7, 9] });
  assert.deepEqual(
    graph.nodes.map(({ kind }) => kind),
    ["conv2d", "clamp", "flatten", "linear"],
  );
  assert.match(
    notes.join(),
    /^the model is of class __main__\.Numbered, taken for nn\.Sequential: .*compare outputs$/,
  );
});

test("a module with a layer that is not known names it", () => {
  assert.match(
    problems("unknown.module.pth", { inputShape: [1, 3] }).join(),
    /^whole-module pickle of class torch\.nn\.modules\.container\.Sequential \(modules 0, 1\): 1 is of class torch\.nn\.modules\.activation\.GELU, whose forward\(\) is not in the file; save it/,
  );
});

test("a module without --input says what to type", () => {
  assert.match(
    problems("stock.module.pth", {}).join(),
    /^the file does not tell its input's shape; its first layer 0 takes 2 channels: pass --input 1x2x32x32/,
  );
});

test("keys that are missing, unexpected or of another shape are told as PyTorch tells them", () => {
  const wrong = arch({ 0: { out_channels: 8 }, 4: { bias: true }, 14: { name: "fc" } });
  const found = problems("stock.checkpoint.pth", { arch: wrong });
  assert.deepEqual(found, [
    '--arch: missing key(s) in state_dict: "4.bias", "fc.weight", "fc.bias"; give the layers their names, or "bias": false',
    '--arch: unexpected key(s) in state_dict: "12.2.weight", "12.2.bias"; give each a layer of that name',
    "--arch: size mismatch for 0.weight: the file has 4x2x3x3, layers[0] (Conv2d) expects 8x2x3x3",
    "--arch: size mismatch for 0.bias: the file has 4, layers[0] (Conv2d) expects 8",
  ]);
});

for (const [what, text, expected] of [
  ["is not JSON", "{", /^--arch: is not valid JSON/],
  ["is a list", "[]", /^--arch: expected an object with "layers"/],
  ["has no layers", '{"layers": []}', /expected "layers", a list of at least one layer/],
  ["has an unknown key", '{"layer": [], "layers": [{"type": "ReLU"}]}', /unknown key layer; expected input/],
  ["has a layer of no type", '{"layers": [{}]}', /layers\[0\]: expected an object with "type"/],
  [
    "has an unknown type",
    '{"layers": [{"type": "Convolution"}]}',
    /layers\[0\] \(Convolution\): unknown type; one of/,
  ],
  [
    "has an unknown option",
    arch({ 0: { strides: 2 } }),
    /layers\[0\] \(Conv2d\): unknown option strides; it has in_channels/,
  ],
  ["lacks an option", '{"layers": [{"type": "MaxPool2d"}]}', /layers\[0\] \(MaxPool2d\): needs kernel_size/],
  ["has an option of no kind", arch({ 0: { stride: {} } }), /stride is \{\}, expected a number/],
  [
    "reads what is not there",
    arch({ 3: { from: "x" } }),
    /layers\[3\] \(ZeroPad2d\): reads x, which no layer/,
  ],
  ["names a layer twice", arch({ 3: { name: "0" } }), /0 is the name of another layer/],
  ["names an output that is not there", arch({}, { output: "y" }), /output y: no layer has this name/],
  ["has a type of JavaScript's", '{"layers": [{"type": "__proto__"}]}', /unknown type/],
  ["has an option of JavaScript's", arch({ 1: { constructor: 1 } }), /unknown option constructor/],
  ["has an input of no shape", arch({}, { input: "1x2" }), /input input: expected its shape/],
  ["has no input", arch({}, { input: undefined }), /0 input shapes for 1 inputs; write "input"/],
  [
    "has a shape that does not fit",
    arch({}, { input: [1, 3, 7, 9] }),
    /0 conv2d: its weights are for 2 input channels/,
  ],
] as const) {
  test(`an architecture file that ${what} is refused`, () => {
    assert.match(problems("stock.checkpoint.pth", { arch: text }).join("\n"), expected);
  });
}

test("branches read other layers by name, share weights, and give several outputs", () => {
  const text = JSON.stringify({
    inputs: { a: [1, 4], b: [1, 4] },
    layers: [
      { name: "left", type: "Linear", weights: "0", from: "a" },
      { name: "right", type: "Linear", weights: "0", from: "b" },
      { name: "sum", type: "add", from: ["left", "right"], alpha: 0.5 },
      { type: "ReLU" },
      { name: "last", type: "Linear", weights: "2" },
      { name: "both", type: "cat", from: ["sum", "last"], dim: 1 },
    ],
    output: ["both", "left"],
  });
  const { graph, outputs } = load("checkpoint.pth", { arch: text });
  assert.deepEqual(graph.inputs, ["a", "b"]);
  assert.deepEqual(
    outputs.map(({ name, shape }) => [name, ...shape]),
    [
      ["both", 1, 5],
      ["left", 1, 3],
    ],
  );
});
