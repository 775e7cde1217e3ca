/**
 * The program counter against what really ran: every instruction of the AssemblyScript engine, counted by wabt's text.
 *
 * Two things asc does are allowed for (`asc-form.ts`): copies of a register's size, and powers of two. `i32.mul` can only
 * be at least the products of data, as addresses are computed with it too. `i32.load` is not compared: the engine reads its
 * call table with it, multipliers are read as `i64.load32_s`, and what a loop does not change is loaded before it.
 */
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { countProgram } from "../../src/backend/count.ts";
import { compileModule } from "../../src/bench/build-engine.ts";
import { instrumentWasm, type InstructionCounts } from "../../src/bench/count-wasm.ts";
import { bytesOf } from "../../src/bench/engine.ts";
import { instantiateEngine } from "../../src/bench/wasm-engine.ts";
import { addCounts, type Counts } from "../../src/loop/operation.ts";
import type { Program } from "../../src/loop/program.ts";
import { ascForm } from "../support/asc-form.ts";
import { modelNames, modelNetwork } from "../support/models.ts";
import { randomNetworks } from "../support/random-networks.ts";
import { full } from "../support/tools.ts";
import { trialsOf, type Trial } from "../support/trial.ts";
import { share, waysInTurn, waysOf } from "../support/ways.ts";

for (const name of modelNames) {
  for (const dtype of ["int8", "f32"] as const) {
    test(`${dtype} ${name}: loads, stores and products are counted as they run`, async (t) => {
      const ways = waysInTurn(waysOf(dtype), 0).slice(0, full ? 14 : name === "lenet5" ? 7 : 1);
      await assertCounts(t, trialsOf(modelNetwork(name, dtype, 1), ways));
    });
  }
}

test("random networks: loads, stores and products are counted as they run", async (t) => {
  const some = (["int8", "f32"] as const).flatMap((dtype) =>
    randomNetworks(dtype)
      .filter((_, i) => i % (dtype === "int8" ? 24 : 60) === 23)
      .flatMap((network, turn): readonly Trial[] =>
        trialsOf(network, share(waysOf(dtype), turn, full ? 4 : 1)),
      ),
  );
  assert.ok(some.length >= 12);
  await assertCounts(t, some);
});

async function assertCounts(t: TestContext, trials: readonly Trial[]): Promise<void> {
  let checked = 0;
  for (const trial of trials) {
    const ran = await instructionsOf(trial);
    for (const { what, wasm, counted, least } of comparisons(ran, trial)) {
      if (least === undefined) assert.equal(wasm, counted, `${trial.what}: ${what}`);
      else assert.ok(wasm >= least && wasm <= counted, `${trial.what}: ${what}, ${wasm} of ${counted}`);
      checked += wasm;
    }
  }
  t.diagnostic(`${trials.length} programs, ${checked} instructions accounted for`);
}

async function instructionsOf({ program, frames }: Trial): Promise<(...opcodes: string[]) => number> {
  const { wasm, layout } = await compileModule(program);
  const counter = await instrumentWasm(wasm);
  const { instance, run } = instantiateEngine(program.name, counter.wasm, layout);
  counter.clear(instance);
  run(bytesOf(frames[0]!));
  const total: InstructionCounts = counter.total(instance);
  return (...opcodes) => opcodes.reduce((sum, opcode) => sum + (total.get(opcode) ?? 0), 0);
}

interface Comparison {
  readonly what: string;
  readonly wasm: number;
  readonly counted: number;
  /** Given where asc may do with less. */
  readonly least?: number;
}

/** Of 64 bits: shifts that only a 64-bit shift reads. */
const byteLoads = ["i32.load8_s", "i32.load8_u", "i64.load8_s"];

function comparisons(ran: (...opcodes: string[]) => number, trial: Trial): readonly Comparison[] {
  const { program } = trial;
  const counts = totalOf(program, 1);
  const { load8, loadConst8, store8, requantize, requantizeNearest, divide, mac, mul, dot2, dot8 } = counts;
  const ofSixteen = totalOf(program, 16).store8 - totalOf(program, 0).store8;
  const isFloat = program.inputs[0]!.type === "f32";
  const products = ran("i32.mul");
  return [
    { what: "byte loads", wasm: ran(...byteLoads), counted: load8 + loadConst8 },
    { what: "byte stores", wasm: ran("i32.store8"), counted: store8 },
    { what: "requantize", wasm: ran("i64.mul"), counted: requantize + requantizeNearest },
    { what: "divide", wasm: ran("i32.div_u", "i32.rem_u"), counted: divide },
    { what: "products", wasm: products, counted: products, least: mac + mul + 2 * dot2 },
    { what: "dot8", wasm: ran("i32x4.dot_i16x8_s"), counted: dot8 },
    {
      what: "vector loads",
      wasm: ran("v128.load8x8_s", "v128.load8x8_u", "v128.load"),
      counted: counts.widen8 + counts.widenConst8 + ofSixteen,
    },
    ...(isFloat ? floatComparisons(ran, counts) : []),
  ];
}

function floatComparisons(ran: (...opcodes: string[]) => number, counts: Counts): readonly Comparison[] {
  const { load32, loadConst32, store32, fmac, fmul, fadd, fminMax } = counts;
  return [
    { what: "loads", wasm: ran("f32.load"), counted: load32 + loadConst32 },
    { what: "stores", wasm: ran("f32.store"), counted: store32 },
    { what: "float products", wasm: ran("f32.mul"), counted: fmac + fmul },
    { what: "float sums", wasm: ran("f32.add", "f32.sub"), counted: fmac + fadd },
    { what: "float minima", wasm: ran("f32.min", "f32.max"), counted: fminMax },
  ];
}

/** All layers' counts, with each copy of `bytes` bytes as one byte. */
function totalOf(program: Program, bytes: number): Counts {
  return addCounts(...countProgram(ascForm(program, bytes)).map(({ counts }) => counts));
}
