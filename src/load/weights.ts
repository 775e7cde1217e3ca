/** Reads the weights layers ask for as float32, and remembers what was odd about them. */
import { CompileError } from "../error.ts";
import { readScalar, readTensor } from "./tensor.ts";
import type { PickleTensor, StorageType } from "./pickle-value.ts";
import type { ZipArchive } from "./zip.ts";

const dtypeNames: Partial<Record<StorageType, string>> = {
  DoubleStorage: "float64",
  HalfStorage: "float16",
  BFloat16Storage: "bfloat16",
};

export class WeightReader {
  readonly #zip: ZipArchive;
  readonly #converted = new Map<string, Set<string>>();
  readonly #nonFinite = new Map<string, string>();

  constructor(zip: ZipArchive) {
    this.#zip = zip;
  }

  /** Dense numbers of a tensor called `name`, last dimension fastest. */
  read(tensor: PickleTensor, name: string): Float32Array {
    if (tensor.isQuantized) {
      throw new CompileError(`${name}: quantised weight; save the float model, quantising it is done here`);
    }
    const data = readTensor(tensor, this.#bytes(tensor, name), name);
    this.#noteConversion(tensor, name);
    this.#noteNonFinite(data, name);
    return data;
  }

  /** The number in a tensor of one element. */
  readScalar(tensor: PickleTensor, name: string): number {
    return readScalar(tensor, this.#bytes(tensor, name), name);
  }

  /** What was converted, one sentence an element type. */
  get notes(): readonly string[] {
    return [...this.#converted].map(
      ([dtype, names]) =>
        `${names.size} ${names.size === 1 ? "tensor" : "tensors"} converted from ${dtype} to float32`,
    );
  }

  /** Weights that are not numbers, one sentence each. */
  get problems(): readonly string[] {
    return [...this.#nonFinite.values()];
  }

  #bytes(tensor: PickleTensor, name: string): Uint8Array {
    const { record, key } = tensor.storage;
    if (!this.#zip.has(record)) {
      throw new CompileError(
        `${name}: its storage ${key} is missing from the file; download or save it again`,
      );
    }
    return this.#zip.read(record);
  }

  #noteConversion(tensor: PickleTensor, name: string): void {
    const dtype = dtypeNames[tensor.storage.type];
    if (dtype === undefined) return;
    const names = this.#converted.get(dtype) ?? new Set();
    this.#converted.set(dtype, names.add(name));
  }

  #noteNonFinite(data: Float32Array, name: string): void {
    const count = data.reduce((sum, value) => sum + (Number.isFinite(value) ? 0 : 1), 0);
    if (count === 0) return;
    const verb = count === 1 ? "is" : "are";
    this.#nonFinite.set(
      name,
      `${name}: ${count} of ${data.length} values ${verb} NaN or infinite; train or save the model again`,
    );
  }
}
