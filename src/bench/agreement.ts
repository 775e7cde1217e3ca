/** Whether every way to run a program gives the same bytes: evaluator, interpreter, Wasm, C as Wasm, whole and by rows. */
import { createInterpreter } from "../backend/interpret.ts";
import type { Compiled } from "../compile.ts";
import { CompileError } from "../error.ts";
import { evaluate } from "../graph/evaluate.ts";
import { buildAssemblyScriptEngine, buildCEngine } from "./build-engine.ts";
import { loadClangWasm, undefinedTrapFlags } from "./clang-wasm.ts";
import { joinedBytes, pushInputs, type Engine } from "./engine.ts";

type Frame = Int8Array | Uint8Array | Float32Array;

/** One reader and how many of the frames it gave the evaluator's bytes for; `skipped` says why it was not asked. */
export interface Agreement {
  readonly reader: string;
  readonly frames: number;
  readonly equal: number;
  readonly skipped?: string;
}

/** Holds every reader against the evaluator, all results of it. `frames`: each one array an input. */
export async function checkAgreement(
  { graph, program }: Compiled,
  frames: readonly (readonly Frame[])[],
): Promise<Agreement[]> {
  const expected = frames.map((inputs) => {
    const values = evaluate(graph, inputs);
    return joinedBytes(graph.outputs.map((name) => values.get(name)!));
  });
  const check = (reader: string, run: (inputs: readonly Frame[]) => Uint8Array): Agreement => ({
    reader,
    frames: frames.length,
    equal: frames.filter((inputs, i) => sameBytes(run(inputs), expected[i]!)).length,
  });
  const engineChecks = (name: string, engine: Engine): Agreement[] => [
    check(`${name}, run`, (inputs) => engine.run(joinedBytes(inputs))),
    check(`${name}, push_row`, (inputs) => pushInputs(engine, inputs, program)),
  ];
  const interpreter = createInterpreter(program);
  const results = [
    check("checked interpreter", (inputs) => joinedBytes(interpreter.run(inputs))),
    ...engineChecks("AssemblyScript as Wasm", await buildAssemblyScriptEngine("AssemblyScript", program)),
  ];
  const clang = await loadClangWasm();
  if (!clang)
    return [
      ...results,
      { reader: "C as Wasm", frames: 0, equal: 0, skipped: "@yowasp/clang is not installed" },
    ];
  try {
    const c = await buildCEngine("C", program, clang, undefinedTrapFlags);
    return [...results, ...engineChecks("C as Wasm, undefined behaviour trapped", c)];
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    return [...results, { reader: "C as Wasm", frames: 0, equal: 0, skipped: error.message }];
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
