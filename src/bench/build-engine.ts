/** From a `Program` to an `Engine` that runs it: print, compile, instantiate. */
import { existsSync, readFileSync } from "node:fs";
import { printAssemblyScript, type Layout } from "../backend/assemblyscript.ts";
import { printC } from "../backend/c.ts";
import type { Program } from "../loop/program.ts";
import { compileAssemblyScript } from "./asc.ts";
import { cEngineOf, wasmDriver, wasmDriverLayout, type CFiles } from "./c-driver.ts";
import { fastFlags, type ClangWasm } from "./clang-wasm.ts";
import { instantiateEngine, type WasmEngine } from "./wasm-engine.ts";

/** A program as Wasm, and where things lie in its memory. */
export interface CompiledModule {
  readonly wasm: Uint8Array;
  readonly layout: Layout;
}

/** The generated AssemblyScript as Wasm; every kernel is exported as `kernel_NAME(row)`. */
export async function compileModule(program: Program): Promise<CompiledModule> {
  const { source, memoryBytes, layout } = printAssemblyScript(program);
  const entry = `${program.name}.ts`;
  const files = { [entry]: source, "intrinsics.ts": readIntrinsics() };
  const wasm = await compileAssemblyScript({ entry, files }, { pages: Math.ceil(memoryBytes / 65536) });
  return { wasm, layout };
}

/** The generated AssemblyScript as an engine. */
export async function buildAssemblyScriptEngine(name: string, program: Program): Promise<WasmEngine> {
  const { wasm, layout } = await compileModule(program);
  return instantiateEngine(name, wasm, layout);
}

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

let intrinsics: string | undefined;

/** `assembly/intrinsics.ts` of this package, found upwards from this file. */
function readIntrinsics(): string {
  if (intrinsics === undefined) {
    const below = "assembly/intrinsics.ts";
    let file = new URL(below, import.meta.url);
    for (let up = `../${below}`; !existsSync(file); up = `../${up}`) file = new URL(up, import.meta.url);
    intrinsics = readFileSync(file, "utf8");
  }
  return intrinsics;
}
