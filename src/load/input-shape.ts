/** What to say when a file does not tell its input's shape: the very option to type, found by trying. */
import type { TorchScriptArchive } from "./archive.ts";
import { evaluateAll } from "./evaluate-all.ts";
import { GraphBuilder } from "./graph-builder.ts";
import type { FunctionDefinition } from "./script-ast.ts";
import { isValue, unknownValue } from "./value.ts";
import type { Value } from "./value.ts";
import { WeightReader } from "./weights.ts";

/** Sides of images people use, the most usual first. */
const usualSides = [32, 28, 96, 64, 224, 48, 128, 16, 24, 40, 56, 160, 192, 256, 299, 8];

export interface FirstLayer {
  readonly path: string;
  /** PyTorch's weight shape: (OC, IC, KH, KW) or (OUT, IN). */
  readonly size: readonly number[];
  readonly groups: number;
}

/** A sentence with the option to type, then what else is wrong. `isPossible` tells whether the model takes a shape. */
export function suggestInputShape(
  archive: TorchScriptArchive,
  definition: FunctionDefinition,
  inputNames: readonly string[],
  isPossible: (shape: readonly number[]) => boolean,
): readonly string[] {
  const { layer, problems } = findFirstLayer(archive, definition, inputNames.length);
  if (inputNames.length > 1) {
    const names = inputNames.join(", ");
    const example = inputNames.map(() => "1x3x32x32").join(",");
    return [
      `${archive.root.type}.forward takes ${inputNames.length} inputs (${names}), and the file does not tell their shapes; ` +
        `pass them in this order, such as --input ${example}`,
      ...problems,
    ];
  }
  return [`the file does not tell its input's shape; ${adviseOn(layer, isPossible)}`, ...problems];
}

/** The option to type, for a network that begins with this layer. */
export function adviseOn(
  layer: FirstLayer | undefined,
  isPossible: (shape: readonly number[]) => boolean,
): string {
  if (!layer) return "pass --input 1x3x32x32 (batch x channels x height x width)";
  const [, inputs, ...kernel] = layer.size;
  const what = layer.path === "" ? "its first layer" : `its first layer ${layer.path}`;
  if (kernel.length === 0) return `${what} takes ${inputs} features: pass --input 1x${inputs}`;
  const channels = inputs! * layer.groups;
  if (kernel.length === 1)
    return `${what} takes ${channels} channels: pass --input 1x${channels}x128, with your length`;
  const side = usualSides.find((candidate) => isPossible([1, channels, candidate, candidate]));
  const shape = `1x${channels}x${side ?? 32}x${side ?? 32}`;
  const end = side === undefined ? "with your height and width" : "or another height and width";
  return `${what} takes ${channels} ${channels === 1 ? "channel" : "channels"}: pass --input ${shape}, ${end}`;
}

/** Evaluates with an unknown input and looks at the first weight that is asked for. */
function findFirstLayer(
  archive: TorchScriptArchive,
  definition: FunctionDefinition,
  inputs: number,
): { layer: FirstLayer | undefined; problems: readonly string[] } {
  const layers: FirstLayer[] = [];
  const unknowns = new Array<Value>(inputs).fill(unknownValue);
  const context = { builder: new GraphBuilder(), weights: new WeightReader(archive.zip) };
  const { problems } = evaluateAll(archive, definition, context, unknowns, (_, args, path) => {
    const { weight, groups } = args;
    if (!isValue(weight, "constant") || weight.tensor.size.length < 2) return;
    layers.push({ path, size: weight.tensor.size, groups: typeof groups === "number" ? groups : 1 });
  });
  return { layer: layers[0], problems };
}
