import assert from "node:assert/strict";
import { test } from "node:test";
import { buildCEngine, cFilesOf, compileModule } from "../../src/bench/build-engine.ts";
import { cEngineOf, hostDriver } from "../../src/bench/c-driver.ts";
import { fastFlags, loadClangWasm, undefinedTrapFlags } from "../../src/bench/clang-wasm.ts";
import { pushFrame } from "../../src/bench/engine.ts";
import { byteLoads, instrumentWasm } from "../../src/bench/count-wasm.ts";
import { compileNative, hostCompilers, sanitizeFlags, strictFlags } from "../../src/bench/native-cc.ts";
import { instantiateEngine } from "../../src/bench/wasm-engine.ts";
import { tinyFrame, tinyProgram, tinyResult } from "./tiny-program.ts";

const clang = await loadClangWasm();
const noClang = clang === null ? "@yowasp/clang is not installed" : false;
const hostC = hostCompilers().find(({ language }) => language === "c");

for (const [what, flags] of [
  ["fast", fastFlags],
  ["trapping", undefinedTrapFlags],
] as const) {
  test(`the printed C runs as ${what} Wasm, whole and by rows`, { skip: noClang }, async () => {
    const engine = await buildCEngine("tiny, C", tinyProgram, clang!, flags);
    assert.deepEqual(engine.run(tinyFrame), tinyResult);
    assert.deepEqual(pushFrame(engine, tinyFrame, 4), tinyResult);
  });
}

test("the printed C runs on the host under sanitizers", { skip: hostC ? false : "no gcc or clang" }, () => {
  const driver = hostDriver(cEngineOf(tinyProgram));
  const files = { ...cFilesOf(tinyProgram), ...driver };
  const program = compileNative(hostC!.command, files, [...strictFlags, ...sanitizeFlags]);
  try {
    assert.deepEqual(program.run(tinyFrame), tinyResult);
    assert.deepEqual(program.run(tinyFrame, ["push"]), tinyResult);
  } finally {
    program.dispose();
  }
});

test("the printed AssemblyScript runs whole and by rows, and loads each byte it counts on", async () => {
  const { wasm, layout } = await compileModule(tinyProgram);
  const plain = instantiateEngine("tiny", wasm, layout);
  assert.deepEqual(plain.run(tinyFrame), tinyResult);
  assert.deepEqual(pushFrame(plain, tinyFrame, 4), tinyResult);
  const counted = await instrumentWasm(wasm);
  const engine = instantiateEngine("tiny, counted", counted.wasm, layout);
  assert.deepEqual(engine.run(tinyFrame), tinyResult);
  assert.equal(byteLoads(counted.total(engine.instance)), 24);
});
