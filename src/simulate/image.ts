/** A program as bytes at addresses, whatever file it came in. */
import { CompileError } from "../error.ts";
import { isElf, readElf } from "./elf.ts";

export type InstructionSet = "riscv" | "arm";

export interface Segment {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** A named address; `bytes` is 0 where the file does not say. */
export interface ProgramSymbol {
  readonly name: string;
  readonly address: number;
  readonly bytes: number;
  readonly kind: "function" | "object" | "other";
}

export interface Mark {
  readonly address: number;
  readonly region: number;
}

export interface Image {
  /** What the file was compiled for; undefined for a raw binary. */
  readonly set: InstructionSet | undefined;
  /** The first instruction, or undefined where only the chip's reset knows. */
  readonly entry: number | undefined;
  readonly segments: readonly Segment[];
  readonly symbols: readonly ProgramSymbol[];
  /** Where regions begin that the program names by number. */
  readonly marks: readonly Mark[];
}

/** Reads an ELF file, or anything else as raw bytes that belong at `address`. */
export function readImage(
  file: Uint8Array,
  { fileName, address }: { readonly fileName: string; readonly address?: number | undefined },
): Image {
  if (isElf(file)) return readElf(file, fileName);
  if (file.length === 0) throw new CompileError(`${fileName}: empty file; expected an ELF or raw binary`);
  if (address === undefined)
    throw new CompileError(`${fileName}: not an ELF file; say where a raw binary lies with --address ADDR`);
  return { set: undefined, entry: undefined, segments: [{ address, bytes: file }], symbols: [], marks: [] };
}
