/** The little of 32-bit little-endian ELF that a linked image is asked for: its sections. */

export interface Section {
  readonly name: string;
  readonly address: number;
  readonly size: number;
  /** Empty of a section that takes no place in the file: .bss. */
  readonly bytes: Uint8Array;
  /** Part of the program's memory, unlike symbols and notes. */
  readonly loaded: boolean;
}

const noBits = 8;
const allocated = 2;

/** The sections of an image, in its order. Throws an `Error` where the bytes are not 32-bit little-endian ELF. */
export function readElf(file: Uint8Array): readonly Section[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.length < 52 || view.getUint32(0) !== 0x7f454c46 || file[4] !== 1 || file[5] !== 1)
    throw new Error("not a 32-bit little-endian ELF image");
  const table = view.getUint32(32, true);
  const [entryBytes, count, namesIndex] = [46, 48, 50].map((at) => view.getUint16(at, true)) as [
    number,
    number,
    number,
  ];
  const word = (section: number, field: number): number =>
    view.getUint32(table + section * entryBytes + 4 * field, true);
  const names = word(namesIndex, 4);
  const nameOf = (section: number): string => {
    const start = names + word(section, 0);
    return new TextDecoder().decode(file.subarray(start, file.indexOf(0, start)));
  };
  return Array.from({ length: count }, (_, i) => {
    const [offset, size] = [word(i, 4), word(i, 5)];
    return {
      name: nameOf(i),
      address: word(i, 3),
      size,
      bytes: word(i, 1) === noBits ? new Uint8Array() : file.subarray(offset, offset + size),
      loaded: (word(i, 2) & allocated) !== 0,
    };
  });
}
