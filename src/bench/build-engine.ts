/** From a `Program` to an `Engine` that runs it: print, compile, instantiate. */
import { printC } from "../backend/c.ts";
import type { Program } from "../loop/program.ts";
import { cEngineOf, wasmDriver, wasmDriverLayout, type CFiles } from "./c-driver.ts";
import { fastFlags, type ClangWasm } from "./clang-wasm.ts";
import { instantiateEngine, type WasmEngine } from "./wasm-engine.ts";

/** The generated C as Wasm, with `fastFlags` unless others are given. */
export async function buildCEngine(
  name: string,
  program: Program,
  clang: ClangWasm,
  flags: readonly string[] = fastFlags,
): Promise<WasmEngine> {
  const engine = cEngineOf(program);
  const wasm = await clang.compile({ ...cFilesOf(program), ...wasmDriver(engine) }, flags);
  return instantiateEngine(name, wasm, wasmDriverLayout(engine));
}

/** The generated C of a program that is only to be run, not shipped: its head comment says nothing. */
export function cFilesOf(program: Program): CFiles {
  const nowhere = { toolVersion: "bench", commandLine: "", modelSha256: "", plan: "", schedule: "" };
  return printC(program, nowhere).files;
}
