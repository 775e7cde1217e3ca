/** Whether every way to run a program gives the same bytes: evaluator, interpreter, Wasm, C as Wasm, whole and by rows. */
import { createInterpreter } from "../backend/interpret.ts";
import type { Compiled } from "../compile.ts";
import { CompileError } from "../error.ts";
import { evaluate } from "../graph/evaluate.ts";
import { buildAssemblyScriptEngine, buildCEngine } from "./build-engine.ts";
import { loadClangWasm, undefinedTrapFlags } from "./clang-wasm.ts";
import { bytesOf, pushFrame, type Engine } from "./engine.ts";

type Frame = Int8Array | Uint8Array | Float32Array;

/** One reader and how many of the frames it gave the evaluator's bytes for; `skipped` says why it was not asked. */
export interface Agreement {
  readonly reader: string;
  readonly frames: number;
  readonly equal: number;
  readonly skipped?: string;
}

/** Holds every reader against the evaluator. Only programs of one input and one output. */
export async function checkAgreement(
  { graph, program }: Compiled,
  frames: readonly Frame[],
): Promise<Agreement[]> {
  const expected = frames.map((frame) => bytesOf(evaluate(graph, [frame]).get(graph.outputs[0]!)!));
  const check = (reader: string, run: (frame: Frame) => Uint8Array): Agreement => ({
    reader,
    frames: frames.length,
    equal: frames.filter((frame, i) => sameBytes(run(frame), expected[i]!)).length,
  });
  const rowBytes = bytesOf(frames[0]!).length / program.inputs[0]!.rows;
  const engineChecks = (name: string, engine: Engine): Agreement[] => [
    check(`${name}, run`, (frame) => engine.run(bytesOf(frame))),
    check(`${name}, push_row`, (frame) => pushFrame(engine, bytesOf(frame), rowBytes)),
  ];
  const interpreter = createInterpreter(program);
  const results = [
    check("checked interpreter", (frame) => bytesOf(interpreter.run([frame])[0]!)),
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
