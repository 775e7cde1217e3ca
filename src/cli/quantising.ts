import { CompileError } from "../error.ts";
import { rangeMethods } from "../pass/calibrate.ts";
import type { BitsGoal } from "../pass/choose-bits.ts";
import type { LayerBits, WeightBits } from "../pass/channel-scale.ts";
import { defaults, type Quantising } from "../pass/quantize-model.ts";
import { choose, readBytes, type Arguments, type OptionName } from "./arguments.ts";

/** The options that say how a float network becomes int8; `readQuantising` reads them. */
export const quantisingOptions: readonly OptionName[] = [
  "calib",
  "ranges",
  "equalise",
  "weights",
  "prune",
  "activations",
];

export function readQuantising({ values, flags }: Arguments): Quantising {
  return {
    ...defaults,
    ranges: choose("ranges", values.ranges, [...rangeMethods, "auto"], defaults.ranges),
    equalised: flags.has("equalise"),
    weights: readWeights(values.weights ?? "8"),
    activations: choose("activations", values.activations, ["int8", "int16", "auto"], defaults.activations),
    pruned: readPart(values.prune ?? "0"),
  };
}

const bitsOf: Readonly<Record<string, WeightBits>> = { 8: 8, 4: 4, 1: 1 };

/** `4`, `LAYER=4,LAYER=1`, `auto:30k` or `auto:25dB`. */
function readWeights(text: string): LayerBits | BitsGoal {
  const all = bitsOf[text];
  if (all) return all;
  const [, decibels, bytes] = /^auto:(?:(\d+(?:\.\d+)?)dB|(.+))$/i.exec(text) ?? [];
  if (decibels) return { what: "decibels", limit: Number(decibels) };
  if (bytes) return { what: "bytes", limit: readBytes("weights auto", bytes, 0) };
  const list = text.split(",").map((part) => /^(.+)=([841])$/.exec(part));
  const odd = list.indexOf(null);
  if (odd >= 0)
    throw new CompileError(
      `--weights ${text}: expected 8, 4 or 1, auto:30k, auto:25dB, or a list of layers such as fc1=4,fc2=1; found ${text.split(",")[odd]!}`,
    );
  return new Map(list.map((found) => [found![1]!, bitsOf[found![2]!]!]));
}

function readPart(text: string): number {
  const part = text.trim() === "" ? NaN : Number(text);
  if (part >= 0 && part < 1) return part;
  throw new CompileError(`--prune ${text}: expected a part of the weights, from 0 to below 1, e.g. 0.9`);
}
