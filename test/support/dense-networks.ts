/** Random networks of pointwise and linear layers, and blocks to compute them in. */
import type { DenseOptions } from "../../src/lower/dense/dense.ts";
import type { Random } from "./random.ts";

const one = <T>(numbers: Random, all: readonly T[]): T => all[numbers.int(0, all.length - 1)]!;

/** Any block of any number of lanes among those given. */
export function denseOptions(numbers: Random, all: readonly DenseOptions["lanes"][]): DenseOptions {
  const lanes = one(numbers, all);
  return {
    lanes,
    columns: numbers.int(1, 5),
    outputs: (lanes === 2 ? 2 : 1) * numbers.int(1, 4),
    unroll: numbers.int(1, 3),
    expands: numbers.next() < 0.7,
  };
}

/** A network of one to three such layers, in the notation of `net`. */
export function denseText(numbers: Random): string {
  const activation = (): string => one(numbers, ["", " | relu", " | relu6"]);
  const size = `${numbers.int(1, 6)}x${numbers.int(1, 11)}x${numbers.int(1, 19)}`;
  const pointwise = (): string =>
    ` | conv 1x1 ${numbers.int(1, 11)} s${one(numbers, ["1", "2", "1x2"])}${activation()}`;
  const linear = (): string =>
    ` | flatten | linear ${one(numbers, [numbers.int(1, 13), numbers.int(1, 13), 70])}${activation()}`;
  const layers = one(numbers, [pointwise() + linear(), pointwise() + pointwise(), linear() + linear()]);
  return `in ${size}${one(numbers, ["", " | conv 3x3 6 p1 | relu"])}${layers}`;
}
