/** What a file says of quantisation while its graph is built in real numbers: kept by tensor and by weight. */
import type { ByteType } from "../../graph/byte-type.ts";

export class Quantizations {
  readonly #types = new Map<number, ByteType>();
  readonly #scales = new WeakMap<Float32Array, readonly number[]>();

  /** Whether anything is quantised. */
  get isEmpty(): boolean {
    return this.#types.size === 0;
  }

  /** The numbers of tensor `tensor` are those its bytes of `type` stand for. */
  mark(tensor: number, type: ByteType): void {
    this.#types.set(tensor, type);
  }

  typeOf(tensor: number): ByteType | undefined {
    return this.#types.get(tensor);
  }

  /** The types of tensors by the names they have in a finished graph. */
  byName(tensorNames: ReadonlyMap<number, string>): ReadonlyMap<string, ByteType> {
    const named = new Map<string, ByteType>();
    for (const [tensor, type] of this.#types) {
      const name = tensorNames.get(tensor);
      if (name !== undefined) named.set(name, type);
    }
    return named;
  }

  /** `weights` are integers times these scales: one, or one an output channel. */
  markWeights(weights: Float32Array, scales: readonly number[]): void {
    this.#scales.set(weights, scales);
  }

  scalesOf(weights: Float32Array): readonly number[] | undefined {
    return this.#scales.get(weights);
  }
}
