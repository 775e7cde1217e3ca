/** What reading a damaged file may come to: what it should, or a refusal in words. Anything else is our bug. */
import assert from "node:assert/strict";
import { CompileError } from "../../src/error.ts";
import { validateGraph } from "../../src/graph/validate.ts";
import { loadModel, type LoadOptions } from "../../src/load/load-model.ts";

/** @returns the first problem of a refusal, or nothing for a valid graph; whatever else is thrown goes through, with the file's name. */
export function loadOutcome(bytes: Uint8Array, options: LoadOptions): string | undefined {
  return outcome(options.fileName, () => validateGraph(loadModel(bytes, options).graph));
}

/** @returns the first problem of what `read` refuses, or nothing. */
export function outcome(fileName: string, read: () => unknown): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    if (!(error instanceof CompileError)) {
      const stack = error instanceof Error ? error.stack : String(error);
      throw new Error(`${fileName}: ${stack}`, { cause: error });
    }
    assert.ok(error.problems.length > 0 && error.problems.every((problem) => problem !== ""), "no words");
    return error.problems[0];
  }
}
