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
}

/** What wraps a model: `nn.DataParallel`, `torch.compile`. */
const wrappers = ["module.", "_orig_mod."];

/** The dictionary with the most tensors: the root or, of a checkpoint, one below it. */
export function findWeights(root: PickleValue): FoundWeights | undefined {
  if (!isKind(root, "dict")) return undefined;
  const candidates: { key: string | undefined; weights: ReadonlyMap<string, PickleTensor> }[] = [
    { key: undefined, weights: tensorsOf(root) },
  ];
  for (const [key, value] of root.entries) {
    if (typeof key === "string" && isKind(value, "dict")) candidates.push({ key, weights: tensorsOf(value) });
  }
  const best = candidates.reduce((most, next) => (next.weights.size > most.weights.size ? next : most));
  if (best.weights.size === 0) return undefined;
  return strip(best.weights, best.key, best.key === undefined ? [] : describeCheckpoint(root, best.key));
}

function describeCheckpoint(root: PickleDict, key: string): readonly string[] {
  const others = [...root.entries.keys()].filter((other) => other !== key).slice(0, 12);
  const ignored = others.length === 0 ? "" : `; ${others.map(String).join(", ")} ignored`;
  return [`weights read from the checkpoint's "${key}"${ignored}`];
}

function strip(
  weights: ReadonlyMap<string, PickleTensor>,
  key: string | undefined,
  notes: readonly string[],
): FoundWeights {
  const prefix = wrappers.find((wrapper) => [...weights.keys()].every((name) => name.startsWith(wrapper)));
  if (prefix === undefined) return { weights, key, notes };
  const stripped = new Map([...weights].map(([name, tensor]) => [name.slice(prefix.length), tensor]));
  return strip(stripped, key, [...notes, `"${prefix}" left out before the names of all weights`]);
}

function tensorsOf(dict: PickleDict): ReadonlyMap<string, PickleTensor> {
  return new Map(
    [...dict.entries].flatMap(([name, value]) =>
      isKind(value, "tensor") ? [[String(name), value] as const] : [],
    ),
  );
}
