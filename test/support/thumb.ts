/** Thumb instructions as numbers, and programs of them as raw bytes. One above 0xffff is two halfwords, the first above. */
import { buildSimulator } from "../../src/bench/simulator.ts";
import { testbench } from "../../src/simulate/chip/testbench.ts";
import { findSimulatedCore } from "../../src/simulate/core/cores.ts";
import { readImage } from "../../src/simulate/image.ts";
import { simulate } from "../../src/simulate/simulate.ts";
import type { RunOptions } from "../../src/simulate/simulate.ts";
import type { Simulation } from "../../src/simulate/simulation.ts";

/** Where the test bench's memory begins; programs without a vector table begin there. */
export const origin = 0x40000000;

export function thumbBytes(instructions: readonly number[]): Uint8Array {
  const halves = instructions.flatMap((one) => (one > 0xffff ? [one >>> 16, one & 0xffff] : [one]));
  return new Uint8Array(Uint16Array.from(halves).buffer);
}

/** As data between instructions. */
export const word = (value: number): number[] => [value & 0xffff, value >>> 16];

const wide = (first: number, rd: number, value: number): number => {
  const [high, i, middle, low] = [value >>> 12, (value >>> 11) & 1, (value >>> 8) & 7, value & 0xff];
  return (((first | (i << 10) | high) << 16) | (middle << 12) | (rd << 8) | low) >>> 0;
};
/** MOVW and MOVT. */
export const constant = (rd: number, value: number): number[] => [
  wide(0xf240, rd, value & 0xffff),
  wide(0xf2c0, rd, value >>> 16),
];

/** r7 points to the test bench in all of these; any core can do it: movs r7, #0xf0; lsls r7, #24. */
export const bench = [0x27f0, 0x063f];
/** Prints the bytes of a low register, low byte first, and shifts them out of it. */
export const printWord = (r: number): number[] =>
  [0, 1, 2, 3].flatMap(() => [0x6038 | r, 0x0a00 | (r << 3) | r]); // str r, [r7]; lsrs r, r, #8
/** Ends the program with r0 as its code. */
export const exit = 0x6078; // str r0, [r7, #4]

export async function runThumb(
  coreId: string,
  code: readonly number[],
  { timed = true, ...options }: RunOptions & { readonly timed?: boolean } = {},
): Promise<Simulation> {
  const core = findSimulatedCore(coreId);
  const simulator = await buildSimulator(core, testbench.regions, timed);
  const system = { core, regions: testbench.regions, devices: testbench.devices(core) };
  const image = readImage(thumbBytes(code), { fileName: "code", address: origin });
  return simulate(simulator, system, image, { entry: origin, ...options });
}
