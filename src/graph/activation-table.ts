import { applyActivation } from "./activation-function.ts";
import type { ByteType } from "./byte-type.ts";
import type { ActivationFunction } from "./graph.ts";
import { byteLimits, dequantizeValue, quantizeValue } from "./quantized.ts";

/**
 * The table of an int8 `activation`: for every input byte, least first, the byte of the function's value. With a
 * parameter a channel, one such table after another.
 */
export function activationTable(
  fn: ActivationFunction,
  parameter: ArrayLike<number>,
  input: ByteType,
  output: ByteType,
): Int8Array | Uint8Array {
  const tables = Math.max(parameter.length, 1);
  const lowest = byteLimits(input.dtype).min;
  const limits = byteLimits(output.dtype);
  const bytes = output.dtype === "u8" ? new Uint8Array(256 * tables) : new Int8Array(256 * tables);
  for (let i = 0; i < bytes.length; i++) {
    const x = dequantizeValue((i % 256) + lowest, input.quantization);
    const y = applyActivation(fn, x, parameter[Math.floor(i / 256)] ?? 0);
    bytes[i] = quantizeValue(y, output.quantization, limits);
  }
  return bytes;
}
