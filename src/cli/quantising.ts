import { rangeMethods } from "../pass/calibrate.ts";
import { defaults, type Quantising } from "../pass/quantize-model.ts";
import { choose, type Arguments, type OptionName } from "./arguments.ts";

/** The options that say how a float network becomes int8; `readQuantising` reads them. */
export const quantisingOptions: readonly OptionName[] = ["calib", "ranges", "equalise", "weights"];

export function readQuantising({ values, flags }: Arguments): Quantising {
  return {
    ...defaults,
    ranges: choose("ranges", values.ranges, [...rangeMethods, "auto"], defaults.ranges),
    equalised: flags.has("equalise"),
    weights: choose("weights", values.weights, ["8", "4"], "8") === "4" ? 4 : 8,
  };
}
