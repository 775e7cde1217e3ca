import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { test } from "node:test";
import { openCmsisNn } from "../../src/bench/cmsis-nn/library.ts";
import { cmsisNnProgram } from "../../src/bench/cmsis-nn/measure.ts";
import { CompileError } from "../../src/error.ts";
import type { Conv2d } from "../../src/graph/graph.ts";
import { byteFrame, int8, result } from "../support/frames.ts";
import { net } from "../support/networks.ts";
import { random } from "../support/random.ts";

const library = { sources: [], includes: [], version: "CMSIS-NN test" };

function program(text: string) {
  const numbers = random(5);
  const graph = int8(net(text), numbers);
  const input = byteFrame(graph, numbers);
  const expected = result(graph, input);
  return {
    graph,
    input,
    expected,
    ...cmsisNnProgram({ dtype: "int8", graph }, { input, expected }, library),
  };
}

/** The elements of an array in C text. */
function arrayIn(text: string, name: string): number[] {
  const [, elements] = new RegExp(`${name}\\[\\d+\\][^=]*= \\{([^}]*)\\}`).exec(text)!;
  return elements!.split(",").slice(0, -1).map(Number);
}

test("a depthwise layer's weights have their channels last, and a pool counts with its convolution", () => {
  const { graph, files, layers } = program(
    "in 6x6x4 | conv 3x3 4 p1 g4 | relu | maxpool 2 | flatten | linear 3",
  );
  const node = graph.nodes[0] as Conv2d;
  const weights = arrayIn(files[`${graph.name}_weights.c`]!, "n0_weight");
  for (let o = 0; o < 4; o++)
    for (let tap = 0; tap < 9; tap++) assert.equal(weights[tap * 4 + o], node.weight.data[o * 9 + tap]);
  assert.equal(layers[1], layers[2]);
  assert.equal(new Set(layers).size, 3);
});

test("unsigned bytes are signed ones 128 below, in frames and in limits", () => {
  const { graph, files, input, expected } = program("in 4x4x2 | conv 3x3 3 p1 | relu");
  const selfTest = files[`${graph.name}_selftest.c`]!;
  const shift = (tensor: string): number => (graph.tensors.get(tensor)!.dtype === "u8" ? 128 : 0);
  assert.deepEqual(
    arrayIn(selfTest, "frame"),
    Array.from(input, (byte) => byte - shift(graph.inputs[0]!)),
  );
  assert.deepEqual(
    arrayIn(selfTest, "expected"),
    Array.from(expected, (byte) => byte - shift(graph.outputs[0]!)),
  );
  assert.equal(shift(graph.outputs[0]!), 128);
  assert.match(files[`${graph.name}.c`]!, /\{-128, 127\}\}/);
});

test("what the library has no function for is refused by the layer's name", () => {
  assert.throws(
    () => program("in 6x6x4 | conv 3x3 4 | sigmoid"),
    (error) => {
      assert.ok(error instanceof CompileError);
      assert.match(error.message, /Sigmoid: the CMSIS-NN driver has no call for it/);
      return true;
    },
  );
});

test("of a checkout those sources are taken that the driver's calls lead to, and no checkout is refused", () => {
  const folder = mkdtempSync(join(tmpdir(), "pingpool-test-"));
  try {
    assert.throws(() => openCmsisNn(folder), /has no Include\/arm_nnfunctions\.h/);
    for (const name of ["Include", "Source/A"]) mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, "Include", "arm_nnfunctions.h"), "");
    const write = (name: string, text: string): void => {
      writeFileSync(join(folder, "Source", "A", name), text);
    };
    write(
      "arm_max_pool_s8.c",
      "arm_cmsis_nn_status arm_max_pool_s8(const int *a,\n int b)\n{\n    arm_help(a);\n}\n",
    );
    write("others.c", "static void arm_help(const int *a)\n{\n    (void)a;\n}\n");
    write("arm_lstm_s8.c", "void arm_lstm_s8(void)\n{\n    arm_help(0);\n}\n");
    assert.deepEqual(openCmsisNn(relative(process.cwd(), folder)), openCmsisNn(folder));
    const names = openCmsisNn(folder).sources.map((path) => path.slice(folder.length));
    assert.deepEqual(names, ["/Source/A/arm_max_pool_s8.c", "/Source/A/others.c"]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
