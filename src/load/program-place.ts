/** How the evaluator names places in the program, and how it ends early. */
import { CompileError } from "../error.ts";
import type { Expr, Stmt } from "./script-ast.ts";
import type { Frame } from "./value.ts";

/** Thrown where what follows depends on the shape of a tensor that was refused; the problems are already known. */
export class StoppedByUnknown extends Error {
  readonly source: string;

  constructor(source: string) {
    super(source);
    this.source = source;
  }
}

/** A fault of the program, with the line it is on. */
export class EvaluationError extends CompileError {
  readonly source: string;

  constructor(sentence: string, source: string) {
    super(sentence);
    this.source = source;
  }
}

/** Entry and line. */
export function sourceOf(at: Stmt | Expr, frame: Frame): string {
  return `${frame.definition.file}:${at.line}`;
}

/** `LeNet5.forward`, or `relu` for a free function. */
export function functionName(frame: Frame): string {
  const owner = frame.definition.parameters[0]?.type;
  const isMethod = owner !== null && owner !== undefined && isModuleType(owner);
  return isMethod && owner.kind === "attribute"
    ? `${owner.name}.${frame.definition.name}`
    : frame.definition.name;
}

/** The type of `self`: a dotted name that starts with `__torch__`. */
function isModuleType(type: Expr): boolean {
  return type.kind === "attribute"
    ? isModuleType(type.object)
    : type.kind === "name" && type.name === "__torch__";
}

/** Whether a block throws: that is how PyTorch checks shapes. */
export function raises(statements: readonly Stmt[]): boolean {
  return statements.some(({ kind, ...rest }) => {
    const value = kind === "expression" && "value" in rest ? rest.value : null;
    if (value?.kind !== "call" || value.callee.kind !== "attribute") return false;
    return value.callee.name === "RaiseException";
  });
}
