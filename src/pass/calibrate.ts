import { CompileError } from "../error.ts";
import { evaluate } from "../graph/evaluate.ts";
import type { Graph } from "../graph/graph.ts";

/** The least and the greatest value a tensor took. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** By tensor name. */
export type Ranges = ReadonlyMap<string, Range>;

/**
 * Runs a float graph on samples (each: one HWC array an input) and notes every tensor's range: plain minimum and maximum,
 * no percentiles: TensorFlow Lite's default calibration too.
 *
 * @throws CompileError where there are no samples, or a value is not finite.
 */
export function calibrate(graph: Graph, samples: Iterable<readonly Float32Array[]>): Ranges {
  const ranges = new Map<string, Range>();
  for (const sample of samples) {
    for (const [tensor, values] of evaluate(graph, sample)) {
      ranges.set(tensor, widened(ranges.get(tensor), tensor, values));
    }
  }
  if (ranges.size === 0) throw new CompileError("calibration: there are no samples; give at least one input");
  return ranges;
}

function widened(range: Range | undefined, tensor: string, values: ArrayLike<number>): Range {
  let min = range?.min ?? Infinity;
  let max = range?.max ?? -Infinity;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) {
      throw new CompileError(
        `calibration: ${tensor} became ${value} at element ${i}; check the samples' preprocessing and the weights`,
      );
    }
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { min, max };
}
