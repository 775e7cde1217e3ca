/** Reads the weights layers ask for, as float32 or as the bytes they are, and remembers what was odd about them. */
import { CompileError } from "../error.ts";
import { readScalar, readSignedBytes, readTensor } from "./tensor.ts";
import type { PickleTensor, StorageType, TensorQuantization } from "./pickle-value.ts";

const dtypeNames: Partial<Record<StorageType, string>> = {
  DoubleStorage: "float64",
  HalfStorage: "float16",
  BFloat16Storage: "bfloat16",
};

/** Bytes by name: a zip archive, or several behind one another. */
export interface RecordSource {
  has(name: string): boolean;
  read(name: string): Uint8Array;
}

/** A quantised weight: real = scale × byte, with one scale or one a place along the first axis. */
export interface QuantizedWeight {
  readonly data: Int8Array;
  readonly scales: readonly number[];
}

export class WeightReader {
  readonly #records: RecordSource;
  readonly #converted = new Map<string, Set<string>>();
  readonly #dequantized = new Set<string>();
  readonly #nonFinite = new Map<string, string>();

  constructor(records: RecordSource) {
    this.#records = records;
  }

  /** Dense numbers of a tensor called `name`, last dimension fastest. */
  read(tensor: PickleTensor, name: string): Float32Array {
    if (tensor.quantization) return this.#readDequantized(tensor, name);
    const data = readTensor(tensor, this.#bytes(tensor, name), name);
    this.#noteConversion(tensor, name);
    this.#noteNonFinite(data, name);
    return data;
  }

  /**
   * The bytes of a quantised weight, output channels first, and their scales.
   *
   * @throws CompileError where byte 0 is not 0, or the scales are along another dimension.
   */
  readQuantized(tensor: PickleTensor, name: string): QuantizedWeight {
    const { quantization } = tensor;
    if (!quantization) throw new CompileError(`${name}: is not quantised; quantise the whole network`);
    const data = readSignedBytes(tensor, this.#bytes(tensor, name), name);
    const { scales, zeroPoints } = this.#scalesOf(quantization, tensor.size[0]!, name);
    const odd = zeroPoints.find((zeroPoint) => zeroPoint !== 0);
    if (odd === undefined) return { data, scales };
    throw new CompileError(`${name}: a weight's zero point is ${odd}, expected 0; quantise it symmetrically`);
  }

  /** A quantised weight in a layer that computes in float. */
  #readDequantized(tensor: PickleTensor, name: string): Float32Array {
    const { data, scales } = this.readQuantized(tensor, name);
    const perChannel = data.length / tensor.size[0]!;
    const scaleOf = (i: number): number => scales[scales.length === 1 ? 0 : Math.floor(i / perChannel)]!;
    this.#dequantized.add(name);
    return Float32Array.from(data, (q, i) => q * scaleOf(i));
  }

  #scalesOf(
    quantization: TensorQuantization,
    channels: number,
    name: string,
  ): { scales: readonly number[]; zeroPoints: readonly number[] } {
    if (!("axis" in quantization))
      return { scales: [quantization.scale], zeroPoints: [quantization.zeroPoint] };
    const [scales, zeroPoints] = [quantization.scale, quantization.zeroPoint].map((each) =>
      Array.from(readTensor(each, this.#bytes(each, name), name)),
    ) as [number[], number[]];
    if (quantization.axis === 0 && scales.length === channels && zeroPoints.length === channels)
      return { scales, zeroPoints };
    throw new CompileError(
      `${name}: ${scales.length} scales along dimension ${quantization.axis}, expected one an output channel`,
    );
  }

  /** The number in a tensor of one element. */
  readScalar(tensor: PickleTensor, name: string): number {
    return readScalar(tensor, this.#bytes(tensor, name), name);
  }

  /** What was converted, one sentence an element type. */
  get notes(): readonly string[] {
    const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;
    const converted = [...this.#converted].map(
      ([dtype, names]) => `${counted(names.size, "tensor")} converted from ${dtype} to float32`,
    );
    const { size } = this.#dequantized;
    const dequantized = `${counted(size, "weight")} of dynamically quantised layers read as float32`;
    return size === 0 ? converted : [...converted, dequantized];
  }

  /** Weights that are not numbers, one sentence each. */
  get problems(): readonly string[] {
    return [...this.#nonFinite.values()];
  }

  #bytes(tensor: PickleTensor, name: string): Uint8Array {
    const { record, key } = tensor.storage;
    if (!this.#records.has(record)) {
      throw new CompileError(
        `${name}: its storage ${key} is missing from the file; download or save it again`,
      );
    }
    return this.#records.read(record);
  }

  #noteConversion(tensor: PickleTensor, name: string): void {
    const dtype = dtypeNames[tensor.storage.type];
    if (dtype !== undefined) this.#remember(dtype, name);
  }

  #remember(dtype: string, name: string): void {
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
