/** Host compilers for tests: asked for once; a test that needs one which is missing says so. */
import type { TestContext } from "node:test";
import { hostCompilers } from "../../src/bench/native-cc.ts";

/** True where `command` (`gcc`, `clang`, `g++`) is there; else the test is marked as skipped, with the reason. */
export function hasCompiler(t: TestContext, command: string): boolean {
  const isThere = hostCompilers().some((compiler) => compiler.command === command);
  if (!isThere) t.skip(`${command} is not installed`);
  return isThere;
}
