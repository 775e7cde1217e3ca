/**
 * Opens both layouts of `torch.export` files: of PyTorch 2.1 to 2.7, `serialized_exported_program.json` beside nested
 * `torch.save` archives of weights; and since 2.8 `models/NAME.json` with weights as plain records.
 *
 * Source: torch/export/pt2_archive/constants.py and _package.py; torch/_export/serde/serialize.py.
 */
import { CompileError } from "../../error.ts";
import { isKind } from "../pickle.ts";
import type { PickleTensor } from "../pickle-value.ts";
import { openTorchSave } from "../torch-save.ts";
import type { RecordSource } from "../weights.ts";
import { ZipArchive } from "../zip.ts";
import { objectIn, parseJson, textIn } from "./json.ts";
import { tensorOf } from "./tensor-meta.ts";

export interface ExportedArchive {
  /** The program's JSON, and the name of its entry. */
  readonly text: string;
  readonly place: string;
  /** Parameters, buffers and constants by the names the program uses. */
  readonly weights: ReadonlyMap<string, PickleTensor>;
  readonly records: RecordSource;
  readonly notes: readonly string[];
}

const oldProgram = "serialized_exported_program.json";

export function openExported(zip: ZipArchive): ExportedArchive {
  const old = zip.names.find((name) => name === oldProgram || name.endsWith(`/${oldProgram}`));
  return old === undefined ? openPackage(zip) : openOld(zip, old);
}

function openOld(zip: ZipArchive, program: string): ExportedArchive {
  const folder = program.slice(0, -oldProgram.length);
  const nested = new NestedArchives();
  for (const name of ["serialized_state_dict", "serialized_constants"]) {
    const entry = [`${folder}${name}.pt`, `${folder}${name}.json`].find((each) => zip.has(each));
    if (entry !== undefined) nested.add(zip.read(entry), entry);
  }
  return {
    text: zip.readText(program),
    place: oldProgram,
    weights: nested.weights,
    records: nested,
    notes: [],
  };
}

function openPackage(zip: ZipArchive): ExportedArchive {
  const models = zip.names.filter((name) => /(^|\/)models\/[^/]+\.json$/.test(name));
  const [model] = models;
  if (model === undefined) {
    const isCompiled = zip.names.some((name) => name.includes("data/aotinductor/"));
    throw new CompileError(
      isCompiled
        ? "AOTInductor package, machine code for another computer; save with torch.export.save"
        : "torch.export archive without models/*.json; export it again",
    );
  }
  const folder = model.slice(0, model.lastIndexOf("models/"));
  if (zip.has(`${folder}byteorder`) && zip.readText(`${folder}byteorder`).trim() === "big")
    throw new CompileError("saved on a big-endian machine; export it again on another");
  const name = model.slice(folder.length + "models/".length, -".json".length);
  const nested = new NestedArchives(zip);
  for (const part of ["weights", "constants"])
    readPart(zip, `${folder}data/${part}/`, `${name}_${part}_config.json`, name, nested);
  const others = models.length === 1 ? [] : [`holds ${models.length} programs; ${name} was read`];
  return {
    text: zip.readText(model),
    place: model.slice(folder.length),
    weights: nested.weights,
    records: nested,
    notes: others,
  };
}

/** Weights as records named by a list, or in the first files of 2.8 one `torch.save` archive. */
function readPart(zip: ZipArchive, folder: string, list: string, model: string, into: NestedArchives): void {
  const archive = `${folder}${model}.pt`;
  if (zip.has(archive)) into.add(zip.read(archive), archive);
  if (!zip.has(`${folder}${list}`)) return;
  const place = `${folder}${list}`;
  const entries = objectIn(objectIn(parseJson(zip.readText(place), place), place).config, place);
  for (const [name, value] of Object.entries(entries)) {
    const entry = objectIn(value, `${place}: ${name}`);
    const record = `${folder}${textIn(entry.path_name, `${place}: ${name}`)}`;
    if (entry.use_pickle === true) {
      if (zip.has(record)) into.addOne(name, zip.read(record), record);
    } else if (entry.tensor_meta !== null && entry.tensor_meta !== undefined)
      into.weights.set(name, tensorOf(entry.tensor_meta, record, name));
  }
}

/** The tensors of `torch.save` archives inside an archive, and the records they and plain weights are in. */
class NestedArchives implements RecordSource {
  readonly weights = new Map<string, PickleTensor>();
  readonly #outer: RecordSource | undefined;
  readonly #records = new Map<string, { readonly source: RecordSource; readonly name: string }>();

  constructor(outer?: RecordSource) {
    this.#outer = outer;
  }

  has(name: string): boolean {
    return this.#records.has(name) || this.#outer?.has(name) === true;
  }

  read(name: string): Uint8Array {
    const nested = this.#records.get(name);
    if (nested) return nested.source.read(nested.name);
    if (this.#outer) return this.#outer.read(name);
    throw new CompileError(`${name}: missing from the archive; export the model again`);
  }

  /** All tensors of a saved dictionary. */
  add(bytes: Uint8Array, place: string): void {
    if (bytes.length === 0) return;
    const { root, records } = openTorchSave(new ZipArchive(bytes));
    if (!isKind(root, "dict"))
      throw new CompileError(`${place}: holds no dictionary of tensors; export it again`);
    for (const [name, value] of root.entries) {
      if (typeof name === "string" && isKind(value, "tensor")) this.#keep(name, value, records, place);
    }
  }

  /** A tensor saved alone. */
  addOne(name: string, bytes: Uint8Array, place: string): void {
    const { root, records } = openTorchSave(new ZipArchive(bytes));
    if (isKind(root, "tensor")) this.#keep(name, root, records, place);
  }

  #keep(name: string, tensor: PickleTensor, source: RecordSource, place: string): void {
    const record = `${place}!${tensor.storage.record}`;
    this.#records.set(record, { source, name: tensor.storage.record });
    this.weights.set(name, { ...tensor, storage: { ...tensor.storage, record } });
  }
}
