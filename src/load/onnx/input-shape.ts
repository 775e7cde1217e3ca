/** The shapes of a network's inputs: as the file says, as the user says, or a sentence with the option to type. */
import { CompileError } from "../../error.ts";
import { checkInputShape } from "../loaded.ts";
import { adviseOn } from "../input-shape.ts";
import type { ModelProto, ValueInfo } from "./model-proto.ts";
import { elementTypeOf, type ElementType } from "./tensor-proto.ts";

type Dimensions = readonly (number | string)[];

/** Inputs that are no weights. */
export function networkInputs({ graph }: ModelProto): readonly ValueInfo[] {
  const weights = new Set(graph.initializers.map(({ name }) => name));
  const inputs = graph.inputs.filter(({ name }) => !weights.has(name));
  if (inputs.length === 0) throw new CompileError("ONNX graph without an input; a network takes one tensor");
  const types: ReadonlySet<ElementType> = new Set(["f32", "f16", "bf16", "f64", "u8", "i8"]);
  for (const { name, elementType } of inputs) {
    const type = elementType === 0 ? undefined : elementTypeOf(elementType, `input ${name}`);
    if (!type || !types.has(type))
      throw new CompileError(
        `input ${name}: holds ${type ?? "no tensor"}; networks here take float images or signals`,
      );
  }
  return inputs;
}

/** `isPossible` tells whether the network takes inputs of these shapes. */
export function inputShapesOf(
  model: ModelProto,
  inputs: readonly ValueInfo[],
  given: readonly (readonly number[])[],
  isPossible: (shapes: readonly (readonly number[])[]) => boolean,
): readonly (readonly number[])[] {
  if (given.length > 0 && given.length !== inputs.length) {
    const names = inputs.map(({ name }) => name).join(", ");
    throw new CompileError(
      `takes ${inputs.length} inputs (${names}), but ${given.length} shapes are given; ` +
        `pass one each, such as --input ${inputs.map(() => "1x3x32x32").join(",")}`,
    );
  }
  given.forEach(checkInputShape);
  if (given.length > 0) return inputs.map((input, index) => fitted(input, given[index]!));
  const open = inputs.filter(
    ({ shape }) => !shape || shape.slice(1).some((extent) => typeof extent !== "number"),
  );
  if (open.length > 0) throw new CompileError(askFor(model, inputs, open, isPossible));
  return inputs.map(({ shape }) => shape!.map((extent) => (typeof extent === "number" ? extent : 1)));
}

function fitted({ name, shape }: ValueInfo, given: readonly number[]): readonly number[] {
  const fits =
    !shape ||
    (shape.length === given.length &&
      shape.every((extent, dim) => dim === 0 || typeof extent !== "number" || extent === given[dim]));
  if (fits) return given;
  throw new CompileError(
    `input ${name} is ${describe(shape)} in the file; --input ${given.join("x")} does not fit it`,
  );
}

function describe(shape: Dimensions | undefined): string {
  return shape ? `[${shape.join(",")}]` : "of unknown shape";
}

function askFor(
  model: ModelProto,
  inputs: readonly ValueInfo[],
  open: readonly ValueInfo[],
  isPossible: (shapes: readonly (readonly number[])[]) => boolean,
): string {
  const what = open.map(({ name, shape }) => `input ${name} is ${describe(shape)} in the file`).join(", ");
  const sides = [32, 28, 96, 64, 224, 16, 48, 128, 24, 40, 56, 160, 192, 256, 299, 8];
  const filled = (side: number): readonly (readonly number[])[] =>
    inputs.map(({ shape }) =>
      (shape ?? ["N", 3, "H", "W"]).map((extent, dim) =>
        typeof extent === "number" ? extent : dim === 0 ? 1 : side,
      ),
    );
  const first = open[0]!;
  if (!first.shape && inputs.length === 1)
    return `${what}; ${adviseOn(firstConvolution(model), () => false)}`;
  const side = sides.find((candidate) => isPossible(filled(candidate))) ?? 32;
  const option = filled(side)
    .map((shape) => shape.join("x"))
    .join(",");
  return `${what}: pass --input ${option}, or other sizes in place of ${openNames(open)}`;
}

function openNames(open: readonly ValueInfo[]): string {
  const names = open.flatMap(({ shape }) =>
    (shape ?? []).slice(1).filter((extent) => typeof extent === "string"),
  );
  const shown = [...new Set(names)].filter((name) => name !== "?");
  return shown.length > 0 ? shown.join(" and ") : "the open ones";
}

function firstConvolution({ graph }: ModelProto): Parameters<typeof adviseOn>[0] {
  const node = graph.nodes.find(({ opType }) => opType === "Conv");
  const weight = graph.initializers.find(({ name }) => name === node?.inputs[1]);
  if (!node || !weight) return undefined;
  return { path: "", size: weight.shape, groups: node.attributes.get("group")?.integer ?? 1 };
}
