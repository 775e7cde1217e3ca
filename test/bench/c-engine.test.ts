import assert from "node:assert/strict";
import { test } from "node:test";
import { hostDriver, wasmDriver, wasmDriverLayout, type CEngine } from "../../src/bench/c-driver.ts";
import { loadClangWasm, undefinedTrapFlags } from "../../src/bench/clang-wasm.ts";
import { pushFrame } from "../../src/bench/engine.ts";
import {
  checkNative,
  compileNative,
  hostCompilers,
  sanitizeFlags,
  strictCxxFlags,
  strictFlags,
} from "../../src/bench/native-cc.ts";
import { instantiateEngine } from "../../src/bench/wasm-engine.ts";

// The sum of 3 rows of 4 bytes, in the manner of the generated C.
const tiny: CEngine = {
  name: "tiny",
  inputs: [{ type: "int8_t", rows: 3, rowLength: 4, rowBytes: 4 }],
  outputs: [{ type: "int8_t", rows: 1, rowLength: 4, rowBytes: 4 }],
};
const header = `#include <stdint.h>
void tiny_begin(void);
int tiny_push_row(const int8_t *row);
void tiny_result(int8_t *out);
int tiny_run(const int8_t *frame, int8_t *out);
`;
const tinyC = (step: string): string => `#include <string.h>
#include "tiny.h"
static int8_t sums[4];
static int rows;
void tiny_begin(void) { rows = 0; memset(sums, 0, sizeof sums); }
int tiny_push_row(const int8_t *row)
{
    int8_t last[4];
    int ic;
    memcpy(last, row, sizeof last);
    for (ic = 0; ic < 4; ++ic) sums[ic] = (int8_t)(${step});
    return ++rows == 3;
}
void tiny_result(int8_t *out) { memcpy(out, sums, sizeof sums); }
int tiny_run(const int8_t *frame, int8_t *out)
{
    int y;
    tiny_begin();
    for (y = 0; y < 3; ++y) tiny_push_row(frame + y * 4);
    tiny_result(out);
    return 0;
}
`;
const good = { "tiny.h": header, "tiny.c": tinyC("sums[ic] + last[ic]") };
const overflowing = { "tiny.h": header, "tiny.c": tinyC("2147483000 + 400 * last[ic]") };
const frame = Uint8Array.of(1, 2, 3, 4, 10, 20, 30, 40, 255, 254, 253, 252);
const expected = Uint8Array.of(10, 20, 30, 40);

const clang = await loadClangWasm();
const noClang = clang === null ? "@yowasp/clang is not installed" : false;
const compilers = hostCompilers();
const hostC = compilers.find(({ language }) => language === "c");
const hostCxx = compilers.find(({ language }) => language === "c++");
const noHost = hostC === undefined ? "neither gcc nor clang is on the path" : false;

test(
  "C compiled by clang to Wasm runs a frame, and rows give the same bytes",
  { skip: noClang },
  async () => {
    const wasm = await clang!.compile({ ...good, ...wasmDriver(tiny) });
    const engine = instantiateEngine("tiny, C", wasm, wasmDriverLayout(tiny));
    assert.deepEqual(engine.run(frame), expected);
    assert.deepEqual(pushFrame(engine, frame, 4), expected);
    assert.match(clang!.version, /^clang \d+\.\d+\.\d+ /);
  },
);

test("a signed overflow in the C is a trap in the sanitized Wasm", { skip: noClang }, async () => {
  const wasm = await clang!.compile({ ...overflowing, ...wasmDriver(tiny) }, undefinedTrapFlags);
  const engine = instantiateEngine("tiny, C", wasm, wasmDriverLayout(tiny));
  assert.deepEqual(engine.run(new Uint8Array(12)).length, 4);
  assert.throws(() => engine.run(frame), WebAssembly.RuntimeError);
});

test("C that clang refuses is thrown with clang's words", { skip: noClang }, async () => {
  await assert.rejects(
    clang!.compile({ "bad.c": "int f(void) { return g; }" }),
    /clang refused bad\.c[^]*undeclared/,
  );
});

test("the host's compiler runs frames from stdin, whole or by rows", { skip: noHost }, () => {
  const program = compileNative(hostC!.command, { ...good, ...hostDriver(tiny) }, [
    ...strictFlags,
    ...sanitizeFlags,
  ]);
  try {
    const two = Uint8Array.of(...frame, ...new Uint8Array(12));
    assert.deepEqual(program.run(two), Uint8Array.of(...expected, 0, 0, 0, 0));
    assert.deepEqual(program.run(two, ["push"]), Uint8Array.of(...expected, 0, 0, 0, 0));
  } finally {
    program.dispose();
  }
});

test("the host's sanitizer reports a signed overflow", { skip: noHost }, () => {
  const program = compileNative(hostC!.command, { ...overflowing, ...hostDriver(tiny) }, sanitizeFlags);
  try {
    assert.throws(() => program.run(frame), /signed integer overflow/);
  } finally {
    program.dispose();
  }
});

test(
  "a warning in C or C++ is an error",
  { skip: noHost || (hostCxx ? false : "no C++ compiler is on the path") },
  () => {
    checkNative(hostC!.command, good, strictFlags);
    checkNative(hostCxx!.command, good, strictCxxFlags);
    const narrowing = { "n.c": "signed char f(int x);\nsigned char f(int x) { return x; }\n" };
    assert.throws(() => checkNative(hostC!.command, narrowing, strictFlags), /conversion/);
  },
);
