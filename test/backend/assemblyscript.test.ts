import assert from "node:assert/strict";
import { test } from "node:test";
import { printAssemblyScript } from "../../src/backend/assemblyscript.ts";
import { bytesOf, pushFrame } from "../../src/bench/engine.ts";
import { describe, programOf, randomCases, subject, type Case } from "../support/engines.ts";
import { random } from "../support/random.ts";
import { assemblyScriptEngines } from "../support/readers.ts";

const compileAll = async (cases: readonly Case[]) =>
  (await assemblyScriptEngines(cases.map(({ program }) => program))).map(({ engine }) => engine);

test("AssemblyScript gives the evaluator's bytes, whole frames and pushed rows alike", async () => {
  const ways = [
    "plain",
    "hoisted",
    "collapsed",
    "unrolled",
    "blocked",
    "v128",
    "cmsis-like",
    "v128",
  ] as const;
  const cases = randomCases(23, 40, ways);
  const engines = await compileAll(cases);
  cases.forEach((one, i) => {
    const engine = engines[i]!;
    const expected = Buffer.from(bytesOf(one.expected));
    const { rowLength, type } = one.program.inputs[0]!;
    const rowBytes = rowLength * (type === "f32" ? 4 : 1);
    assert.deepEqual(Buffer.from(engine.run(bytesOf(one.input))), expected, describe(one));
    assert.deepEqual(
      Buffer.from(pushFrame(engine, bytesOf(one.input), rowBytes)),
      expected,
      `${describe(one)}, pushed`,
    );
  });
});

test("v128 gives the evaluator's bytes for rows of taps of every length", async () => {
  const texts = [1, 3, 7, 8, 9, 12, 15, 17].flatMap((channels) => [
    `in 6x9x${channels} | conv 3x3 5 p1 | relu | maxpool 2 s2 | flatten | linear 3`,
    `in 5x7x${channels} | conv 2x3 6`,
  ]);
  const way = { schedule: "v128", strategy: "stream", frame: "pushed" } as const;
  const cases = texts.map((text, i): Case => {
    const some = subject(text, "int8", random(i + 40), `n${i}`);
    return { ...some, way, program: programOf(some.graph, way)! };
  });
  const engines = await compileAll(cases);
  cases.forEach((one, i) => {
    assert.deepEqual(
      Buffer.from(engines[i]!.run(bytesOf(one.input))),
      Buffer.from(bytesOf(one.expected)),
      one.text,
    );
  });
});

test("no buffer is at address 0 and none overlaps another region", () => {
  const { graph } = subject("in 8x8x3 | conv 3x3 4 p1 | relu | flatten | linear 5", "int8", random(3));
  const program = programOf(graph, { schedule: "blocked", strategy: "stream", frame: "resident" })!;
  const { layout, arenaAddress, memoryBytes } = printAssemblyScript(program);
  const regions = [
    ...layout.constants.map(({ address, data }) => ({ address, bytes: data.byteLength })),
    { address: arenaAddress, bytes: program.arenaBytes },
    ...layout.frames,
    ...layout.rows,
    ...layout.outputs,
  ].sort((a, b) => a.address - b.address);
  assert.ok(regions[0]!.address >= 1024);
  regions.forEach(({ address, bytes }, i) => {
    assert.ok(address + bytes <= (regions[i + 1]?.address ?? memoryBytes));
  });
});
