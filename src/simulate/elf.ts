/** 32-bit little-endian ELF: loadable segments at their load addresses, and symbols. System V ABI, chapter 4. */
import { CompileError } from "../error.ts";
import type { Image, InstructionSet, Mark, ProgramSymbol, Segment } from "./image.ts";

const machines: Readonly<Record<number, InstructionSet>> = { 40: "arm", 243: "riscv" };
const loadable = 1;
const programBits = 1;
const symbolTable = 2;
const kinds: Readonly<Record<number, ProgramSymbol["kind"]>> = { 1: "object", 2: "function" };

export function isElf(file: Uint8Array): boolean {
  return file[0] === 0x7f && file[1] === 0x45 && file[2] === 0x4c && file[3] === 0x46;
}

/** Reads little-endian fields of a file; one beyond its end is the file's fault. */
class Fields {
  readonly #view: DataView;
  readonly file: Uint8Array;
  readonly name: string;
  constructor(file: Uint8Array, name: string) {
    this.file = file;
    this.name = name;
    this.#view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  }
  u32(at: number): number {
    this.slice(at, 4);
    return this.#view.getUint32(at, true);
  }
  u16(at: number): number {
    this.slice(at, 2);
    return this.#view.getUint16(at, true);
  }
  slice(at: number, bytes: number): Uint8Array {
    if (at + bytes > this.file.length)
      throw new CompileError(
        `${this.name}: ends at byte ${this.file.length}, before ${bytes} bytes at ${at}; the file is cut off`,
      );
    return this.file.subarray(at, at + bytes);
  }
  text(at: number, end: number): string {
    const stop = this.file.indexOf(0, at);
    return new TextDecoder().decode(this.file.subarray(at, Math.min(stop < 0 ? end : stop, end)));
  }
}

/** Throws a `CompileError` for what is not an executable of a 32-bit little-endian Arm or RISC-V machine. */
export function readElf(file: Uint8Array, name: string): Image {
  const fields = new Fields(file, name);
  fields.slice(0, 52);
  if (file[4] !== 1 || file[5] !== 1)
    throw new CompileError(`${name}: not a 32-bit little-endian ELF; microcontrollers' are`);
  const set = machines[fields.u16(18)];
  if (set === undefined)
    throw new CompileError(
      `${name}: compiled for ELF machine ${fields.u16(18)}; expected 40, Arm, or 243, RISC-V`,
    );
  if (fields.u16(16) !== 2)
    throw new CompileError(
      `${name}: not linked to fixed addresses (ELF type ${fields.u16(16)}); link it statically`,
    );
  const segments = readSegments(fields);
  if (segments.length === 0) throw new CompileError(`${name}: holds nothing to load; link it to a program`);
  return { set, entry: fields.u32(24), segments, symbols: readSymbols(fields), marks: readMarks(fields) };
}

/**
 * Bytes go to the load (physical) address: start-up code copies `.data` from there. Linkers put the file's own headers
 * before the first section of a segment; a program has no use for them, and often no memory.
 */
function readSegments(fields: Fields): Segment[] {
  const table = fields.u32(28);
  const size = fields.u16(42);
  const contents = sectionHeaders(fields)
    .filter((at) => fields.u32(at + 4) === programBits)
    .map((at) => fields.u32(at + 16));
  return Array.from({ length: fields.u16(44) }, (_, i) => table + i * size)
    .filter((at) => fields.u32(at) === loadable && fields.u32(at + 16) > 0)
    .map((at) => {
      const [offset, bytes] = [fields.u32(at + 4), fields.u32(at + 16)];
      const inside = contents.filter((start) => start >= offset && start < offset + bytes);
      const skipped = inside.length > 0 ? Math.min(...inside) - offset : 0;
      return {
        address: fields.u32(at + 12) + skipped,
        bytes: fields.slice(offset + skipped, bytes - skipped),
      };
    });
}

/** Where each section header lies. */
function sectionHeaders(fields: Fields): number[] {
  const table = fields.u32(32);
  const size = fields.u16(46);
  return Array.from({ length: fields.u16(48) }, (_, i) => table + i * size);
}

/** The section `.debug_marks` that `devices/mark.h` makes: pairs of an address and a region's number. */
function readMarks(fields: Fields): Mark[] {
  const sections = sectionHeaders(fields);
  const names = sections[fields.u16(50)];
  if (names === undefined) return [];
  const text = fields.u32(names + 16);
  const end = text + fields.u32(names + 20);
  const at = sections.find((section) => fields.text(text + fields.u32(section), end) === ".debug_marks");
  if (at === undefined) return [];
  const from = fields.u32(at + 16);
  return Array.from({ length: fields.u32(at + 20) >> 3 }, (_, i) => ({
    address: fields.u32(from + i * 8),
    region: fields.u32(from + i * 8 + 4),
  }));
}

function readSymbols(fields: Fields): ProgramSymbol[] {
  const sections = sectionHeaders(fields);
  const at = sections.find((section) => fields.u32(section + 4) === symbolTable);
  if (at === undefined) return [];
  const strings = sections[fields.u32(at + 24)];
  if (strings === undefined) return [];
  const text = fields.u32(strings + 16);
  const end = text + fields.u32(strings + 20);
  const first = fields.u32(at + 16);
  return Array.from({ length: fields.u32(at + 20) >> 4 }, (_, i) =>
    readSymbol(fields, first + i * 16, text, end),
  ).filter(({ name }) => name !== "" && !/^\$[atdx](\.|$)/.test(name));
}

function readSymbol(fields: Fields, at: number, text: number, end: number): ProgramSymbol {
  const kind = kinds[fields.slice(at + 12, 1)[0]! & 15] ?? "other";
  const isDefined = fields.u16(at + 14) !== 0;
  return {
    name: isDefined ? fields.text(text + fields.u32(at), end) : "",
    address: fields.u32(at + 4),
    bytes: fields.u32(at + 8),
    kind,
  };
}
