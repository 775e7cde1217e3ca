/**
 * Unrolls a TorchScript program into a graph: a partial evaluator. Given the input's shape, every number, list, flag
 * and module of the program is concrete, so every `if`, `for` and `len` resolves; tensors are shapes, and each operator
 * on them adds a node. No module is recognised by its class: what its code does is what it is.
 *
 * Traced, scripted and frozen models differ only in how much there is to resolve. A branch on a tensor's value is
 * the one thing that has no answer. Steps and depth are limited, because the program is not ours.
 */
import { CompileError } from "../error.ts";
import { indexValue } from "./aten/control.ts";
import { guessShape } from "./aten/ghost.ts";
import { findActivation } from "./aten/forms.ts";
import { refuse, required } from "./aten/operator.ts";
import type { Operator, OperatorCall, OperatorContext } from "./aten/operator.ts";
import { findOperator, suggestAlternative } from "./aten/table.ts";
import type { TorchScriptArchive } from "./archive.ts";
import type { Expr, FunctionDefinition, Stmt } from "./script-ast.ts";
import {
  describeValue,
  findUnknown,
  isValue,
  listOf,
  sequenceItems,
  unknownShape,
  unknownValue,
} from "./value.ts";
import { EvaluationError, functionName, raises, sourceOf, StoppedByUnknown } from "./program-place.ts";
import type { Frame, ModuleValue, Value } from "./value.ts";

const mostSteps = 1_000_000;
const deepestCalls = 60;
const deepestExpressions = 600;

/** Keywords of Python that name a parameter, before they were values. */
interface Arguments {
  readonly positional: readonly Value[];
  readonly keywords: ReadonlyMap<string, Value>;
}

/** Called for an operator that was skipped because a tensor it reads is unknown. */
export type Observer = (name: string, args: Readonly<Record<string, Value>>, path: string) => void;

export class Evaluator {
  readonly #archive: TorchScriptArchive;
  readonly #context: OperatorContext;
  readonly #observe: Observer;
  #steps = 0;
  #depth = 0;

  constructor(archive: TorchScriptArchive, context: OperatorContext, observe: Observer = () => undefined) {
    this.#archive = archive;
    this.#context = context;
    this.#observe = observe;
  }

  /** What the root module's `forward` returns for these inputs; further parameters take their defaults. */
  run(definition: FunctionDefinition, inputs: readonly Value[]): Value {
    const root = this.#archive.root;
    const given = { positional: [root, ...inputs], keywords: new Map<string, Value>() };
    return this.#callFunction(definition, root, given, undefined);
  }

  #callFunction(
    definition: FunctionDefinition,
    module: ModuleValue,
    given: Arguments,
    caller: Frame | undefined,
  ): Value {
    const depth = (caller?.depth ?? 0) + 1;
    if (depth > deepestCalls)
      throw new CompileError(`${definition.name}: calls nested more than ${deepestCalls} deep`);
    const call = caller?.module === module ? caller.call : {};
    const frame: Frame = { module, call, definition, variables: new Map(), depth };
    definition.parameters.forEach(({ name, fallback }, index) => {
      const value = given.positional[index] ?? given.keywords.get(name);
      frame.variables.set(
        name,
        value !== undefined ? value : fallback ? this.#expression(fallback, frame) : unknownValue,
      );
      if (given.positional[index] === null) frame.variables.set(name, null);
    });
    return this.#block(definition.body, frame) ?? null;
  }

  /** The value returned, or undefined where the block runs to its end. */
  #block(statements: readonly Stmt[], frame: Frame): Value | undefined {
    for (const statement of statements) {
      const returned = this.#statement(statement, frame);
      if (returned !== undefined) return returned;
    }
    return undefined;
  }

  #statement(statement: Stmt, frame: Frame): Value | undefined {
    this.#step(statement, frame);
    switch (statement.kind) {
      case "pass":
        return undefined;
      case "return":
        return statement.value ? this.#expression(statement.value, frame) : null;
      case "expression":
        this.#expression(statement.value, frame);
        return undefined;
      case "assign":
        this.#assign(statement, this.#expression(statement.value, frame), frame);
        return undefined;
      case "if":
        return this.#block(this.#choose(statement, frame), frame);
      case "for":
        return this.#for(statement, frame);
      case "while":
        while (this.#test(statement.test, frame)) {
          const returned = this.#block(statement.body, frame);
          if (returned !== undefined) return returned;
        }
        return undefined;
    }
  }

  #assign(statement: Extract<Stmt, { kind: "assign" }>, value: Value, frame: Frame): void {
    const { targets, isUnpacking } = statement;
    if (!isUnpacking) return this.#set(targets[0]!, value, frame);
    const items = sequenceItems(value);
    if (items && items.length !== targets.length) {
      this.#fail(statement, frame, `unpacks ${items.length} values into ${targets.length} names`);
    }
    targets.forEach((target, index) =>
      this.#set(target, items?.[index] ?? (items ? null : unknownValue), frame),
    );
  }

  #set(target: Expr, value: Value, frame: Frame): void {
    if (target.kind === "name") {
      frame.variables.set(target.name, value);
      return;
    }
    const object = target.kind === "attribute" ? this.#expression(target.object, frame) : null;
    if (target.kind !== "attribute" || !isValue(object, "module")) {
      return this.#fail(target, frame, "assigns to something that is neither a name nor an attribute");
    }
    object.attributes.set(target.name, value);
  }

  /** Of an unknown size, the branch that does not raise is taken: that is how PyTorch checks shapes. */
  #choose(statement: Extract<Stmt, { kind: "if" }>, frame: Frame): readonly Stmt[] {
    const test = this.#expression(statement.test, frame);
    if (isValue(test, "unknown") && test.origin === "shape") {
      if (raises(statement.body)) return statement.orElse;
      if (raises(statement.orElse)) return statement.body;
    }
    return this.#truth(test, statement.test, frame) ? statement.body : statement.orElse;
  }

  #test(test: Expr, frame: Frame): boolean {
    this.#step(test, frame);
    return this.#truth(this.#expression(test, frame), test, frame);
  }

  #truth(value: Value, test: Expr, frame: Frame): boolean {
    if (typeof value === "boolean") return value;
    if (typeof value === "number") return value !== 0;
    if (isValue(value, "unknown") && value.origin === "shape")
      throw new StoppedByUnknown(sourceOf(test, frame));
    return this.#fail(
      test,
      frame,
      `data-dependent control flow in ${functionName(frame)}, line ${test.line}: the branch depends on a tensor's value; ` +
        "if it always goes the same way, save with torch.jit.trace",
      "",
    );
  }

  #for(statement: Extract<Stmt, { kind: "for" }>, frame: Frame): Value | undefined {
    const iterable = this.#expression(statement.iterable, frame);
    for (const item of this.#iterate(iterable, statement, frame)) {
      this.#step(statement, frame);
      frame.variables.set(statement.target, item);
      const returned = this.#block(statement.body, frame);
      if (returned !== undefined) return returned;
    }
    return undefined;
  }

  *#iterate(value: Value, at: Stmt, frame: Frame): Generator<Value> {
    if (isValue(value, "unknown")) throw new StoppedByUnknown(sourceOf(at, frame));
    const items = sequenceItems(value);
    if (items) yield* items;
    else if (isValue(value, "range") && value.step !== 0) {
      const { from, to, step } = value;
      for (let index = from; step > 0 ? index < to : index > to; index += step) yield index;
    } else this.#fail(at, frame, `loops over ${describeValue(value)}`);
  }

  #expression(expression: Expr, frame: Frame): Value {
    if (++this.#depth > deepestExpressions)
      this.#fail(expression, frame, "calls and expressions nested too deeply");
    const value = this.#valueOf(expression, frame);
    --this.#depth;
    return value;
  }

  #valueOf(expression: Expr, frame: Frame): Value {
    switch (expression.kind) {
      case "literal":
        return expression.value;
      case "name":
        return frame.variables.get(expression.name) ?? this.#unbound(expression.name, frame);
      case "list":
        return listOf(expression.items.map((item) => this.#expression(item, frame)));
      case "tuple":
        return { kind: "tuple", items: expression.items.map((item) => this.#expression(item, frame)) };
      case "dict":
        return unknownValue;
      case "attribute":
        return this.#attribute(
          this.#expression(expression.object, frame),
          expression.name,
          expression,
          frame,
        );
      case "index": {
        const value = this.#expression(expression.object, frame);
        const item = indexValue(value, this.#expression(expression.index, frame));
        return item === undefined
          ? this.#fail(expression, frame, `${describeValue(value)} has no such item`)
          : item;
      }
      case "call":
        return this.#call(expression, frame);
    }
  }

  /** A variable may hold None, which `??` takes for nothing. */
  #unbound(name: string, frame: Frame): Value {
    return frame.variables.has(name) ? null : { kind: "path", path: name };
  }

  #attribute(object: Value, name: string, at: Expr, frame: Frame): Value {
    if (isValue(object, "path")) {
      return object.path === "CONSTANTS"
        ? this.#archive.constant(name)
        : { kind: "path", path: `${object.path}.${name}` };
    }
    if (isValue(object, "unknown")) return object;
    if (!isValue(object, "module"))
      return this.#fail(at, frame, `${describeValue(object)} has no attribute ${name}`);
    this.#restore(object, frame);
    const value = object.attributes.get(name);
    if (value !== undefined) return value;
    const constant = this.#archive.findClass(object.type)?.constants.get(name);
    if (constant) return this.#expression(constant, { ...frame, variables: new Map() });
    return this.#fail(at, frame, `${describeValue(object)} has no attribute ${name}`);
  }

  /** Runs `__setstate__` where attributes were saved by `__getstate__`. */
  #restore(module: ModuleValue, frame: Frame): void {
    const { saved } = module;
    if (saved === undefined) return;
    delete module.saved;
    const definition = this.#archive.findClass(module.type)?.methods.get("__setstate__");
    const given = { positional: [module, saved], keywords: new Map() };
    if (definition) this.#callFunction(definition, module, given, frame);
  }

  #call(expression: Extract<Expr, { kind: "call" }>, frame: Frame): Value {
    const { callee } = expression;
    this.#step(expression, frame);
    if (callee.kind === "name" && !frame.variables.has(callee.name))
      return this.#builtin(callee.name, expression, frame);
    if (callee.kind === "attribute") {
      const object = this.#expression(callee.object, frame);
      if (isValue(object, "module")) return this.#method(object, callee.name, expression, frame);
      return this.#apply(this.#attribute(object, callee.name, callee, frame), expression, frame);
    }
    return this.#apply(this.#expression(callee, frame), expression, frame);
  }

  #arguments(expression: Extract<Expr, { kind: "call" }>, frame: Frame): Arguments {
    const positional = expression.args.map((argument) => this.#expression(argument, frame));
    const keywords = new Map(
      expression.keywords.map(({ name, value }) => [name, this.#expression(value, frame)]),
    );
    return { positional, keywords };
  }

  #method(
    module: ModuleValue,
    name: string,
    expression: Extract<Expr, { kind: "call" }>,
    frame: Frame,
  ): Value {
    const definition = this.#archive.findClass(module.type)?.methods.get(name);
    if (!definition) return this.#fail(expression, frame, `${describeValue(module)} has no method ${name}`);
    const { positional, keywords } = this.#arguments(expression, frame);
    return this.#callFunction(definition, module, { positional: [module, ...positional], keywords }, frame);
  }

  #apply(callee: Value, expression: Extract<Expr, { kind: "call" }>, frame: Frame): Value {
    const given = this.#arguments(expression, frame);
    if (isValue(callee, "unknown")) return unknownValue;
    if (!isValue(callee, "path")) return this.#fail(expression, frame, `calls ${describeValue(callee)}`);
    const { path } = callee;
    if (!path.startsWith("__torch__.")) {
      return this.#callOperator(path.replace(/^(torch|ops\.aten|ops)\./, ""), given, expression, frame);
    }
    const definition = this.#archive.findFunction(path);
    if (definition) return this.#callFunction(definition, frame.module, given, frame);
    if (this.#archive.findClass(path)) return { kind: "tuple", items: given.positional };
    return this.#fail(expression, frame, `calls ${path}, which is not in the file`);
  }

  #builtin(name: string, expression: Extract<Expr, { kind: "call" }>, frame: Frame): Value {
    const value = (index: number): Value => {
      const argument = expression.args[index];
      return argument
        ? this.#expression(argument, frame)
        : this.#fail(expression, frame, `${name} lacks an argument`);
    };
    switch (name) {
      case "annotate":
      case "unchecked_cast":
        return value(1);
      case "uninitialized":
        return unknownValue;
      case "getattr":
        return this.#attribute(value(0), String(value(1)), expression, frame);
      case "range":
        return this.#range(this.#arguments(expression, frame).positional, expression, frame);
      case "str":
        return describeValue(value(0));
      case "int":
      case "float":
      case "bool": {
        const name1 = `${name[0]!.toUpperCase()}${name.slice(1)}`;
        return value(0) === "inf"
          ? Infinity
          : this.#callOperator(name1, this.#arguments(expression, frame), expression, frame);
      }
      default:
        return this.#callOperator(name, this.#arguments(expression, frame), expression, frame);
    }
  }

  #range(values: readonly Value[], at: Expr, frame: Frame): Value {
    if (findUnknown(values)) return unknownShape;
    const [first, second, third] = values;
    const [from, to, step] = values.length === 1 ? [0, first, 1] : [first, second, third ?? 1];
    if (typeof from !== "number" || typeof to !== "number" || typeof step !== "number") {
      return this.#fail(at, frame, "range of something that is not a number");
    }
    return { kind: "range", from, to, step };
  }

  #callOperator(name: string, given: Arguments, at: Expr, frame: Frame): Value {
    const operator = findOperator(name);
    const source = sourceOf(at, frame);
    const operation = name.replace(/^.*\./, "").replace(/^_+|_+$/g, "");
    const base = { operation, frame, source, context: this.#context };
    if (!operator) return this.#refuse(name, given, base);
    const call: OperatorCall = { ...base, args: bind(operator, given) };
    const unknown = findUnknown([...Object.values(call.args)]);
    if (!unknown || operator.acceptsUnknown === true) return operator.run(call);
    this.#observe(name, call.args, frame.module.path);
    return shapeReaders.has(name) || unknown.origin === "shape" ? unknownShape : unknownValue;
  }

  /** Reports it, and goes on with a tensor of the right shape where that is known. */
  #refuse(name: string, { positional }: Arguments, base: Omit<OperatorCall, "args">): Value {
    const call = { ...base, args: {} };
    const input = findActivation([...positional, ...(sequenceItems(positional[0]) ?? [])]);
    const where = input ? ` on ${input.shape.join("x")}` : "";
    const unknown = refuse(call, `torch.${name}${where} is not supported; ${suggestAlternative(name)}`);
    const shape = guessShape(name, positional);
    return (shape && this.#context.builder.addGhost(shape)) ?? unknown;
  }

  #step(at: Stmt | Expr, frame: Frame): void {
    if (++this.#steps > mostSteps) this.#fail(at, frame, `does not end within ${mostSteps} steps`);
  }

  #fail(at: Stmt | Expr, frame: Frame, reason: string, where = functionName(frame)): never {
    const source = sourceOf(at, frame);
    const place = frame.module.path || where;
    throw new EvaluationError(`${place === "" ? "" : `${place}: `}${reason} (${source})`, source);
  }
}

/** Operators whose result is a size even where the tensor is unknown. */
const shapeReaders = new Set(["size", "dim", "len", "numel", "prim.NumToTensor"]);

/** Arguments by name; what is left out takes PyTorch's default, what cannot be is unknown. */
function bind(operator: Operator, { positional, keywords }: Arguments): Record<string, Value> {
  const args: Record<string, Value> = {};
  Object.entries(operator.parameters).forEach(([name, fallback], index) => {
    const value = index < positional.length ? positional[index] : keywords.get(name);
    args[name] = value !== undefined ? value : fallback === required ? unknownValue : (fallback as Value);
  });
  return args;
}
