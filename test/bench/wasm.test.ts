import assert from "node:assert/strict";
import { before, test } from "node:test";
import type { Layout } from "../../src/backend/assemblyscript.ts";
import { compileAssemblyScript } from "../../src/bench/asc.ts";
import { addCounters, byteLoads, instrumentWasm } from "../../src/bench/count-wasm.ts";
import { pushFrame } from "../../src/bench/engine.ts";
import { instantiateEngine } from "../../src/bench/wasm-engine.ts";

// One row in, its dot product with the weights added to the result: 4 rows of 8 bytes, weights at 4096.
const source = `
const WEIGHTS: usize = 4096, FRAME: usize = 8192, ROW: usize = 8320, OUTPUT: usize = 8448;
export function begin(): void { store<i32>(OUTPUT, 0); }
export function dotRow(row: usize): i32 {
  let acc: i32 = 0;
  for (let ic: usize = 0; ic < 8; ic++) {
    if (load<i8>(row + ic) != 0) acc += i32(load<i8>(row + ic)) * i32(load<u8>(WEIGHTS + ic));
  }
  return acc;
}
export function push_row(): void { store<i32>(OUTPUT, load<i32>(OUTPUT) + dotRow(ROW)); }
export function run(): void {
  begin();
  for (let oy: usize = 0; oy < 4; oy++) store<i32>(OUTPUT, load<i32>(OUTPUT) + dotRow(FRAME + oy * 8));
}
export function dotVector(): i32 {
  const dot = i32x4.dot_i16x8_s(v128.load8x8_s(FRAME), v128.load8x8_u(WEIGHTS));
  return i32x4.extract_lane(dot, 0) + i32x4.extract_lane(dot, 1) + i32x4.extract_lane(dot, 2) + i32x4.extract_lane(dot, 3);
}`;
const layout: Layout = {
  constants: [{ address: 4096, data: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 255) }],
  frames: [{ address: 8192, bytes: 32 }],
  rows: [{ address: 8320, bytes: 8 }],
  outputs: [{ address: 8448, bytes: 4 }],
  exports: { run: "run", begin: "begin", pushRow: ["push_row"] },
};
const frame = Uint8Array.from({ length: 32 }, (_, i) => (i % 4 === 0 ? 0 : i - 16)); // 8 zeros, others -15…15
const expected = [...frame].reduce(
  (acc, x, i) => acc + ((x << 24) >> 24) * [1, 2, 3, 4, 5, 6, 7, 255][i % 8]!,
  0,
);

let wasm: Uint8Array;
before(async () => {
  wasm = await compileAssemblyScript(
    { entry: "dot.ts", files: { "dot.ts": source } },
    { pages: 1, keepNames: true },
  );
});

test("a module compiled in memory runs a frame, and rows give the same bytes", () => {
  const engine = instantiateEngine("dot", wasm, layout);
  const result = engine.run(frame);
  assert.equal(new DataView(result.buffer).getInt32(0, true), expected);
  assert.deepEqual(pushFrame(engine, frame, 8), result);
});

test("v128 code agrees with scalar code", () => {
  const engine = instantiateEngine("dot", wasm, layout);
  engine.load(frame);
  assert.equal(engine.call("dotVector"), engine.call("dotRow", 8192));
});

test("a frame or row of the wrong size is refused", () => {
  const engine = instantiateEngine("dot", wasm, layout);
  assert.throws(() => engine.run(new Uint8Array(31)), /dot: frame of 31 bytes, not 32/);
  assert.throws(() => {
    engine.pushRow(new Uint8Array(9));
  }, /dot: row of 9 bytes, not 8/);
});

test("what asc refuses is thrown with its diagnostics", async () => {
  await assert.rejects(
    compileAssemblyScript(
      { entry: "bad.ts", files: { "bad.ts": "export function f(): i32 { return g; }" } },
      { pages: 1 },
    ),
    /asc refused bad\.ts[^]*Cannot find name 'g'/,
  );
});

test("counts of a known loop are exact, and counting changes no result", async () => {
  const counted = await instrumentWasm(wasm);
  const engine = instantiateEngine("counted", counted.wasm, layout);
  assert.deepEqual(engine.run(frame), instantiateEngine("dot", wasm, layout).run(frame));
  const counts = counted.total(engine.instance);
  // 32 tests of x, and x and w once more for each of the 24 that are not 0; asc may keep x.
  assert.equal(counts.get("i32.load8_u"), 24);
  assert.ok([32, 56].includes(counts.get("i32.load8_s")!), String(counts.get("i32.load8_s")));
  assert.equal(counts.get("i32.mul"), 24);
  assert.equal(counts.get("i32x4.dot_i16x8_s"), 0);
  counted.clear(engine.instance);
  engine.call("dotVector");
  assert.equal(counted.total(engine.instance).get("i32x4.dot_i16x8_s"), 1);
  assert.equal(counted.byFunction(engine.instance).get("dot/dotVector")!.get("v128.load8x8_s"), 1);
  assert.equal(byteLoads(counted.total(engine.instance)), 0);
});

test("counters stand at every head of a basic block", () => {
  const { text, blocks } = addCounters(
    `(module
  (type $t0 (func (param i32)))
  (func $empty (type $t0) (param $p0 i32))
  (func $f (type $t0) (param $p0 i32)
    (local $l0 i32)
    block $B0
      local.get $p0
      br_if $B0
      nop
    end
    local.get $p0
    if $I0 (result i32)
      i32.const 1
    else
      i32.const 2
    end
    drop)
  (memory $memory 1))
`,
  );
  assert.deepEqual(
    blocks.map(({ opcodes }) => [...opcodes.keys()]),
    [["local.get", "br_if"], ["nop"], ["local.get", "if"], ["i32.const"], ["i32.const"], ["drop"]],
  );
  assert.match(text, /\(local \$l0 i32\)\nglobal\.get \$__block_0/);
});
