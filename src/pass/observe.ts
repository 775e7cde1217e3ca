/** What a float graph's tensors do on samples: all that calibration and its cures need to know. */
import { CompileError } from "../error.ts";
import { tensorOf } from "../graph/build.ts";
import { evaluate } from "../graph/evaluate.ts";
import type { Graph } from "../graph/graph.ts";
import { Histogram } from "./histogram.ts";

/** The least and the greatest value a tensor took. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** One tensor over all samples. */
export class Observation {
  readonly histogram = new Histogram();
  /** The least and the greatest value, sample by sample. */
  readonly extremes: Range[] = [];
  /** Sum over samples, element by element (HWC). */
  private readonly sums: Float64Array;
  private readonly tensor: string;

  /** The greatest magnitude in each channel. */
  readonly channelReach: Float64Array;

  constructor(tensor: string, length: number, channels: number) {
    this.tensor = tensor;
    this.channelReach = new Float64Array(channels);
    this.sums = new Float64Array(length);
  }

  /** @throws CompileError at a value that is not finite. */
  add(values: ArrayLike<number>): void {
    let min = Infinity;
    let max = -Infinity;
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (!Number.isFinite(value))
        throw new CompileError(
          `calibration: ${this.tensor} became ${value} at element ${i}; check the samples' preprocessing and the weights`,
        );
      if (value < min) min = value;
      if (value > max) max = value;
      this.sums[i]! += value;
      const channel = i % this.channelReach.length;
      this.channelReach[channel] = Math.max(this.channelReach[channel]!, Math.abs(value));
    }
    this.extremes.push({ min, max });
    this.histogram.add(values, Math.max(-min, max));
  }

  range(): Range {
    return {
      min: Math.min(...this.extremes.map(({ min }) => min)),
      max: Math.max(...this.extremes.map(({ max }) => max)),
    };
  }

  /** The mean image, HWC. */
  mean(): Float32Array {
    return Float32Array.from(this.sums, (sum) => sum / this.extremes.length);
  }
}

/** By tensor name. */
export type Observations = ReadonlyMap<string, Observation>;

/**
 * Runs a float graph on samples (each: one HWC array an input).
 *
 * @throws CompileError where there are no samples, or a value is not finite.
 */
export function observe(graph: Graph, samples: Iterable<readonly Float32Array[]>): Observations {
  const observations = new Map<string, Observation>();
  for (const sample of samples) {
    for (const [tensor, values] of evaluate(graph, sample)) {
      const seen =
        observations.get(tensor) ?? new Observation(tensor, values.length, tensorOf(graph, tensor).shape.c);
      observations.set(tensor, seen);
      seen.add(values);
    }
  }
  if (observations.size === 0)
    throw new CompileError("calibration: there are no samples; give at least one input");
  return observations;
}
