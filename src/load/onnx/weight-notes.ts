/** What was odd about the weights that layers used: other element types, and values that are no numbers. */
import type { ArrayValue } from "./value.ts";

const converted: Partial<Record<ArrayValue["type"], string>> = {
  f64: "float64",
  f16: "float16",
  bf16: "bfloat16",
};

export class WeightNotes {
  readonly #converted = new Map<string, Set<string>>();
  readonly #nonFinite = new Map<string, string>();

  note({ name, type, data }: ArrayValue): void {
    const dtype = converted[type];
    if (dtype) this.#converted.set(dtype, (this.#converted.get(dtype) ?? new Set()).add(name));
    let count = 0;
    for (const value of data) if (!Number.isFinite(value)) count += 1;
    if (count === 0) return;
    const verb = count === 1 ? "is" : "are";
    this.#nonFinite.set(
      name,
      `${name}: ${count} of ${data.length} values ${verb} NaN or infinite; train or save the model again`,
    );
  }

  /** One sentence an element type. */
  get notes(): readonly string[] {
    return [...this.#converted].map(
      ([dtype, names]) =>
        `${names.size} ${names.size === 1 ? "tensor" : "tensors"} converted from ${dtype} to float32`,
    );
  }

  get problems(): readonly string[] {
    return [...this.#nonFinite.values()];
  }
}
