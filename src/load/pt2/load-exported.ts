/** From a file of `torch.export.save` (`.pt2`) to a graph: chooses the inputs' shapes and runs the program. */
import { CompileError } from "../../error.ts";
import { checkInputShape } from "../loaded.ts";
import type { LoadedModel } from "../loaded.ts";
import { buildNetwork, collect } from "../network.ts";
import type { Network } from "../network.ts";
import type { ZipArchive } from "../zip.ts";
import { openExported } from "./exported-archive.ts";
import { readProgram } from "./program.ts";
import type { Program, Size } from "./program.ts";
import { runProgram } from "./run-program.ts";

export interface ExportedOptions {
  /** Name of the graph, a C identifier. */
  readonly name: string;
  /** Of each input; none where the file's own hold. */
  readonly inputShapes: readonly (readonly number[])[];
}

const experimental =
  "read as torch.export describes its files, which few real ones were tried of: compare its outputs with PyTorch's";

export function loadExported(zip: ZipArchive, { name, inputShapes }: ExportedOptions): LoadedModel {
  const { text, place, weights, records, notes } = openExported(zip);
  const program = readProgram(text, place);
  const shapes = chooseShapes(program, inputShapes);
  const inputNames = userInputs(program);
  const damaged = zip.damaged.map(
    (entry) => `${entry}: its checksum does not match; the file may be damaged`,
  );
  const network: Network = {
    name,
    inputNames,
    records,
    run: (context, inputs) =>
      collect(context, (whole) => runProgram({ program, weights, place }, whole, inputs)),
    notes: () => [experimental, ...notes, ...damaged, ...describeBatch(program)],
  };
  return buildNetwork(network, shapes);
}

function userInputs({ inputs }: Program): readonly string[] {
  return inputs.filter(({ kind }) => kind === "user").map(({ name }) => name);
}

/** What the file says, with the sizes it leaves open as typed; only the batch may be any. */
function chooseShapes(
  program: Program,
  typed: readonly (readonly number[])[],
): readonly (readonly number[])[] {
  const names = userInputs(program);
  if (names.length === 0) throw new CompileError("the program takes no input; a network takes one tensor");
  const sizes = names.map((name) => program.sizes.get(name) ?? []);
  if (typed.length === 0)
    return sizes.map((each) => each.map((size, dim) => closed(size, dim, names, sizes)));
  typed.forEach(checkInputShape);
  if (typed.length !== names.length)
    throw new CompileError(
      `takes ${names.length} inputs (${names.join(", ")}), but ${typed.length} shapes are given; pass one each with --input`,
    );
  typed.forEach((shape, index) => refuseOther(shape, sizes[index]!));
  return typed;
}

function closed(
  size: Size,
  dim: number,
  names: readonly string[],
  sizes: readonly (readonly Size[])[],
): number {
  if (typeof size === "number") return size;
  if (dim === 0) return 1;
  const open = sizes.map((each, index) => `${names[index]} ${each.map(textOf).join("x")}`).join(", ");
  const example = sizes.map((each) =>
    each
      .map((other, at) => (typeof other === "number" ? other : at === 0 ? 1 : (other.hint ?? 32)))
      .join("x"),
  );
  throw new CompileError(
    `the file leaves sizes of its input open (${open}): pass --input ${example.join(",")}`,
  );
}

function refuseOther(shape: readonly number[], sizes: readonly Size[]): void {
  const fits =
    shape.length === sizes.length &&
    sizes.every((size, dim) => dim === 0 || typeof size !== "number" || size === shape[dim]);
  if (fits) return;
  throw new CompileError(
    `--input ${shape.join("x")}: the program was exported for ${sizes.map(textOf).join("x")} and fits no other; ` +
      "leave --input out, or export it with dynamic_shapes",
  );
}

function textOf(size: Size): string {
  return typeof size === "number" ? String(size) : size.symbol;
}

function describeBatch(program: Program): readonly string[] {
  const [batch] = program.sizes.get(userInputs(program)[0]!) ?? [];
  return typeof batch === "number" && batch > 1
    ? [`exported for a batch of ${batch}; read as one item at a time`]
    : [];
}
