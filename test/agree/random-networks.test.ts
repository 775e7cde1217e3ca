/** Random networks through every reader. Which plans, frames and schedules a network meets goes by rotation. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { evaluate } from "../../src/graph/evaluate.ts";
import { bytesOf } from "../../src/bench/engine.ts";
import { fusePool } from "../../src/pass/fuse-pool.ts";
import { clangWasm, hasCompiler } from "../support/cc.ts";
import type { Dtype } from "../support/engines.ts";
import { nativeC } from "../support/native-reader.ts";
import { randomNetworks } from "../support/random-networks.ts";
import { assemblyScript, cAsWasm, interpreter } from "../support/readers.ts";
import { full } from "../support/tools.ts";
import { assertAgrees, trialsOf, type Trial } from "../support/trial.ts";
import { share, waysOf } from "../support/ways.ts";

const networks = { int8: randomNetworks("int8"), f32: randomNetworks("f32") };

/** Every `step`th network of each type, each in `count` ways; all networks' turns together come to all ways. */
function trials(dtype: Dtype, language: "any" | "C", step: number, count: number): readonly Trial[] {
  const ways = waysOf(dtype, language);
  return networks[dtype]
    .filter((_, i) => i % step === 0)
    .flatMap((network, turn) => trialsOf(network, share(ways, turn, count)));
}

test("fusing pools does not change what the evaluator says", () => {
  for (const { graph, frames, expected, text } of [...networks.int8, ...networks.f32]) {
    const fused = fusePool(graph);
    const answers = frames.map((frame) => bytesOf(evaluate(fused, [frame]).get(fused.outputs[0]!)!));
    assert.deepEqual(answers.map(hex), expected.map(hex), text);
  }
});

test("the checked interpreter gives the evaluator's bytes, in every plan, frame and schedule", async (t) => {
  const all = [...trials("int8", "any", 1, full ? 10 : 1), ...trials("f32", "any", 1, full ? 6 : 1)];
  const met = new Map<string, number>();
  for (const { what } of all) {
    const way = `${what.slice(0, what.indexOf(" "))} ${what.slice(what.lastIndexOf("("))}`;
    met.set(way, (met.get(way) ?? 0) + 1);
  }
  assert.equal(met.size, waysOf("int8").length + waysOf("f32").length);
  await assertAgrees(t, all, interpreter);
  t.diagnostic(`each of ${met.size} ways at least ${Math.min(...met.values())} times`);
});

test("AssemblyScript, scalar and v128, gives the evaluator's bytes", async (t) => {
  const all = full
    ? [...trials("int8", "any", 1, 2), ...trials("f32", "any", 1, 1)]
    : [...trials("int8", "any", 4, 1), ...trials("f32", "any", 8, 1)];
  await assertAgrees(t, all, assemblyScript);
});

test("C on this machine gives the evaluator's bytes, and no sanitizer has anything to say", async (t) => {
  if (!hasCompiler(t, "gcc")) return;
  const all = full
    ? [...trials("int8", "C", 1, 1), ...trials("f32", "C", 1, 1)]
    : [...trials("int8", "C", 5, 1), ...trials("f32", "C", 10, 1)];
  await assertAgrees(t, all, nativeC);
});

test("C as Wasm gives the evaluator's bytes, and nothing undefined traps", async (t) => {
  const clang = await clangWasm(t);
  if (!clang) return;
  const all = full
    ? [...trials("int8", "C", 2, 1), ...trials("f32", "C", 6, 1)]
    : [...trials("int8", "C", 20, 1), ...trials("f32", "C", 60, 1)];
  await assertAgrees(t, all, cAsWasm(clang));
});

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
