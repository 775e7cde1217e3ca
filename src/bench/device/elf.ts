/** The little of 32-bit little-endian ELF that a linked image is asked for: its sections, and what is loaded where. */

export interface Section {
  readonly name: string;
  readonly address: number;
  readonly size: number;
  /** Empty of a section that takes no place in the file: .bss. */
  readonly bytes: Uint8Array;
}

/** Bytes at the address where a programmer puts them. */
export interface Segment {
  readonly address: number;
  readonly bytes: Uint8Array;
}

export interface Elf {
  readonly sections: readonly Section[];
  readonly segments: readonly Segment[];
}

const noBits = 8;
const load = 1;

/** Throws an `Error` where the bytes are not 32-bit little-endian ELF. */
export function readElf(file: Uint8Array): Elf {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.length < 52 || view.getUint32(0) !== 0x7f454c46 || file[4] !== 1 || file[5] !== 1)
    throw new Error("not a 32-bit little-endian ELF image");
  return { sections: readSections(file, view), segments: readSegments(file, view) };
}

/** A table of entries of 32-bit words: `word(entry, n)`. */
function tableAt(view: DataView, start: number, [size, count]: readonly [number, number]) {
  const entryBytes = view.getUint16(size, true);
  const table = view.getUint32(start, true);
  return {
    count: view.getUint16(count, true),
    word: (entry: number, n: number): number => view.getUint32(table + entry * entryBytes + 4 * n, true),
  };
}

function readSections(file: Uint8Array, view: DataView): readonly Section[] {
  const { count, word } = tableAt(view, 32, [46, 48]);
  const names = word(view.getUint16(50, true), 4);
  const nameOf = (section: number): string => {
    const start = names + word(section, 0);
    return new TextDecoder().decode(file.subarray(start, file.indexOf(0, start)));
  };
  return Array.from({ length: count }, (_, i) => {
    const [offset, size] = [word(i, 4), word(i, 5)];
    const bytes = word(i, 1) === noBits ? new Uint8Array() : file.subarray(offset, offset + size);
    return { name: nameOf(i), address: word(i, 3), size, bytes };
  });
}

function readSegments(file: Uint8Array, view: DataView): readonly Segment[] {
  const { count, word } = tableAt(view, 28, [42, 44]);
  return Array.from({ length: count }, (_, i) => i)
    .filter((i) => word(i, 0) === load)
    .map((i) => ({ address: word(i, 3), bytes: file.subarray(word(i, 1), word(i, 1) + word(i, 4)) }));
}
