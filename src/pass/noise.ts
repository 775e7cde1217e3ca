/** How far a tensor's bytes are from the values they stand for, and how these values lie in the bytes' range. */
import { CompileError } from "../error.ts";
import type { ByteType } from "../graph/byte-type.ts";
import type { Tensor } from "../graph/graph.ts";
import { byteLimits, dequantizeValue } from "../graph/quantized.ts";

export interface Noise {
  readonly tensor: string;
  /** 10 log10(sum f² / sum (f − q)²), f float and q its dequantised byte; Infinity where all are exact. */
  readonly decibels: number;
  /** Largest |f − q|, in steps of the tensor's scale. */
  readonly largestError: number;
  /** What rounding the exact values would cost by itself, as a part of the noise: step² / 12 for each that is not 0. */
  readonly rounding: number;
  /** Part of the values that lies more than half a step outside what bytes can say. */
  readonly outside: number;
  /** The greatest magnitude that bytes can say. */
  readonly limit: number;
  /** The greatest magnitude that float values took. */
  readonly reach: number;
  /** Part of `reach` within which 99.9 % of the values lie that are not 0. */
  readonly bulk: number;
  /** `reach` of each channel. */
  readonly channelReach: readonly number[];
}

const bins = 256;
const bulkPart = 0.999;

/** Adds up one tensor's values over samples, so that no sample need be kept. */
export class NoiseMeter {
  readonly tensor: Tensor;
  private readonly scale: number;
  private readonly least: number;
  private readonly greatest: number;
  private readonly channelReach: Float64Array;
  /** Magnitudes that are not 0, in parts of twice the limit; the last bin takes what is greater. */
  private readonly histogram = new Float64Array(bins);
  private signal = 0;
  private noise = 0;
  private largestError = 0;
  private outside = 0;
  private count = 0;

  constructor(tensor: Tensor, { dtype, quantization }: ByteType) {
    const limits = byteLimits(dtype);
    this.tensor = tensor;
    this.scale = quantization.scale;
    this.least = dequantizeValue(limits.min, quantization);
    this.greatest = dequantizeValue(limits.max, quantization);
    this.channelReach = new Float64Array(tensor.shape.c);
  }

  /** @throws CompileError at a float value that is not finite. */
  add(float: ArrayLike<number>, quantized: ArrayLike<number>): void {
    const { scale, least, greatest, histogram, channelReach } = this;
    const channels = channelReach.length;
    const perBin = bins / (2 * this.limit());
    for (let i = 0; i < float.length; i++) {
      const f = float[i]!;
      const error = Math.abs(f - quantized[i]!);
      this.signal += f * f;
      this.noise += error * error;
      if (error > this.largestError) this.largestError = error;
      if (f < least - scale / 2 || f > greatest + scale / 2) this.outside++;
      const magnitude = Math.abs(f);
      if (magnitude > channelReach[i % channels]!) channelReach[i % channels] = magnitude;
      if (magnitude > 0) histogram[Math.min(Math.floor(magnitude * perBin), bins - 1)]!++;
    }
    this.count += float.length;
    if (!Number.isFinite(this.signal))
      throw new CompileError(
        `${this.tensor.name}: a float value is not finite; check the samples' preprocessing and the weights`,
      );
  }

  result(): Noise {
    const { noise, scale } = this;
    const reach = Math.max(...this.channelReach);
    const filled = this.histogram.reduce((sum, n) => sum + n, 0);
    return {
      tensor: this.tensor.name,
      decibels: noise === 0 ? Infinity : 10 * Math.log10(this.signal / noise),
      largestError: this.largestError / scale,
      rounding: noise === 0 ? 1 : Math.min(((scale * scale) / 12) * (filled / noise), 1),
      outside: this.outside / this.count,
      limit: this.limit(),
      reach,
      bulk: reach === 0 ? 1 : Math.min(this.bulkEnd(filled) / reach, 1),
      channelReach: [...this.channelReach],
    };
  }

  private limit(): number {
    return Math.max(-this.least, this.greatest);
  }

  /** The upper end of the bin that holds the last of the bulk. */
  private bulkEnd(filled: number): number {
    let sum = 0;
    const last = this.histogram.findIndex((n) => (sum += n) >= bulkPart * filled);
    return last === bins - 1 ? Infinity : ((last + 1) / bins) * 2 * this.limit();
  }
}
