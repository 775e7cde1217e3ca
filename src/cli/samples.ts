/** Real inputs for a network: one `.npy` or `.npz` file, or folder of images, an input; or noise where there is none. */
import { CompileError } from "../error.ts";
import { tensorOf } from "../graph/build.ts";
import type { Graph, Shape, Tensor } from "../graph/graph.ts";
import { elements } from "../graph/elements.ts";
import type { Port } from "../load/load-model.ts";
import { isFolder, readImageFolder } from "./image-folder.ts";
import { readNpyFile } from "./read-file.ts";
import { imageForm, toRealImages, unpaddedShape, type Preprocessing } from "./preprocess.ts";

/** What one inference takes: HWC, real values, one array an input. */
export type Sample = readonly Float32Array[];

const noiseSamples = 16;

/**
 * Samples from files or folders in the order of the network's inputs: `paths` as typed, separated by commas.
 *
 * @throws CompileError where files are not as many as inputs, or not of one length.
 */
export function readSamples(
  paths: string,
  graph: Graph,
  ports: readonly Port[],
  preprocessing: Preprocessing | undefined,
): readonly Sample[] {
  const files = paths.split(",");
  const tensors = inputsOf(graph);
  if (files.length !== tensors.length)
    throw new CompileError(
      `${paths}: ${files.length} files for ${tensors.length} inputs; give one file an input, separated by commas, ` +
        `in the order ${graph.inputs.join(", ")}`,
    );
  const columns = tensors.map(({ shape }, i) => readImages(files[i]!, ports[i]!, shape, preprocessing));
  const lengths = columns.map((column) => column.length);
  if (new Set(lengths).size > 1)
    throw new CompileError(`${paths}: hold ${lengths.join(" and ")} samples; give as many of each input`);
  return columns[0]!.map((_, n) => columns.map((column) => column[n]!));
}

/** The images of a file or a folder as an input takes them, HWC. */
function readImages(
  path: string,
  port: Port,
  shape: Shape,
  preprocessing: Preprocessing | undefined,
): readonly Float32Array[] {
  if (!isFolder(path)) return toRealImages(readNpyFile(path), port, shape, preprocessing, path);
  const { images } = readImageFolder(path, unpaddedShape(shape, preprocessing));
  return toRealImages(images, imageForm(shape), shape, preprocessing, path);
}

/** Standard normal noise, seeded: the last resort where no data is given. */
export function noise(graph: Graph): readonly Sample[] {
  let state = 12345;
  const uniform = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return Array.from({ length: noiseSamples }, () =>
    inputsOf(graph).map(({ shape }) => Float32Array.from({ length: elements(shape) }, normal)),
  );
}

export const noiseNote =
  `int8 ranges were calibrated on ${noiseSamples} inputs of seeded noise: ` +
  `give real inputs with --calib FILE.npy or FOLDER`;

function inputsOf(graph: Graph): readonly Tensor[] {
  return graph.inputs.map((name) => tensorOf(graph, name));
}
