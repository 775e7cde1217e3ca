/** Runs the evaluator to wherever it gets, and gathers every problem met on the way. */
import { CompileError } from "../error.ts";
import type { TorchScriptArchive } from "./archive.ts";
import type { OperatorContext, Problem } from "./aten/operator.ts";
import { Evaluator } from "./evaluator.ts";
import { EvaluationError, StoppedByUnknown } from "./program-place.ts";
import type { Observer } from "./evaluator.ts";
import type { FunctionDefinition } from "./script-ast.ts";
import { findUnknown, sequenceItems } from "./value.ts";
import type { Value } from "./value.ts";

export interface Evaluation {
  /** What `forward` returned; null where it did not come to that. */
  readonly result: Value;
  /** One sentence each; what ended the evaluation comes first. */
  readonly problems: readonly string[];
}

export function evaluateAll(
  archive: TorchScriptArchive,
  definition: FunctionDefinition,
  { builder, weights }: Pick<OperatorContext, "builder" | "weights">,
  inputs: readonly Value[],
  observe?: Observer,
): Evaluation {
  const problems = new Map<string, Problem>();
  const report = (problem: Problem): void => void problems.set(problem.sentence, problem);
  const evaluator = new Evaluator(archive, { builder, weights, report }, observe);
  let result: Value = null;
  let fatal: CompileError | undefined;
  const unseen: string[] = [];
  try {
    result = evaluator.run(definition, inputs);
  } catch (error) {
    if (error instanceof CompileError) fatal = error;
    else if (error instanceof StoppedByUnknown) {
      unseen.push(
        `not looked at from ${error.source} on: that depends on the shape of what is refused above`,
      );
    } else throw error;
  }
  const line = fatal instanceof EvaluationError ? fatal.source : undefined;
  const isUnknown = findUnknown([result, ...(sequenceItems(result) ?? [])]) !== undefined;
  const others = [...problems.values()].filter(({ source }) => source !== line);
  const major = others.filter(({ isMinor }) => isMinor !== true);
  const said = isUnknown && major.length === 0 ? others : major;
  const sentences = said.map(({ sentence }) => sentence);
  return { result, problems: [...(fatal?.problems ?? []), ...sentences, ...unseen] };
}
