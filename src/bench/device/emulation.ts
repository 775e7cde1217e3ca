/** What every emulator of a board takes and gives. */
import type { Image } from "./build.ts";

/** What an emulator gives back: the console, and what ran in each region (see `devices/mark.h`). */
export interface Emulation {
  readonly console: string;
  readonly instructions: ReadonlyMap<number, number>;
  /** Of emulators that know them. */
  readonly cycles?: ReadonlyMap<number, number>;
}

/** Regions that are no kernel, as in `devices/mark.h`. */
export const region = { start: 1000, stop: 1001 } as const;

export interface Mark {
  readonly address: number;
  readonly region: number;
}

/** Where regions begin, from the section that `devices/mark.h` writes: pairs of address and region. */
export function marksOf({ elf }: Image): readonly Mark[] {
  const bytes = elf.sections.find(({ name }) => name === ".debug_marks")?.bytes ?? new Uint8Array();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / 8 }, (_, i) => ({
    // Bit 0 of a Thumb label says only that it is one.
    address: (view.getUint32(8 * i, true) & ~1) >>> 0,
    region: view.getUint32(8 * i + 4, true),
  }));
}

/** Steps an emulator in this process to its end, counting instructions and cycles by region. */
export function stepThrough(
  image: Image,
  machine: {
    readonly codeAddress: number;
    /** Address of the next instruction. */
    readonly at: () => number;
    /** Runs one instruction and gives its cycles. */
    readonly step: () => number;
    readonly ended: () => boolean;
  },
  mostInstructions: number,
): Omit<Emulation, "console"> {
  const regionAt = new Int16Array(1 << 20).fill(-1);
  for (const mark of marksOf(image)) regionAt[(mark.address - machine.codeAddress) >> 1] = mark.region;
  const counts = { instructions: new Float64Array(1024), cycles: new Float64Array(1024) };
  let current: number = region.stop;
  for (let n = 0; n < mostInstructions && !machine.ended(); n++) {
    const entered = regionAt[(machine.at() - machine.codeAddress) >> 1]!;
    if (entered >= 0) {
      current = entered;
      if (entered === region.start) for (const each of Object.values(counts)) each.fill(0);
    }
    counts.cycles[current]! += machine.step();
    counts.instructions[current]!++;
  }
  return { instructions: nonZero(counts.instructions), cycles: nonZero(counts.cycles) };
}

function nonZero(counts: Float64Array): ReadonlyMap<number, number> {
  return new Map([...counts.entries()].filter(([, count]) => count > 0));
}
