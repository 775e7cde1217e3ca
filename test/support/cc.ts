/** Compilers for tests: asked for once; a test that needs one which is missing says so. */
import type { TestContext } from "node:test";
import { type ClangWasm, loadClangWasm } from "../../src/bench/clang-wasm.ts";
import { hostCompilers } from "../../src/bench/native-cc.ts";
import { skipFor } from "./tools.ts";

/** True where `command` (`gcc`, `clang`, `g++`) is there; else the test is marked as skipped, with the reason. */
export function hasCompiler(t: TestContext, command: string): boolean {
  const isThere = hostCompilers().some((compiler) => compiler.command === command);
  const skip = skipFor(isThere ? "" : `${command} is not installed`);
  if (skip) t.skip(skip);
  return isThere;
}

/** clang as Wasm, from npm; null where it is not installed, and then the test is marked as skipped. */
export async function clangWasm(t: TestContext): Promise<ClangWasm | null> {
  const clang = await loadClangWasm();
  const skip = skipFor(clang ? "" : "@yowasp/clang is not installed");
  if (skip) t.skip(skip);
  return clang;
}
