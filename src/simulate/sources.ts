/** The AssemblyScript of a simulator: the files of `assembly/`, and two that are made for the core. */
import type { SimulatedCore } from "./core/core.ts";

/** `parameters.ts`: the core's numbers as constants, so that what it does not have costs nothing. */
export function printParameters(
  core: SimulatedCore,
  options: { readonly timed: boolean; readonly waits: boolean },
): string {
  const own = Object.entries(core.parameters).map(([name, { value }]) => constant(name, value));
  return [constant("TIMED", options.timed), constant("HAS_WAITS", options.waits), ...own].join("");
}

function constant(name: string, value: number | boolean): string {
  return typeof value === "boolean"
    ? `export const ${name}: bool = ${String(value)};\n`
    : `export const ${name}: u32 = ${value >>> 0};\n`;
}

/** `rules.ts`: names the core's timing rules. */
export function printRules(core: SimulatedCore): string {
  return `export * from "./${core.rules}";\n`;
}
