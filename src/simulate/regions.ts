/** Regions of a program that its own marks delimit: `devices/mark.h` makes them, and numbers them so. */
import { CompileError } from "../error.ts";
import type { SimulatorExports } from "./exports.ts";
import type { Mark, ProgramSymbol } from "./image.ts";
import type { RegionCount } from "./simulation.ts";
import { codeSymbols } from "./symbols.ts";

/** Begins the counting, and ends it. */
const start = 1000;
const stop = 1001;
/** Engines' regions have lower numbers: from here on they are the simulator's own. */
const firstOwn = 251;
/** What it calls those two. */
const startIndex = 252;
const stopIndex = 253;

export function markRegions(exported: SimulatorExports, marks: readonly Mark[]): void {
  for (const { address, region } of marks) {
    const index = region === start ? startIndex : region === stop ? stopIndex : region;
    const isKnown = index < firstOwn || region === start || region === stop;
    if (!isKnown || !exported.mark(address, index))
      throw new CompileError(`mark of region ${region}: at most 1024 marks of regions below ${firstOwn}`);
  }
}

/** Says where functions begin, so that the tree of calls has those, too, that are only jumped to. */
export function markFunctions(exported: SimulatorExports, symbols: readonly ProgramSymbol[]): void {
  const addresses = codeSymbols(symbols).map(({ address }) => address);
  const at = exported.placeFunctions(addresses.length) >>> 0;
  new Uint32Array(exported.memory.buffer, at, addresses.length).set(addresses);
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
