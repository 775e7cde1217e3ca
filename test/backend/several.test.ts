import assert from "node:assert/strict";
import { test } from "node:test";
import { printC, type About } from "../../src/backend/c.ts";
import { cEngineOf, hostDriver } from "../../src/bench/c-driver.ts";
import { joinedBytes, pushInputs } from "../../src/bench/engine.ts";
import { checkNative, compileNative, sanitizeFlags, strictFlags } from "../../src/bench/native-cc.ts";
import { hasCompiler } from "../support/cc.ts";
import { random } from "../support/random.ts";
import { assemblyScriptEngines } from "../support/readers.ts";
import { wide, type Wide } from "../support/wide.ts";

const about: About = { toolVersion: "0", commandLine: "", modelSha256: "", plan: "", schedule: "" };

/** Networks of several inputs and outputs, and of branches that come together again, int8 and float by turns. */
const cases: readonly Wide[] = [
  "in 8x8x3 | in2 4x4x2 as b | conv 3x3 4 s2 p1 | relu | concat b | as joined | conv 3x3 4 p1 | flatten | linear 5 | out joined",
  "in 7x5x2 | in2 1x1x3 as b | in3 7x5x2 as d | add d | conv 3x3 3 | relu | avgpool 5x3 | concat b | linear 4 | out b",
  "in 8x8x3 | conv 3x3 4 p1 | relu | as a | conv 1x1 2 | as b | from a | conv 5x5 3 p2 | relu | concat a b | as j | maxpool 3 s1 p1 | concat h j",
  "in 6x6x8 | as x | slice c 0:4 | conv 3x3 4 p1 | relu | as a | from x | slice c 4:8 | concat a | reshape 6x3x16 | transpose whc | slice w 1:4 | out a",
  "in 4x6x8 | conv 1x1 8 | reshape 24x2x4 | transpose hcw | reshape 4x6x8 | as s | slice c 1:3 | out s",
].map((text, i) => {
  const frame = i % 2 === 0 ? "pushed" : "resident";
  const way = { schedule: "blocked", strategy: i % 3 === 2 ? "naive" : "stream", frame } as const;
  const one = wide(text, i % 2 === 0 ? "int8" : "f32", way, random(31 * i), `several${i}`);
  assert.ok(one, text);
  return one;
});

test("C gives every output's bytes for every input's, whole frames and rows as it asks for them", (t) => {
  if (!hasCompiler(t, "gcc")) return;
  for (const { text, program, inputs, expected } of cases) {
    const files = { ...printC(program, about).files, ...hostDriver(cEngineOf(program)) };
    const engine = compileNative("gcc", files, ["-std=c99", "-ffp-contract=off", ...sanitizeFlags]);
    const frames = joinedBytes([...inputs, ...inputs]);
    const wanted = Buffer.from(joinedBytes([...expected, ...expected]));
    assert.deepEqual(Buffer.from(engine.run(frames)), wanted, text);
    assert.deepEqual(Buffer.from(engine.run(frames, ["push"])), wanted, `${text}, pushed`);
    engine.dispose();
  }
});

test("AssemblyScript gives every output's bytes for every input's, whole frames and pushed rows alike", async () => {
  const engines = await assemblyScriptEngines(cases.map(({ program }) => program));
  cases.forEach(({ text, program, inputs, expected }, i) => {
    const { engine } = engines[i]!;
    const wanted = Buffer.from(joinedBytes(expected));
    assert.deepEqual(Buffer.from(engine.run(joinedBytes(inputs))), wanted, text);
    assert.deepEqual(Buffer.from(pushInputs(engine, inputs, program)), wanted, `${text}, pushed`);
  });
});

test("the self-test of several inputs runs them whole and pushed; its C has no warnings", (t) => {
  if (!hasCompiler(t, "gcc")) return;
  for (const { program, inputs, expected } of cases.slice(0, 2)) {
    const sample = {
      input: inputs.flatMap((values) => [...values]),
      expected: expected.flatMap((values) => [...values]),
    };
    const { files } = printC(program, { ...about, sample });
    checkNative("gcc", files, [...strictFlags, "-O2"]);
    const main = `-D${program.name.toUpperCase()}_SELFTEST_MAIN`;
    const engine = compileNative("gcc", files, ["-std=c99", "-ffp-contract=off", main]);
    engine.run(new Uint8Array());
    engine.dispose();
  }
});
