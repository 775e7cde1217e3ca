/**
 * Pruned linear layers: only weights that are not 0 are stored and multiplied, each a byte beside the byte of its place.
 *
 * Every output has as many entries, so that trip counts are known, and more than 256 inputs are seen through windows of at
 * most 256 that overlap as far as they can: an entry's place is counted from where its window begins. An output with fewer
 * weights in a window than another has entries of weight 0 there. Weights of 4 bits are two a byte.
 */
import type { Linear, Node } from "../graph/graph.ts";
import { add, c, declare, load, mul, v } from "../loop/build.ts";
import type { Expr, Stmt } from "../loop/ir.ts";
import type { ConstantData } from "../loop/program.ts";
import { turns } from "./axis.ts";
import { constant, constantAt } from "./constants.ts";
import { finish, nestOf, product, type ConvNest } from "./conv2d.ts";
import type { Lowered } from "./lowered.ts";
import { identifier } from "./name.ts";
import { packWeights, unpacked } from "./packed-weights.ts";
import type { RowRing } from "./ring.ts";

/** The weights that are left of a linear layer: (output, window, entry). */
export interface Entries {
  readonly windows: number;
  /** Of an output in a window. */
  readonly entries: number;
  /** Inputs from the beginning of a window to that of the next. */
  readonly stride: number;
  /** The greatest place. */
  readonly most: number;
  readonly places: Uint8Array;
  readonly weights: Int8Array;
}

/** The entries of a linear layer if they and their places take fewer bytes than all of its weights; else undefined. */
export function entriesOf(node: Node): Entries | undefined {
  if (node.kind !== "linear" || !(node.weight.data instanceof Int8Array) || node.weightBits === 1)
    return undefined;
  const bits = node.weightBits ?? 8;
  const inputs = node.weight.data.length / node.bias.data.length;
  const outputs = Array.from(node.bias.data, (_, o) =>
    kept(node.weight.data.subarray(o * inputs, (o + 1) * inputs) as Int8Array),
  );
  const windows = windowsOver(inputs);
  // Two weights of 4 bits share a byte, so they come in twos.
  const step = bits === 8 ? 1 : 2;
  const least = Math.max(1, ...outputs.map((own) => own.length)) / windows.count;
  const bytesOf = (entries: number): number => windows.count * entries * (1 + 1 / step);
  for (let n = Math.ceil(least / step) * step; bytesOf(n) < Math.ceil((inputs * bits) / 8); n += step) {
    const found = entriesBy(n, windows, outputs);
    if (found) return found;
  }
  return undefined;
}

interface Windows {
  readonly count: number;
  readonly stride: number;
  readonly most: number;
}

function windowsOver(inputs: number): Windows {
  const count = Math.ceil(inputs / 256);
  const stride = count === 1 ? 0 : Math.ceil((inputs - 256) / (count - 1));
  return { count, stride, most: inputs - 1 - stride * (count - 1) };
}

interface Kept {
  readonly place: number;
  readonly weight: number;
}

const kept = (weights: Int8Array): readonly Kept[] =>
  Array.from(weights, (weight, place) => ({ place, weight })).filter(({ weight }) => weight !== 0);

/** With `entries` a window, if every weight finds room in one that it lies in: each takes the first there is. */
function entriesBy(
  entries: number,
  { count, stride, most }: Windows,
  outputs: readonly (readonly Kept[])[],
): Entries | undefined {
  const places = new Uint8Array(entries * count * outputs.length);
  const weights = new Int8Array(entries * count * outputs.length);
  for (const [o, own] of outputs.entries()) {
    const used = new Array<number>(count).fill(0);
    for (const { place, weight } of own) {
      const window = used.findIndex(
        (n, w) => n < entries && w * stride <= place && place <= w * stride + most,
      );
      if (window < 0) return undefined;
      const at = (o * count + window) * entries + used[window]!++;
      places[at] = place - window * stride;
      weights[at] = weight;
    }
  }
  return { windows: count, entries, stride, most, places, weights };
}

/** The layer as a nest over its entries; its input must be whole. */
export function lowerSparse(node: Linear, entries: Entries, input: RowRing, output: RowRing): Lowered {
  const nest = nestOf(node, input, output);
  const packed = node.weightBits === 4;
  const places = constant(node.name, "places", entries.places);
  const sparse: Sparse = {
    nest,
    entries,
    packed,
    places: { ...places, buffer: { ...places.buffer, most: entries.most } },
    weights: constant(
      node.name,
      "weight",
      packed ? packWeights(entries.weights, entries.entries, 4) : entries.weights,
    ),
  };
  const body = turns("oc", nest.outputChannels, (oc) => [
    declare("acc", constantAt(nest.bias, oc)),
    ...addWindows(sparse, oc),
    finish(nest, oc, c(0), v("acc")),
  ]);
  return {
    kernel: { name: identifier(node.name), layer: node.name, body },
    constants: [sparse.weights, sparse.places, nest.bias, nest.multiplier!, nest.shift!],
    // Outputs have neither inputs nor weights in common.
    blocked: "px",
  };
}

interface Sparse {
  readonly nest: ConvNest;
  readonly entries: Entries;
  readonly places: ConstantData;
  readonly weights: ConstantData;
  /** Two weights a byte. */
  readonly packed: boolean;
}

/** `acc` += all products of output `oc`. */
function addWindows(sparse: Sparse, oc: Expr): readonly Stmt[] {
  const { entries: all, weights, packed } = sparse;
  const { windows, entries } = all;
  return turns("part", windows, (window) => {
    const first = mul(add(mul(oc, windows), window), entries);
    const entry = (at: Expr, weight: Expr): Stmt => addEntry(sparse, window, add(first, at), weight);
    if (!packed) return turns("ic", entries, (at) => [entry(at, load(weights.buffer, add(first, at)))]);
    return turns("ic", entries / 2, (two) => [
      declare("pair", load(weights.buffer, add(mul(add(mul(oc, windows), window), entries / 2), two))),
      entry(mul(two, 2), unpacked(v("pair"), 0, 4)),
      entry(add(mul(two, 2), 1), unpacked(v("pair"), 1, 4)),
    ]);
  });
}

/** `acc` += the product of entry `number`, which is in window `window`. */
function addEntry({ nest, entries, places }: Sparse, window: Expr, number: Expr, weight: Expr): Stmt {
  return product(nest, add(mul(window, entries.stride), load(places.buffer, number)), weight);
}
