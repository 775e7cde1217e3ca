/** Finds the weights in what `torch.save` saved: at the root, or under a key of a checkpoint, whatever their prefix. */
import { isKind } from "./pickle.ts";
import type { PickleDict, PickleTensor, PickleValue } from "./pickle-value.ts";

export interface FoundWeights {
  /** By name; a prefix that all had is left out. */
  readonly weights: ReadonlyMap<string, PickleTensor>;
  /** The key of the checkpoint they are under. */
  readonly key: string | undefined;
  /** Where they were, and what was left out: one sentence each. */
  readonly notes: readonly string[];
  /** Whether layers keep their weights packed, as PyTorch's quantised ones do. */
  readonly isQuantized: boolean;
}

/** What wraps a model: `nn.DataParallel`, `torch.compile`. */
const wrappers = ["module.", "_orig_mod."];

/** The dictionary with the most tensors: the root or, of a checkpoint, one below it. */
export function findWeights(root: PickleValue): FoundWeights | undefined {
  if (!isKind(root, "dict")) return undefined;
  const candidates: { key: string | undefined; dict: PickleDict }[] = [{ key: undefined, dict: root }];
  for (const [key, dict] of root.entries) {
    if (typeof key === "string" && isKind(dict, "dict")) candidates.push({ key, dict });
  }
  const sized = candidates.map(({ key, dict }) => ({ key, dict, weights: tensorsOf(dict) }));
  const { key, dict, weights } = sized.reduce((most, next) =>
    next.weights.size > most.weights.size ? next : most,
  );
  if (weights.size === 0) return undefined;
  const isPacked = (name: PickleValue): boolean =>
    typeof name === "string" && /(^|\.)_packed_params(\.|$)/.test(name);
  const isQuantized =
    [...dict.entries.keys()].some(isPacked) || [...weights.values()].some((tensor) => tensor.quantization);
  const notes = key === undefined ? [] : describeCheckpoint(root, key);
  return { ...strip(weights, notes), key, isQuantized };
}

function describeCheckpoint(root: PickleDict, key: string): readonly string[] {
  const others = [...root.entries.keys()].filter((other) => other !== key).slice(0, 12);
  const ignored = others.length === 0 ? "" : `; ${others.map(String).join(", ")} ignored`;
  return [`weights read from the checkpoint's "${key}"${ignored}`];
}

function strip(
  weights: ReadonlyMap<string, PickleTensor>,
  notes: readonly string[],
): Pick<FoundWeights, "weights" | "notes"> {
  const prefix = wrappers.find((wrapper) => [...weights.keys()].every((name) => name.startsWith(wrapper)));
  if (prefix === undefined) return { weights, notes };
  const stripped = new Map([...weights].map(([name, tensor]) => [name.slice(prefix.length), tensor]));
  return strip(stripped, [...notes, `"${prefix}" left out before the names of all weights`]);
}

function tensorsOf(dict: PickleDict): ReadonlyMap<string, PickleTensor> {
  return new Map(
    [...dict.entries].flatMap(([name, value]) =>
      isKind(value, "tensor") ? [[String(name), value] as const] : [],
    ),
  );
}
