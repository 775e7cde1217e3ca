/** The readers of a program that run in this process: the checked interpreter, AssemblyScript, C as Wasm. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { printAssemblyScript } from "../../src/backend/assemblyscript.ts";
import { createInterpreter } from "../../src/backend/interpret.ts";
import { compileAssemblyScript } from "../../src/bench/asc.ts";
import { undefinedTrapFlags, type ClangWasm } from "../../src/bench/clang-wasm.ts";
import { bytesOf, pushFrame } from "../../src/bench/engine.ts";
import { instantiateEngine, type WasmEngine } from "../../src/bench/wasm-engine.ts";
import type { Program } from "../../src/loop/program.ts";
import { engineUnits, wasmDoor } from "./c-batch.ts";
import { packageRoot } from "./package-root.ts";
import { rowBytesOf, type Answer, type Reader, type Trial } from "./trial.ts";

/** Each access checked to be inside its buffer and of bytes somebody wrote. */
export const interpreter: Reader = (trials) =>
  Promise.resolve(
    trials.map(({ program, frames }) => {
      const { begin, next, pushRow, outputs, run } = createInterpreter(program);
      const pushRows = (frame: (typeof frames)[number]): void => {
        begin();
        for (let want = next(); want; want = next()) {
          const { rowLength } = program.inputs[want.input]!;
          pushRow(frame.slice(want.row * rowLength, (want.row + 1) * rowLength));
        }
      };
      return frames.map((frame): Answer => {
        const whole = bytesOf(run([frame])[0]!);
        pushRows(frame);
        return { whole, pushed: bytesOf(outputs()[0]!) };
      });
    }),
  );

export const assemblyScript: Reader = async (trials) => {
  const engines = await assemblyScriptEngines(trials.map(({ program }) => program));
  return trials.map((trial, i) => answersOf(engines[i]!, trial));
};

/** What results are overwritten with before each run, so that an engine that does nothing is found out. */
const stale = 0x5a;

function answersOf(
  { engine, scrub }: { engine: WasmEngine; scrub: () => void },
  trial: Trial,
): readonly Answer[] {
  return trial.frames.map((frame) => {
    scrub();
    const whole = engine.run(bytesOf(frame));
    scrub();
    return { whole, pushed: pushFrame(engine, bytesOf(frame), rowBytesOf(trial)) };
  });
}

/** One module of many programs: their exports end in the program's number; each has an instance of its own. */
export async function assemblyScriptEngines(
  programs: readonly Program[],
): Promise<readonly { readonly engine: WasmEngine; readonly scrub: () => void }[]> {
  const modules = programs.map(printAssemblyScript);
  const index = modules.map(
    (_, i) => `export { run as run${i}, begin as begin${i}, pushRow as pushRow${i} } from "./p${i}";\n`,
  );
  const sources = Object.fromEntries(modules.map(({ source }, i) => [`p${i}.ts`, source]));
  const intrinsics = readFileSync(join(packageRoot(), "assembly", "intrinsics.ts"), "utf8");
  const files = { ...sources, "intrinsics.ts": intrinsics, "index.ts": index.join("") };
  const bytes = Math.max(...modules.map(({ memoryBytes }) => memoryBytes));
  const wasm = await compileAssemblyScript({ entry: "index.ts", files }, { pages: Math.ceil(bytes / 65536) });
  const module = new WebAssembly.Module(wasm.slice());
  return modules.map(({ layout }, i) => {
    const exports = { run: `run${i}`, begin: `begin${i}`, pushRow: layout.rows.map(() => `pushRow${i}`) };
    const engine = instantiateEngine(`p${i}`, module, { ...layout, exports });
    const memory = engine.instance.exports["memory"] as WebAssembly.Memory;
    const scrub = (): void => {
      for (const { address, bytes } of layout.outputs)
        new Uint8Array(memory.buffer, address, bytes).fill(stale);
    };
    return { engine, scrub };
  });
}

/** Not optimised, so that nothing undefined is folded away before it traps; and in half the time. */
const trapFlags = undefinedTrapFlags.map((flag) => (flag === "-O1" ? "-O0" : flag));

/** The generated C as Wasm; every undefined behaviour clang can see is a trap. */
export const cAsWasm =
  (clang: ClangWasm): Reader =>
  async (trials) => {
    const wasm = await clang.compile({ ...engineUnits(trials), ...wasmDoor }, trapFlags);
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasm.slice()));
    const { buffer } = exports["memory"] as WebAssembly.Memory;
    const call = (name: string, ...args: number[]): number =>
      (exports[name] as (...args: number[]) => number)(...args);
    const drive = (trial: number, push: 0 | 1): Uint8Array => {
      if (call("drive", trial, push) !== 0) throw new Error("the engine refused a frame or a row");
      const length = trials[trial]!.expected[0]!.length;
      return new Uint8Array(buffer, call("result_of", trial), length).slice();
    };
    return trials.map(({ frames, what }, i) => {
      try {
        return frames.map((frame): Answer => {
          new Uint8Array(buffer).set(bytesOf(frame), call("frame_of", i));
          return { whole: drive(i, 0), pushed: drive(i, 1) };
        });
      } catch (error) {
        throw new Error(`${what}: ${(error as Error).message}`, { cause: error });
      }
    });
  };
