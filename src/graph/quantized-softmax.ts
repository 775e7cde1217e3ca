/**
 * Softmax of bytes in integers: powers of e come from a table by distance from the greatest byte.
 *
 * Table entry d < 256 is round(exp(−d × input scale) × 2^k), so entry 0 is 2^k and a pixel's sum lies in
 * [2^k, C × 2^k]. Log-softmax has more entries behind these, in units of 2^−12 of the output's scale `so`:
 * 33 of log(1 + i / 32), one of ln 2, and one of the input's scale.
 */
import { roundHalfAway } from "./quantized.ts";
import { exp, log } from "./transcendental.ts";

/** Softmax's output is in [0, 1] with scale 1/256, as in TensorFlow Lite. */
export const softmaxScale = 1 / 256;

/** Where the entries of log-softmax begin. */
export const logSoftmaxLayout = { log: 256, ln2: 289, step: 290, length: 291 } as const;

/** Segments of the table of logarithms: straight lines between 33 points, at most 0.00013 below the curve. */
export const logSegmentBits = 5;

/** Bits behind the point of log-softmax's units. */
export const logFractionBits = 12;

/** The largest k for which neither 256 × 2^k + half a sum nor a sum of C powers leaves 31 bits. */
export function softmaxBits(channels: number): number {
  return Math.floor(Math.log2((2 ** 31 - 1) / (256 + channels)));
}

export function softmaxTable(channels: number, inputScale: number): Int32Array {
  const one = 2 ** softmaxBits(channels);
  return Int32Array.from({ length: 256 }, (_, d) => roundHalfAway(exp(-d * inputScale) * one));
}

/** Units are `outputScale` / 2^12. */
export function logSoftmaxTable(channels: number, inputScale: number, outputScale: number): Int32Array {
  const units = (real: number): number => roundHalfAway((real / outputScale) * 2 ** logFractionBits);
  const table = new Int32Array(logSoftmaxLayout.length);
  table.set(softmaxTable(channels, inputScale));
  for (let i = 0; i <= 32; i++) table[logSoftmaxLayout.log + i] = units(log(1 + i / 32));
  table[logSoftmaxLayout.ln2] = units(log(2));
  table[logSoftmaxLayout.step] = units(inputScale);
  return table;
}

/** exp(−d × scale) / sum in 256ths, to the nearest. */
export function softmaxByte(table: Int32Array, distance: number, sum: number): number {
  return Math.floor((table[distance]! * 256 + (sum >> 1)) / sum);
}

/** −(d × input scale + log(sum / 2^k)) in units of the output's scale, halves up. */
export function logSoftmaxByte(table: Int32Array, distance: number, sum: number): number {
  const total = distance * table[logSoftmaxLayout.step]! + logOfSum(table, sum);
  return -((total + (1 << (logFractionBits - 1))) >> logFractionBits);
}

/** log(sum / table[0]): the sum shifted left until bit 30 is its highest, then a line of the table. */
export function logOfSum(table: Int32Array, sum: number): number {
  const shifts = Math.clz32(sum) - 1;
  const normal = sum << shifts;
  const segment = logSoftmaxLayout.log + ((normal >> 25) & 31);
  const rest = (normal >> 10) & 0x7fff;
  const line = table[segment]! + (((table[segment + 1]! - table[segment]!) * rest) >> 15);
  return line + (Math.clz32(table[0]!) - 1 - shifts) * table[logSoftmaxLayout.ln2]!;
}
