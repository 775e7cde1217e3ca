/** From a TorchScript archive to a graph: chooses the input's shape, runs the evaluator, and says all that is wrong. */
import { CompileError } from "../error.ts";
import { TorchScriptArchive } from "./archive.ts";
import { evaluateAll } from "./evaluate-all.ts";
import { suggestInputShape } from "./input-shape.ts";
import { checkInputShape } from "./loaded.ts";
import type { LoadedModel } from "./loaded.ts";
import { accepts, buildNetwork } from "./network.ts";
import type { Network } from "./network.ts";
import type { FunctionDefinition } from "./script-ast.ts";
import type { ZipArchive } from "./zip.ts";

export interface TorchScriptOptions {
  /** Name of the graph, a C identifier. */
  readonly name: string;
  /** (N, C, H, W), (N, C, L) or (N, F) of each input, N taken as 1; or one dimension less. None where not known. */
  readonly inputShapes: readonly (readonly number[])[];
}

export function loadTorchScript(zip: ZipArchive, { name, inputShapes }: TorchScriptOptions): LoadedModel {
  const archive = new TorchScriptArchive(zip);
  const { definition, inputNames } = findForward(archive);
  const network: Network = {
    name,
    inputNames,
    records: zip,
    run: (context, inputs) => evaluateAll(archive, definition, context, inputs),
    notes: () => describeSaving(archive),
  };
  const shapes = inputShapes.length > 0 ? inputShapes : archive.tracedInputShapes();
  if (shapes.length === 0) {
    const isPossible = (shape: readonly number[]): boolean => accepts(network, shape);
    throw new CompileError(suggestInputShape(archive, definition, inputNames, isPossible));
  }
  shapes.forEach(checkInputShape);
  if (shapes.length !== inputNames.length) {
    const names = inputNames.join(", ");
    throw new CompileError(
      `${archive.root.type}.forward takes ${inputNames.length} inputs (${names}), but ${shapes.length} shapes are given; ` +
        `pass one each, such as --input ${inputNames.map(() => "1x3x32x32").join(",")}`,
    );
  }
  return buildNetwork(network, shapes);
}

function findForward(archive: TorchScriptArchive): {
  readonly definition: FunctionDefinition;
  readonly inputNames: readonly string[];
} {
  const { type } = archive.root;
  const definition = archive.findClass(type)?.methods.get("forward");
  if (!definition)
    throw new CompileError(`${type}: has no forward(); save the module whose forward() is the network`);
  const [, first, ...rest] = definition.parameters;
  if (!first) throw new CompileError(`${type}.forward: takes no input; a network takes one tensor`);
  const inputNames = [first, ...rest.filter(({ fallback }) => !fallback)].map((parameter) => parameter.name);
  return { definition, inputNames };
}

function describeSaving({ trainingModules, zip }: TorchScriptArchive): readonly string[] {
  const training = trainingModules > 0 ? ["saved in training mode; read as after model.eval()"] : [];
  const damaged = zip.damaged.map(
    (entry) => `${entry}: its checksum does not match; the file may be damaged`,
  );
  return [...training, ...damaged];
}
