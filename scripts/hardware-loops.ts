/** Loops of two instructions that calibrate.csv has rows of: the machine code is ours, as the row describes it. */
import { CompileError } from "../src/error.ts";
import { buildSimulator } from "../src/bench/simulator.ts";
import { findChip } from "../src/simulate/chip/chips.ts";
import { findSimulatedCore } from "../src/simulate/core/cores.ts";
import type { Image } from "../src/simulate/image.ts";
import { simulate } from "../src/simulate/simulate.ts";

export interface HardwareLoop {
  /** `H0427` */
  readonly row: string;
  readonly core: string;
  readonly chip: string;
  /** Where the code lies: in flash or in RAM. */
  readonly address: number;
}

export const hardwareLoops: readonly HardwareLoop[] = [
  { row: "H0427", core: "qingke-v2a", chip: "ch32v003", address: 0x20000000 },
  { row: "H0428", core: "qingke-v2a", chip: "ch32v003", address: 0x08000000 },
];

/** What the row's cycles of one turn are multiplied by; its author measured as many. */
export const turns = 10_000;

const code = [
  ...[0x2537, 0x0000, 0x0513, 0x7105], // lui a0, 2; addi a0, a0, 1808: 10,000
  ...[0x157d, 0xfd7d], // addi a0, a0, -1; bnez a0, the addi
  0xa001, // j itself
];
const [loopAt, endAt] = [8, 12];
const region = 0;

/** Cycles from the first instruction of the first turn to the end of the last. */
export async function runHardwareLoop({ row, core: id, chip, address }: HardwareLoop): Promise<number> {
  const core = findSimulatedCore(id);
  const { regions, devices } = findChip(chip, core);
  const image: Image = {
    set: undefined,
    entry: address,
    segments: [{ address, bytes: new Uint8Array(Uint16Array.from(code).buffer) }],
    symbols: [],
    marks: [
      { address: address + loopAt, region },
      { address: address + endAt, region: region + 1 },
    ],
  };
  const simulator = await buildSimulator(core, regions, true);
  const { timing } = simulate(simulator, { core, regions, devices: devices(core) }, image);
  const counted = timing?.regions.find((one) => one.region === region);
  if (counted?.instructions !== 2 * turns) throw new CompileError(`${row}: its loop ran another way`);
  return counted.cycles;
}
