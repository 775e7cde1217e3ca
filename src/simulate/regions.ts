/** Regions of a program that its own marks delimit: `devices/mark.h` makes them, and numbers them so. */
import { CompileError } from "../error.ts";
import type { SimulatorExports } from "./exports.ts";
import type { Mark } from "./image.ts";
import type { RegionCount } from "./simulation.ts";

/** Begins the counting, and ends it. */
const start = 1000;
const stop = 1001;
/** What the simulator calls them; its other regions have lower numbers. */
const startIndex = 252;
const stopIndex = 253;

export function markRegions(exported: SimulatorExports, marks: readonly Mark[]): void {
  for (const { address, region } of marks) {
    const index = region === start ? startIndex : region === stop ? stopIndex : region;
    const isKnown = index < startIndex || region === start || region === stop;
    if (!isKnown || !exported.mark(address, index))
      throw new CompileError(`mark of region ${region}: at most 1024 marks of regions below ${startIndex}`);
  }
}

/** Those that were entered, between the last start and the stop if the program has them. */
export function readRegions(exported: SimulatorExports, count: (at: number) => number): RegionCount[] {
  return Array.from({ length: startIndex + 1 }, (_, index) => {
    const at = exported.regionCounts(index) >>> 0;
    return {
      region: index === startIndex ? start : index,
      entered: count(at),
      cycles: count(at + 8),
      instructions: count(at + 16),
    };
  }).filter(({ entered }) => entered > 0);
}
