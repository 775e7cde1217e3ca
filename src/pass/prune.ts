/**
 * Takes weights out of linear layers: of every output the same share, so that each keeps as many, as the kernel of
 * `lower/sparse.ts` wants them. Least by magnitude times the spread of the input it weighs (Sun et al. 2023, "A Simple and
 * Effective Pruning Approach for Large Language Models"): by what it adds to its output, not by what it is.
 *
 * The weights that stay make up for those that go: with H the covariance of the layer's inputs on the samples, damped, they
 * are those of least (w' − w)ᵀ H (w' − w), the solution of H w' = H w on what is left (Hassibi & Stork 1993). Weights go in a
 * few rounds, each by what the round before has left. Biases are left to `correct-bias.ts`.
 */
import { evaluate } from "../graph/evaluate.ts";
import type { Graph, Linear } from "../graph/graph.ts";
import { solvePositive } from "./solve.ts";

type Samples = readonly (readonly Float32Array[])[];

const rounds = 6;

/** Of the mean variance, added to each: few samples say little of how inputs vary together. */
const damping = 0.1;

/** @param share In [0, 1): of the weights of each output, how many become 0; at least one is left. */
export function prune(graph: Graph, samples: Samples, share: number): Graph {
  if (share === 0) return graph;
  const values = samples.map((sample) => evaluate(graph, sample));
  const nodes = graph.nodes.map((node) =>
    node.kind === "linear"
      ? pruned(node, covariance(values.map((of) => of.get(node.inputs[0]!)!)), share)
      : node,
  );
  return { ...graph, nodes };
}

/** How a layer's inputs vary together, n × n, damped; their mean is a matter of the bias. */
function covariance(inputs: readonly ArrayLike<number>[]): Float64Array {
  const n = inputs[0]!.length;
  const mean = Float64Array.from(
    { length: n },
    (_, i) => inputs.reduce((sum, x) => sum + x[i]!, 0) / inputs.length,
  );
  const h = new Float64Array(n * n);
  for (const input of inputs) {
    const x = mean.map((m, i) => input[i]! - m);
    for (let i = 0; i < n; i++) {
      const part = x[i]! / inputs.length;
      if (part !== 0) for (let j = 0; j < n; j++) h[i * n + j]! += part * x[j]!;
    }
  }
  let trace = 0;
  for (let i = 0; i < n; i++) trace += h[i * n + i]!;
  const added = (damping * trace) / n || 1;
  for (let i = 0; i < n; i++) h[i * n + i]! += added;
  return h;
}

function pruned(node: Linear, h: Float64Array, share: number): Linear {
  const data = Float32Array.from(node.weight.data);
  const n = Math.sqrt(h.length);
  for (let from = 0; from < data.length; from += n) {
    const own = data.subarray(from, from + n);
    own.set(prunedRow(Float64Array.from(own), h, share));
  }
  return { ...node, weight: { ...node.weight, data } };
}

function prunedRow(whole: Float64Array, h: Float64Array, share: number): Float64Array {
  const n = whole.length;
  const target = whole.map((_, i) => whole.reduce((sum, w, j) => sum + h[i * n + j]! * w, 0));
  let row = whole;
  let left = Array.from(whole, (_, i) => i);
  for (let round = 1; round <= rounds; round++) {
    const keep = Math.max(1, n - Math.round(n * (1 - (1 - share) ** (round / rounds))));
    const loss = (i: number): number => row[i]! ** 2 * h[i * n + i]!;
    left = left
      .sort((a, b) => loss(b) - loss(a) || a - b)
      .slice(0, keep)
      .sort((a, b) => a - b);
    row = refitted(left, h, target);
  }
  return row;
}

/** The weights at `left` that come nearest to H w' = `target`; the others are 0. */
function refitted(left: readonly number[], h: Float64Array, target: Float64Array): Float64Array {
  const n = target.length;
  const a = Float64Array.from({ length: left.length ** 2 }, (_, at) => {
    const [i, j] = [Math.floor(at / left.length), at % left.length];
    return h[left[i]! * n + left[j]!]!;
  });
  const solved = solvePositive(
    a,
    Float64Array.from(left, (i) => target[i]!),
  );
  const row = new Float64Array(n);
  left.forEach((i, at) => (row[i] = solved[at]!));
  return row;
}
