/** Where a program begins, and with what in its registers. */
import { CompileError } from "../error.ts";
import type { SimulatedCore } from "./core/core.ts";
import type { SimulatorExports } from "./exports.ts";
import type { Image } from "./image.ts";
import type { MemoryRegion } from "./region.ts";

/** Numbers of registers, as the Arm simulator's `register` takes them. */
const stackPointer = 13;
const linkRegister = 14;
const vectorTable = 16;
/** What linker scripts and start-up code call an Arm vector table. */
const tableNames = /^(__?|g_pfn|__isr_)?(vectors?|vector_table|vectorTable)$/i;

/**
 * Sets up the registers and gives the first instruction's address: `entry` if it is known, then the image's, then what
 * the core's reset gives. A Cortex-M takes its stack pointer, and if nothing else says it the entry, from a vector table.
 */
export function startProgram(
  exported: SimulatorExports,
  { core, regions }: { readonly core: SimulatedCore; readonly regions: readonly MemoryRegion[] },
  image: Image,
  entry: number | undefined,
): number {
  const table = core.set === "arm" ? findTable(exported, regions, image) : undefined;
  const first = entry ?? image.entry ?? core.resetAddress ?? (table && word(exported, table.address + 4));
  if (first === undefined) throw new CompileError("where the program begins is not known; say --entry ADDR");
  if (core.set !== "arm") return first;
  exported.setRegister(linkRegister, -1);
  if (table) {
    exported.setRegister(stackPointer, word(exported, table.address));
    exported.setRegister(vectorTable, table.address);
  }
  return (first & ~1) >>> 0;
}

const word = (exported: SimulatorExports, address: number): number => exported.peek(address, 4) >>> 0;

/** Where symbols say, at the image's lowest address, or 256 bytes above it, behind a second-stage boot loader. */
function findTable(
  exported: SimulatorExports,
  regions: readonly MemoryRegion[],
  image: Image,
): { readonly address: number } | undefined {
  const lowest = Math.min(...image.segments.map(({ address }) => address));
  const named = image.symbols.filter(({ name }) => tableNames.test(name)).map(({ address }) => address);
  const address = [...named, lowest, lowest + 0x100].find((at) => isTable(exported, regions, image, at));
  return address === undefined ? undefined : { address };
}

/** A stack pointer into or just above RAM, then an address of Thumb code that the program holds. */
function isTable(
  exported: SimulatorExports,
  regions: readonly MemoryRegion[],
  image: Image,
  address: number,
): boolean {
  const stack = word(exported, address);
  const reset = word(exported, address + 4);
  const inRam = regions.some(
    ({ kind, address: from, bytes }) => kind === "ram" && stack > from && stack <= from + bytes,
  );
  const inProgram = image.segments.some(
    ({ address: from, bytes }) => reset > from && reset < from + bytes.length,
  );
  return address % 4 === 0 && stack % 4 === 0 && inRam && reset % 2 === 1 && inProgram;
}
