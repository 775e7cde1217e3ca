/** Runs one program of `hardware-programs.ts` on its simulated chip and counts the cycles of its second inference. */
import { CompileError } from "../src/error.ts";
import { buildSimulator } from "../src/bench/simulator.ts";
import { findChip } from "../src/simulate/chip/chips.ts";
import { findSimulatedCore } from "../src/simulate/core/cores.ts";
import type { Image } from "../src/simulate/image.ts";
import { simulate } from "../src/simulate/simulate.ts";
import type { HardwareProgram } from "./hardware-programs.ts";

export interface Counted {
  readonly cycles: number;
  readonly instructions: number;
}

/** The numbers that `devices/mark.h` gives the begin and the end of what is counted. */
const start = 1000;
const stop = 1001;

const load = (register: number, words: number): number => 0x4800 | (register << 8) | words;
const call = (register: number): number => 0x4780 | (register << 3);

/**
 * Start code at `at`, a multiple of 4: stack, floating point on, `init_submitter`, the inference twice, then a jump to
 * itself. A load names its constant, behind the code, by how many words on it lies.
 */
function startCode(
  { stack, prepare, infer }: HardwareProgram,
  at: number,
): Pick<Image, "entry" | "segments" | "marks"> {
  const code = [
    ...[load(0, 5), 0x4685], // mov sp, r0
    ...[load(1, 5), load(2, 6), 0x600a], // str r2, [r1]
    ...[load(3, 6), call(3)],
    ...[load(4, 6), call(4), call(4)],
    ...[0xe7fe, 0xbf00],
  ];
  const cpacr = 0xe000ed88;
  const words = [stack, cpacr, 0x00f00000, prepare | 1, infer | 1];
  const bytes = new Uint8Array(code.length * 2 + words.length * 4);
  const view = new DataView(bytes.buffer);
  code.forEach((instruction, i) => view.setUint16(i * 2, instruction, true));
  words.forEach((word, i) => view.setUint32(code.length * 2 + i * 4, word, true));
  return {
    entry: at,
    segments: [{ address: at, bytes }],
    marks: [
      { address: at + 18, region: start },
      { address: at + 20, region: stop },
    ],
  };
}

/** Throws a `CompileError` for whatever of the program is not modelled. */
export async function runHardwareProgram(program: HardwareProgram, file: Uint8Array): Promise<Counted> {
  const core = findSimulatedCore(program.core);
  const { regions, devices } = findChip(program.chip, core);
  const flash = regions.find(({ address }) => address === program.address);
  if (flash === undefined) throw new CompileError(`${program.chip}: no memory begins at ${program.address}`);
  const { segments, ...entry } = startCode(program, flash.address + flash.bytes - 64);
  const copies = program.copies.flatMap(({ to, from, bytes }) =>
    regions.flatMap(({ address, bytes: length }) => {
      const [begin, end] = [Math.max(to, address), Math.min(to + bytes, address + length)];
      const at = begin - to + from - program.address;
      return begin < end ? [{ address: begin, bytes: file.subarray(at, at + end - begin) }] : [];
    }),
  );
  const image: Image = {
    set: undefined,
    symbols: [],
    ...entry,
    segments: [{ address: program.address, bytes: file }, ...copies, ...segments],
  };
  const simulator = await buildSimulator(core, regions, true);
  const { timing } = simulate(simulator, { core, regions, devices: devices(core) }, image);
  const counted = timing?.regions.find(({ region }) => region === start);
  if (counted === undefined) throw new CompileError(`${program.row}: its inference was not reached`);
  return counted;
}
