/** The weights of a dense layer in the order in which its blocks read them. */
import { byteLimits } from "../../graph/quantized.ts";
import type { Expr } from "../../loop/ir.ts";
import type { ConstantData } from "../../loop/program.ts";
import { constant, foldedBias } from "../constants.ts";
import { combines, halfOf } from "../pair-sums.ts";
import type { Dense } from "./dense.ts";

/**
 * Units of channels, one or a pair, in blocks: (block, run, group of inputs, unit of the block, element). The last block may
 * have fewer units.
 */
export interface Weights {
  readonly data: ConstantData;
  /** Units of a block, elements of a unit and group, groups of a run, runs. */
  readonly pack: number;
  readonly perGroup: number;
  /** In how many loads a unit's weights of a group are read. */
  readonly parts: number;
  readonly groups: number;
  readonly runs: number;
  /** Of pairs: their halves are combined (`pair-sums.ts`). */
  readonly combined: boolean;
  /** Of packed weights: what a load holds for each part, loaded once. */
  readonly unpack?: (loaded: Expr, part: number) => Expr;
  /** Bits by which sums are shifted up; 0 unless given. */
  readonly bitsAbove?: number;
}

/** Elements of the weights from one place to the next. */
export interface Steps {
  readonly group: number;
  readonly run: number;
  readonly unit: number;
  readonly block: number;
}

/** How a block of `units` units walks through weights that are packed by the same number, or one by one. */
export function stepsOf({ pack, perGroup, groups, runs }: Weights, units: number): Steps {
  const own = perGroup * groups * runs;
  const together = pack === 1 ? 1 : units;
  return {
    group: perGroup * together,
    run: perGroup * together * groups,
    unit: pack === 1 ? own : perGroup,
    block: own * units,
  };
}

/** Biases with the input's zero point folded in. */
const biasesOf = ({ node, input }: Dense): Int32Array =>
  foldedBias(node.bias.data as Int32Array, node.weight, input.tensor.quantization!.zeroPoint);

/**
 * Words of two channels and two inputs. A group is four inputs: its first word has inputs 0 and 2, the second 1 and 3, as
 * the even and odd bytes of a word of input.
 */
export function wordWeights(dense: Dense, pack: number): Weights {
  const { node, runs, length, channels } = dense;
  const groups = Math.ceil(length / 4);
  const isCombined = mayCombine(dense);
  const weight = (oc: number, run: number, i: number): number =>
    oc < channels && i < length ? node.weight.data[(oc * runs + run) * length + i]! : 0;
  const words: number[] = [];
  for (const { unit, run, group } of places({ units: Math.ceil(channels / 2), pack, runs, groups })) {
    for (const i of [4 * group, 4 * group + 1]) {
      const half = (at: number): number =>
        halfOf(weight(2 * unit, run, at), weight(2 * unit + 1, run, at), isCombined);
      words.push(half(i) | (half(i + 2) << 16));
    }
  }
  return {
    data: constant(node.name, "words", Int32Array.from(words)),
    ...{ pack, perGroup: 2, parts: 2, groups, runs, combined: isCombined },
  };
}

/** A byte a channel and input. */
export function byteWeights(dense: Dense, pack: number): Weights {
  const { node, runs, length, channels } = dense;
  const walk = places({ units: channels, pack, runs, groups: length });
  const bytes = walk.map(({ unit, run, group }) => node.weight.data[(unit * runs + run) * length + group]!);
  return {
    data: constant(node.name, "bytes", Int8Array.from(bytes)),
    ...{ pack, perGroup: 1, parts: 1, groups: length, runs, combined: false },
  };
}

/** Vectors of sixteen; the last of a run overlaps the one before, and has weight 0 for what both hold. */
export function vectorWeights(dense: Dense, pack: number): Weights {
  const { node, runs, length, channels } = dense;
  const groups = Math.ceil(length / 16);
  const bytes = places({ units: channels, pack, runs, groups }).flatMap(({ unit, run, group }) => {
    const first = Math.min(16 * group, length - 16);
    return Array.from({ length: 16 }, (_, lane) =>
      first + lane < 16 * group ? 0 : node.weight.data[(unit * runs + run) * length + first + lane]!,
    );
  });
  return {
    data: constant(node.name, "vectors", Int8Array.from(bytes)),
    ...{ pack, perGroup: 16, parts: 1, groups, runs, combined: false },
  };
}

interface Place {
  readonly unit: number;
  readonly run: number;
  readonly group: number;
}

export function places(of: { units: number; pack: number; runs: number; groups: number }): readonly Place[] {
  const all: Place[] = [];
  for (let first = 0; first < of.units; first += of.pack) {
    for (let run = 0; run < of.runs; run++) {
      for (let group = 0; group < of.groups; group++) {
        for (let unit = first; unit < Math.min(first + of.pack, of.units); unit++)
          all.push({ unit, run, group });
      }
    }
  }
  return all;
}

function mayCombine(dense: Dense): boolean {
  const { node, runs, length, input } = dense;
  const { dtype, quantization } = input.tensor;
  const { min, max } = byteLimits(dtype as "i8" | "u8");
  const size = runs * length;
  const channels = Array.from(node.bias.data, (bias, oc) => ({
    weights: node.weight.data.subarray(oc * size, (oc + 1) * size) as Int8Array,
    bias,
  }));
  const { zeroPoint } = quantization!;
  return combines(channels, { low: min - zeroPoint, high: max - zeroPoint });
}

/** Biases for vectors of inputs, where bytes of u8 come less 128. */
export function startsOfVectors({ node, input }: Dense): Int32Array {
  const zeroPoint = input.tensor.quantization!.zeroPoint - (input.tensor.dtype === "u8" ? 128 : 0);
  return foldedBias(node.bias.data as Int32Array, node.weight, zeroPoint);
}

/** What the sums start with, shifted up as they are; of a pair whose sums are combined, the first bias and the combination of both. */
export function startsOf(
  dense: Dense,
  { combined, bitsAbove = 0 }: Pick<Weights, "combined" | "bitsAbove">,
): Int32Array {
  const biases = biasesOf(dense).map((bias) => bias << bitsAbove);
  return combined ? biases.map((b, oc) => (oc % 2 === 0 ? b : (biases[oc - 1]! + 256 * b) | 0)) : biases;
}
