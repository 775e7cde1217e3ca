/** What every reader of a model file gives: a graph, and how its tensors were PyTorch's. */
import { CompileError } from "../error.ts";
import type { Graph } from "../graph/graph.ts";
import type { Axis, Form } from "./layout.ts";

/** An input or output as the network's author knows it. */
export interface Port {
  /** Name of the graph's tensor. */
  readonly name: string;
  /** PyTorch's sizes, with a batch of 1 where the network has one. */
  readonly shape: readonly number[];
  /** Where our image, stored HWC, keeps each dimension; null for dimensions of 1 it does not need. */
  readonly axes: readonly Axis[];
}

export interface LoadedModel {
  readonly graph: Graph;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  /** What was converted, ignored or assumed: one sentence each. */
  readonly notes: readonly string[];
}

/** The graph's inputs or outputs, by name, with their forms in the same order. */
export function portsOf(names: readonly string[], forms: readonly Form[]): readonly Port[] {
  return names.map((name, index) => ({ name, shape: forms[index]!.shape, axes: forms[index]!.axes }));
}

/** Refuses shapes that `--input` should not have. */
export function checkInputShape(shape: readonly number[]): void {
  const text = shape.join("x");
  if (shape.some((extent) => !Number.isSafeInteger(extent) || extent < 1)) {
    throw new CompileError(`--input ${text}: expected whole numbers above 0, such as 1x3x32x32`);
  }
  if (shape.length < 1 || shape.length > 4) {
    throw new CompileError(
      `--input ${text}: has ${shape.length} numbers, expected batch x channels x height x width`,
    );
  }
}

/** A network without a batch may take one dimension less than others; what a shape can stand for, the likelier first. */
export function readings(shapes: readonly (readonly number[])[]): readonly {
  readonly isBatched: boolean;
  readonly shapes: readonly (readonly number[])[];
}[] {
  const batched = { isBatched: true, shapes: shapes.map((shape) => [1, ...shape.slice(1)]) };
  const single = { isBatched: false, shapes };
  if (shapes.some((shape) => shape.length === 1)) return [single];
  return shapes.every((shape) => shape.length < 4) ? [batched, single] : [batched];
}
