/**
 * Weights of 4 bits, two a byte, and of 1 bit, eight a byte, taken apart in registers: a shift left, as a product that wraps,
 * and one right bring a weight from its place in the byte with its sign. A weight of 1 bit is −1 where its bit is set and else 1.
 *
 * Neighbours along the input's channels share a byte; a run of channels that fills no whole number of bytes ends in one
 * whose rest is unused.
 */
import { add, c, declare, load, mul, mulWrapping, shr, v } from "../loop/build.ts";
import type { Expr, Stmt } from "../loop/ir.ts";
import { turns } from "./axis.ts";
import { constant } from "./constants.ts";
import type { ConvNest } from "./conv2d.ts";

/** Bits of a weight that shares its byte. */
export type PackedBits = 4 | 1;

const perByte = (bits: PackedBits): number => 8 / bits;

/** Weights in runs of so many, each from a byte of its own on; all must be in [−8, 7], or be 1 or −1. */
export function packWeights(weights: ArrayLike<number>, run: number, bits: PackedBits): Int8Array {
  const bytes = Math.ceil(run / perByte(bits));
  const packed = new Int8Array((weights.length / run) * bytes);
  for (let i = 0; i < weights.length; i++) {
    const at = i % run;
    const code = bits === 4 ? weights[i]! & 15 : Number(weights[i]! < 0);
    const shift = bits * (at % perByte(bits));
    packed[Math.floor(i / run) * bytes + Math.floor(at / perByte(bits))]! |= code << shift;
  }
  return packed;
}

/** Weight number `at` of a byte. */
export function unpacked(byte: Expr, at: number, bits: PackedBits): Expr {
  const above = 8 - bits * (at + 1);
  const signed =
    above === 0 ? shr(byte, 8 - bits) : shr(mulWrapping(byte, (2 ** (24 + above)) | 0), 32 - bits);
  return bits === 4 ? signed : add(mul(signed, 2), 1);
}

/** Weights of one tap: channels of a group. */
const runOf = ({ channels, groups }: ConvNest): number => channels / groups;

/** The nest with its weights packed. */
export function withPackedWeights(nest: ConvNest, bits: PackedBits): ConvNest {
  const packed = packWeights(nest.node.weight.data, runOf(nest), bits);
  return { ...nest, weight: constant(nest.node.name, "weight", packed), packedBits: bits };
}

/** Adds the products of tap number `tap`: `product` of an input's index and its weight, `x` the index of the first. */
export function addPackedTap(
  nest: ConvNest,
  bits: PackedBits,
  tap: Expr,
  x: Expr,
  product: (x: Expr, w: Expr) => Stmt,
): readonly Stmt[] {
  const count = perByte(bits);
  const run = runOf(nest);
  const first = mul(tap, Math.ceil(run / count));
  const byteOf = (name: string, at: Expr, weights: number): readonly Stmt[] => [
    declare(name, load(nest.weight.buffer, add(first, at))),
    ...Array.from({ length: weights }, (_, i) =>
      product(add(x, mul(at, count), i), unpacked(v(name), i, bits)),
    ),
  ];
  const whole = Math.floor(run / count);
  return [
    ...(whole > 0 ? turns("ic", whole, (at) => byteOf("byte", at, count)) : []),
    ...(run % count > 0 ? byteOf("last", c(whole), run % count) : []),
  ];
}
