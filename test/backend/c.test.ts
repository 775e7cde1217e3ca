import assert from "node:assert/strict";
import { test } from "node:test";
import { printC, type About } from "../../src/backend/c.ts";
import { cEngineOf, hostDriver } from "../../src/bench/c-driver.ts";
import { bytesOf } from "../../src/bench/engine.ts";
import {
  checkNative,
  compileNative,
  sanitizeFlags,
  strictCxxFlags,
  strictFlags,
} from "../../src/bench/native-cc.ts";
import { graphOf } from "../../src/graph/build.ts";
import { evaluate } from "../../src/graph/evaluate.ts";
import type { Program } from "../../src/loop/program.ts";
import { hasCompiler } from "../support/cc.ts";
import { describe, programOf, randomCases, subject, type Dtype, type Way } from "../support/engines.ts";
import { assertGolden } from "../support/golden.ts";
import { random } from "../support/random.ts";

const about: About = {
  toolVersion: "0.1.0",
  commandLine: "pingpool compile lenet5.pt",
  modelSha256: "0123456789abcdef",
  plan: "stream, frame pushed",
  schedule: "blocked",
};

const scalar = ["plain", "hoisted", "collapsed", "unrolled", "blocked", "cmsis-like"] as const;
const exact = ["-std=c99", "-ffp-contract=off", ...sanitizeFlags];

function must(program: Program | undefined): Program {
  assert.ok(program);
  return program;
}

test("C gives the evaluator's bytes under UBSan and ASan, whole frames and pushed rows alike", (t) => {
  if (!hasCompiler(t, "gcc")) return;
  for (const one of randomCases(11, 16, scalar)) {
    const engine = cEngineOf(one.program);
    const files = { ...printC(one.program, about).files, ...hostDriver(engine) };
    const program = compileNative("gcc", files, exact);
    const frames = bytesOf(one.input);
    const twice = Buffer.concat([frames, frames]);
    const expected = Buffer.concat([bytesOf(one.expected), bytesOf(one.expected)]);
    assert.deepEqual(Buffer.from(program.run(twice)), expected, describe(one));
    assert.deepEqual(Buffer.from(program.run(twice, ["push"])), expected, `${describe(one)}, pushed`);
    program.dispose();
  }
});

/** One of each kind of thing a printer has to say. */
const corpus: readonly { text: string; dtype: Dtype; way: Way }[] = [
  {
    text: "in 12x12x3 | conv 5x5 6 p2 | relu | maxpool 2 s2 | avgpool 2 s1 p1 exclude | flatten | linear 5",
    dtype: "int8",
    way: { schedule: "blocked", strategy: "stream", frame: "pushed" },
  },
  {
    text: "in 9x9x3 | conv 3x3 5 p1 | relu | maxpool 3 s2 | conv 3x3 3 | flatten | linear 4",
    dtype: "int8",
    way: { schedule: "cmsis-like", strategy: "best-fit", frame: "resident" },
  },
  {
    text: "in 8x8x4 | as a | conv 3x3 4 p1 | relu | add a | relu6 | avgpool 8 | flatten | linear 3",
    dtype: "int8",
    way: { schedule: "plain", strategy: "overlap", frame: "resident" },
  },
  {
    text: "in 8x8x4 | as a | conv 3x3 4 p1 g2 | relu | add a | avgpool 3 s2 p1 | maxpool 2 | flatten | linear 3",
    dtype: "f32",
    way: { schedule: "blocked", strategy: "stream", frame: "resident" },
  },
];

const printed = corpus.map(({ text, dtype, way }, i) => {
  const { graph, input, expected } = subject(text, dtype, random(i + 1), `engine${i}`);
  return printC(must(programOf(graph, way)), { ...about, sample: { input, expected } }).files;
});

const checks: readonly (readonly [string, readonly string[]])[] = [
  ["gcc", [...strictFlags, "-O2"]],
  ["clang", [...strictFlags, "-O2"]],
  ["g++", strictCxxFlags],
];
for (const [compiler, flags] of checks) {
  test(`${compiler} has nothing to warn of, with its own arena or the caller's`, (t) => {
    if (!hasCompiler(t, compiler)) return;
    printed.forEach((files, i) => {
      checkNative(compiler, files, flags);
      checkNative(compiler, files, [...flags, `-DENGINE${i}_EXTERNAL_ARENA`]);
    });
  });
}

test("the self-test finds its recorded output, and finds a wrong one", (t) => {
  if (!hasCompiler(t, "gcc")) return;
  printed.forEach((files, i) => {
    const flags = ["-std=c99", "-O1", "-ffp-contract=off", `-DENGINE${i}_SELFTEST_MAIN`];
    const program = compileNative("gcc", files, flags);
    program.run(new Uint8Array());
    program.dispose();
  });
  const { graph, input, expected } = subject(corpus[0]!.text, "int8", random(1), "wrong");
  const sample = { input, expected: Array.from(expected, (q) => (q > 0 ? q - 1 : q + 1)) };
  const { files } = printC(must(programOf(graph, corpus[0]!.way)), { ...about, sample });
  const program = compileNative("gcc", files, ["-std=c99", "-DWRONG_SELFTEST_MAIN"]);
  assert.throws(() => program.run(new Uint8Array()));
  program.dispose();
});

test("an external arena is refused until given, and then used; rows beyond the last are refused", (t) => {
  if (!hasCompiler(t, "gcc")) return;
  const { graph } = subject("in 4x4x1 | conv 3x3 2 | relu", "int8", random(5), "tiny");
  const { files } = printC(must(programOf(graph, { ...corpus[0]!.way })), about);
  const driver = `#include "tiny.h"
static union { int32_t aligned; unsigned char bytes[TINY_ARENA_BYTES + 8]; } memory;
int main(void)
{
    TINY_TYPE frame[TINY_INPUT_LENGTH] = {1};
    TINY_OUT out[TINY_OUTPUT_LENGTH];
    int row;
    if (tiny_run(frame, out) != -1 || tiny_push_row(frame) != -1) return 1;
    memory.bytes[TINY_ARENA_BYTES] = 77;
    tiny_use_arena(memory.bytes);
    if (tiny_run(frame, out) != 0 || tiny_push_row(frame) != -1) return 2;
    tiny_begin();
    for (row = 0; row < TINY_INPUT_ROWS; ++row)
        if (tiny_push_row(frame + row * TINY_INPUT_ROW_LENGTH) != (row == TINY_INPUT_ROWS - 1)) return 3;
    return memory.bytes[TINY_ARENA_BYTES] == 77 ? 0 : 4;
}
`;
  const types = ["-DTINY_TYPE=int8_t", "-DTINY_OUT=uint8_t", "-DTINY_EXTERNAL_ARENA"];
  const program = compileNative("gcc", { ...files, "main.c": driver }, [...exact, ...types]);
  program.run(new Uint8Array());
  program.dispose();
});

test("quantize and dequantize agree with the passes' arithmetic", (t) => {
  if (!hasCompiler(t, "gcc")) return;
  const { graph } = subject("in 4x4x1 | conv 3x3 2 | relu", "int8", random(5), "tiny");
  const { files } = printC(must(programOf(graph, corpus[0]!.way)), about);
  const { scale, zeroPoint } = graph.tensors.get("input")!.quantization!;
  const driver = `#include "tiny.h"
#include <stdio.h>
int main(void)
{
    const float half = TINY_INPUT_SCALE * 0.5f;
    printf("%d %d %d %d %d\\n", tiny_quantize(0.0f), tiny_quantize(half), tiny_quantize(-half), tiny_quantize(1e30f),
           tiny_quantize(-1e30f));
    return tiny_dequantize(TINY_OUTPUT_ZERO_POINT) != 0.0f;
}
`;
  const program = compileNative("gcc", { ...files, "main.c": driver }, ["-std=c99"]);
  const text = new TextDecoder().decode(program.run(new Uint8Array()));
  assert.ok(scale > 0);
  assert.equal(text.trim(), `${zeroPoint} ${zeroPoint + 1} ${zeroPoint - 1} 127 -128`);
  program.dispose();
});

test("two inputs and two outputs each have a pointer, and rows go in the program's order", (t) => {
  if (!hasCompiler(t, "gcc")) return;
  const shape = { h: 3, w: 2, c: 2 };
  const nodes = [
    { kind: "add", name: "sum", inputs: ["a", "b"], output: "sum" },
    { kind: "clamp", name: "relu", inputs: ["sum"], output: "relu", clamp: { min: 0, max: Infinity } },
  ] as const;
  const inputs = new Map([
    ["a", shape],
    ["b", shape],
  ]);
  const graph = graphOf("pair", inputs, nodes, ["sum", "relu"]);
  const program = must(programOf(graph, { schedule: "plain", strategy: "stream", frame: "pushed" }));
  const a = Float32Array.from({ length: 12 }, (_, i) => i - 6.5);
  const b = Float32Array.from({ length: 12 }, (_, i) => (i % 3) - 1);
  const expected = evaluate(graph, [a, b]);
  const { files } = printC(program, {
    ...about,
    sample: { input: [...a, ...b], expected: [...expected.get("sum")!, ...expected.get("relu")!] },
  });
  checkNative("gcc", files, strictFlags);
  const order = program.calls.filter((call) => program.inputKernels.includes(call.kernel));
  const pushes = order.map(({ kernel, row }) => `pair_push_row(${"ab"[kernel]!} + ${4 * row});`);
  const main = `#include "pair.h"
int main(void)
{
    static const float a[12] = {${[...a].map((x) => x.toFixed(1)).join(", ")}};
    static const float b[12] = {${[...b].map((x) => x.toFixed(1)).join(", ")}};
    float sum[12], relu[12];
    int i, ready = 0;
    pair_begin();
    ${pushes.map((call) => `ready += ${call}`).join("\n    ")}
    pair_result(sum, relu);
    for (i = 0; i < 12; ++i)
        if (sum[i] != a[i] + b[i] || relu[i] != (sum[i] > 0 ? sum[i] : 0)) return 1;
    return ready == 1 && pair_selftest() == 0 ? 0 : 2;
}
`;
  const compiled = compileNative("gcc", { ...files, "main.c": main }, exact);
  compiled.run(new Uint8Array());
  compiled.dispose();
});

test("v128 is refused for C", () => {
  const { graph } = subject("in 8x8x8 | conv 3x3 4", "int8", random(3));
  const program = must(programOf(graph, { schedule: "v128", strategy: "stream", frame: "resident" }));
  assert.throws(
    () => printC(program, about),
    /^CompileError: schedule v128 is for Wasm; choose blocked for C$/,
  );
});

test("a comment cannot be closed by a command line", () => {
  const { graph } = subject("in 4x4x1 | conv 3x3 2", "int8", random(3));
  const program = must(programOf(graph, corpus[0]!.way));
  const { files } = printC(program, { ...about, commandLine: "a*/ int x; /*\nb" });
  assert.match(files["net.c"]!, /command: {2}a\* \/ int x; \/ \* b\n/);
});

test("LeNet-5 as C is the golden text", () => {
  const lenet =
    "in 32x32x1 | conv 5x5 6 | relu | maxpool 2 s2 | conv 5x5 16 | relu | maxpool 2 s2 | " +
    "flatten | linear 120 | relu | linear 84 | relu | linear 10";
  const { graph } = subject(lenet, "int8", random(1), "lenet5");
  const { files } = printC(must(programOf(graph, corpus[0]!.way)), about);
  assertGolden("c/lenet5.h", files["lenet5.h"]!);
  assertGolden("c/lenet5.c", files["lenet5.c"]!);
  const weights = files["lenet5_weights.c"]!.split("\n").map((line) =>
    /^ {4}[-\d]/.test(line) ? "    …" : line,
  );
  assertGolden("c/lenet5_weights.txt", weights.filter((line, i) => line !== weights[i - 1]).join("\n"));
});
