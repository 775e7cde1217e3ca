/** Runs the calls of a `torch.export` program, each by the operator TorchScript has for it too. */
import { emit, refuse, required } from "../aten/operator.ts";
import type { Operator, OperatorCall, OperatorContext } from "../aten/operator.ts";
import { suggestAlternative } from "../aten/table.ts";
import type { PickleTensor } from "../pickle-value.ts";
import { findUnknown, isValue, listOf, sequenceItems, unknownValue } from "../value.ts";
import type { Activation, Value } from "../value.ts";
import { valueOf } from "./argument.ts";
import { NodePlaces } from "./node-place.ts";
import { operatorNamed } from "./operator-names.ts";
import type { Program, ProgramNode, Size } from "./program.ts";

export interface Runnable {
  readonly program: Program;
  readonly weights: ReadonlyMap<string, PickleTensor>;
  /** Name of the program's entry, for messages. */
  readonly place: string;
}

/** The values of the program's outputs. */
export function runProgram(
  { program, weights, place }: Runnable,
  context: OperatorContext,
  inputs: readonly Activation[],
): Value {
  const values = new Map<string, Value>();
  const owners = new Map<string, string>();
  const given = [...inputs];
  for (const input of program.inputs) {
    if (input.kind === "user") values.set(input.name, given.shift() ?? unknownValue);
    else {
      const tensor = weights.get(input.weight);
      values.set(input.name, tensor ? { kind: "constant", name: input.weight, tensor } : unknownValue);
      owners.set(input.name, input.weight);
      if (!tensor) reportMissing(context, input.weight, place);
    }
  }
  const batch = batchOf(program);
  const places = new NodePlaces();
  for (const node of program.nodes) {
    const weight = node.inputs.flatMap(({ argument }) =>
      argument.kind === "name" ? [owners.get(argument.name)] : [],
    );
    const frame = places.callerOf(
      node.stack,
      weight.find((name) => name !== undefined),
    );
    const source = `${place}: ${node.outputs[0]?.[0] ?? node.target}`;
    bindOutputs(node, callNode(node, { frame, source, context }, values, batch, program), values);
  }
  return listOf(program.outputs.map((name) => values.get(name) ?? unknownValue));
}

function reportMissing({ report }: OperatorContext, weight: string, place: string): void {
  report({ source: place, sentence: `${weight}: is not in the file; export the model again (${place})` });
}

type Base = Omit<OperatorCall, "args" | "operation">;

function callNode(
  node: ProgramNode,
  base: Base,
  values: ReadonlyMap<string, Value>,
  batch: number,
  program: Program,
): Value {
  const { name, operator } = operatorNamed(node.target);
  const operation = name.replace(/^.*\./, "").replace(/^_+|_+$/g, "");
  if (!operator) {
    const call = { ...base, operation, args: {} };
    refuse(call, `${node.target} is not supported; ${suggestAlternative(name)}`);
    return ghostOf(call, node, values, program.sizes);
  }
  const args = bindArguments(node, operator, values);
  const call: OperatorCall = { ...base, operation, args: oneItem(operation, args, batch) };
  const isUnknown = findUnknown(Object.values(args)) !== undefined && operator.acceptsUnknown !== true;
  return isUnknown ? unknownValue : operator.run(call);
}

/** Of no account to numbers. */
const ignored = new Set(["dtype", "layout", "device", "pin_memory", "non_blocking", "memory_format"]);

/** By name where the operator has it (PyTorch calls the first `self`), else by place; what is left out by default. */
function bindArguments(
  { inputs }: ProgramNode,
  { parameters }: Operator,
  values: ReadonlyMap<string, Value>,
): Record<string, Value> {
  const names = Object.keys(parameters);
  const args: Record<string, Value> = {};
  for (const [parameter, fallback] of Object.entries(parameters))
    args[parameter] = fallback === required ? unknownValue : (fallback as Value);
  inputs.forEach(({ name, argument }, index) => {
    const parameter = name in parameters ? name : ignored.has(name) ? undefined : names[index];
    if (parameter !== undefined) args[parameter] = valueOf(argument, values);
  });
  return args;
}

/** The batch the program was exported for, which shapes written into it repeat. */
function batchOf({ inputs, sizes }: Program): number {
  const first = inputs.find(({ kind }) => kind === "user");
  const [batch] = (first && sizes.get(first.name)) ?? [];
  return typeof batch === "number" ? batch : 1;
}

const shapers = new Set(["view", "reshape", "expand"]);

function oneItem(operation: string, args: Record<string, Value>, batch: number): Record<string, Value> {
  const sizes = sequenceItems(args.size ?? null);
  if (batch === 1 || !shapers.has(operation) || sizes?.[0] !== batch) return args;
  return { ...args, size: listOf([1, ...sizes.slice(1)]) };
}

/** A tensor of the shape the program says, so that what follows an unsupported operator is looked at too. */
function ghostOf(
  call: OperatorCall,
  node: ProgramNode,
  values: ReadonlyMap<string, Value>,
  sizes: ReadonlyMap<string, readonly Size[]>,
): Value {
  const shape = sizes.get(node.outputs[0]?.[0] ?? "");
  const known = shape?.every((size) => typeof size === "number") === true ? shape : undefined;
  const input = node.inputs
    .map(({ argument }) => valueOf(argument, values))
    .find((value) => isValue(value, "activation"));
  if (!known || !isValue(input, "activation")) return unknownValue;
  if (known.join() === input.shape.join()) return emit(call, { kind: "identity" }, [input]);
  return call.context.builder.addGhost([1, ...known.slice(1)]) ?? unknownValue;
}

/** One name takes the whole result; several outputs, or names of a list, its items; indices and statistics are unknown. */
function bindOutputs({ outputs }: ProgramNode, result: Value, values: Map<string, Value>): void {
  const items = sequenceItems(result);
  outputs.forEach((names, index) => {
    const own = outputs.length === 1 ? result : items ? items[index] : index === 0 ? result : undefined;
    if (names.length === 1) values.set(names[0]!, own ?? unknownValue);
    else names.forEach((name, at) => values.set(name, sequenceItems(own ?? null)?.[at] ?? unknownValue));
  });
}
