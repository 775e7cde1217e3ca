/** Puts the weights of a state_dict into an architecture, as `load_state_dict` does, and runs its layers. */
import { findOperator } from "../aten/table.ts";
import type { OperatorContext } from "../aten/operator.ts";
import type { PickleTensor } from "../pickle-value.ts";
import { listOf, unknownValue } from "../value.ts";
import type { Value } from "../value.ts";
import type { Architecture, ArchitectureLayer } from "./architecture-file.ts";
import { callOperator } from "./layer.ts";
import type { LayerCall, Options } from "./layer.ts";

export type StateDict = ReadonlyMap<string, PickleTensor>;

/** What does not fit, in PyTorch's words: missing and unexpected keys, and shapes that differ. */
export function compareKeys({ layers }: Architecture, weights: StateDict): readonly string[] {
  const expected = new Map<string, { shape: readonly (number | null)[]; layer: ArchitectureLayer }>(
    layers.flatMap((layer) =>
      weightsOf(layer).map(({ name, shape }) => [`${layer.weights}.${name}`, { shape, layer }] as const),
    ),
  );
  const missing = [...expected.keys()].filter((key) => !weights.has(key));
  const isCounter = (key: string): boolean => key.endsWith("num_batches_tracked");
  const unexpected = [...weights.keys()].filter((key) => !expected.has(key) && !isCounter(key));
  const mismatches = [...expected].flatMap(([key, { shape, layer }]) => {
    const size = weights.get(key)?.size;
    if (!size || fits(size, shape)) return [];
    const wanted = shape.map((extent) => extent ?? "?").join("x");
    return [`size mismatch for ${key}: the file has ${sizeText(size)}, ${layer.place} expects ${wanted}`];
  });
  return [
    ...(missing.length > 0
      ? [`missing key(s) in state_dict: ${quoted(missing)}; give the layers their names, or "bias": false`]
      : []),
    ...(unexpected.length > 0
      ? [`unexpected key(s) in state_dict: ${quoted(unexpected)}; give each a layer of that name`]
      : []),
    ...mismatches,
  ];
}

function weightsOf({ what, options }: ArchitectureLayer) {
  return typeof what === "string" ? [] : what.weights(options);
}

function fits(size: readonly number[], shape: readonly (number | null)[]): boolean {
  return (
    size.length === shape.length && shape.every((extent, dim) => extent === null || extent === size[dim])
  );
}

function sizeText(size: readonly number[]): string {
  return size.join("x") || "a scalar";
}

function quoted(keys: readonly string[]): string {
  const shown = keys.slice(0, 12).map((key) => `"${key}"`);
  return keys.length > shown.length
    ? `${shown.join(", ")} and ${keys.length - shown.length} more`
    : shown.join(", ");
}

/** What the architecture's outputs are for these inputs. */
export function runArchitecture(
  { inputs, layers, outputs }: Architecture,
  weights: StateDict,
  context: OperatorContext,
  given: readonly Value[],
): Value {
  const values = new Map<string, Value>(inputs.map(({ name }, index) => [name, given[index]!]));
  for (const layer of layers) {
    const sources = layer.from.map((name) => values.get(name)!);
    values.set(layer.name, runLayer(layer, weights, context, sources));
  }
  return listOf(outputs.map((name) => values.get(name)!));
}

function runLayer(
  layer: ArchitectureLayer,
  weights: StateDict,
  context: OperatorContext,
  sources: readonly Value[],
): Value {
  const frame = { module: { path: layer.name, isLeaf: true }, call: {} };
  const base: LayerCall["base"] = { frame, source: layer.place, context };
  const { what, options } = layer;
  if (typeof what === "string") return callOperator(base, what, { ...options, ...tensorsOf(what, sources) });
  const tensors = weightsOf(layer).map(({ name }): [string, Value] => {
    const key = `${layer.weights}.${name}`;
    const tensor = weights.get(key);
    return [name, tensor ? { kind: "constant", name: key, tensor } : null];
  });
  return what.run({ base, options, weights: Object.fromEntries(tensors), input: sources[0] ?? unknownValue });
}

/** An operator takes its tensors first, one each, or as a list. */
function tensorsOf(operator: string, sources: readonly Value[]): Options {
  const parameters = Object.keys(findOperator(operator)!.parameters);
  if (parameters[0] === "tensors") return { tensors: listOf([...sources]) };
  return Object.fromEntries(sources.map((source, index) => [parameters[index] ?? "", source]));
}
