import { test } from "node:test";
import assert from "node:assert/strict";
import { createInterpreter } from "../../src/backend/interpret.ts";
import { printKernel } from "../../src/loop/print.ts";
import type { Program } from "../../src/loop/program.ts";
import type { Rewrite } from "../../src/loop/rewrite.ts";
import { rewriteKernel } from "../../src/loop/rewrite/apply.ts";
import { verifyProgram } from "../../src/loop/verify.ts";
import { type NestProgram, convProgram, poolProgram, randomConv } from "../support/nests.ts";
import { namedSchedules, randomSchedule } from "../support/schedules.ts";

const rewritten = (program: Program, rewrites: readonly Rewrite[], rows?: number): Program => ({
  ...program,
  kernels: program.kernels.map((kernel, i) => (i === 1 ? rewriteKernel(kernel, rewrites, rows) : kernel)),
});

/** Outputs as bytes, so that floats are compared bit for bit. */
const bytesOf = ({ program, frame }: NestProgram): readonly Uint8Array[] =>
  createInterpreter(program)
    .run([frame])
    .map((out) => new Uint8Array(out.buffer));

function agrees(
  nest: NestProgram,
  rewrites: readonly Rewrite[],
  rows: number | undefined,
  what: string,
): void {
  const program = rewritten(nest.program, rewrites, rows);
  try {
    verifyProgram(program);
    assert.deepEqual(bytesOf({ ...nest, program }), bytesOf(nest));
  } catch (error) {
    const text = `${what}\n${JSON.stringify(rewrites)}\n${printKernel(program.kernels[1]!)}`;
    throw new Error(`${text}\n${String(error)}`, { cause: error });
  }
}

test("every schedule in use leaves the bytes of 40 random convolutions as they are", () => {
  for (let seed = 1; seed <= 40; seed++) {
    const spec = randomConv(seed);
    const nest = convProgram(spec, seed);
    verifyProgram(nest.program);
    for (const [name, rewrites] of Object.entries(namedSchedules)) {
      agrees(nest, rewrites, seed % 2 === 0 ? nest.rows : undefined, `${name} ${JSON.stringify(spec)}`);
    }
  }
});

test("300 random schedules of random convolutions leave the bytes as they are", () => {
  for (let seed = 1; seed <= 300; seed++) {
    const spec = randomConv(seed * 7);
    agrees(convProgram(spec, seed), randomSchedule(seed), undefined, `seed ${seed} ${JSON.stringify(spec)}`);
  }
});

test("random schedules of pooling nests leave the bytes as they are", () => {
  for (let seed = 1; seed <= 100; seed++) {
    const nest = poolProgram(
      seed % 2 === 0 ? "i8" : "f32",
      5 + (seed % 4),
      1 + (seed % 5),
      2 + (seed % 2),
      1 + (seed % 3),
    );
    agrees(nest, randomSchedule(seed), nest.rows, `pool ${seed}`);
  }
});
