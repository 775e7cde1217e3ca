/** Machine words of a few RV32 instructions, and programs of them as raw bytes. */

const I = (opcode: number, funct3: number, rd: number, rs1: number, immediate: number): number =>
  (opcode | (rd << 7) | (funct3 << 12) | (rs1 << 15) | (immediate << 20)) >>> 0;
const R = (funct7: number, funct3: number, rd: number, rs1: number, rs2: number): number =>
  (0x33 | (rd << 7) | (funct3 << 12) | (rs1 << 15) | (rs2 << 20) | (funct7 << 25)) >>> 0;

export const zero = 0;
export const ra = 1;
export const t0 = 5;
export const t1 = 6;
export const t2 = 7;
export const a0 = 10;
export const a1 = 11;
export const a2 = 12;

export const lui = (rd: number, immediate: number): number => (0x37 | (rd << 7) | (immediate << 12)) >>> 0;
export const addi = (rd: number, rs1: number, immediate: number): number => I(0x13, 0, rd, rs1, immediate);
export const add = (rd: number, rs1: number, rs2: number): number => R(0, 0, rd, rs1, rs2);
export const srl = (rd: number, rs1: number, rs2: number): number => R(0, 5, rd, rs1, rs2);
export const mul = (rd: number, rs1: number, rs2: number): number => R(1, 0, rd, rs1, rs2);
export const mulh = (rd: number, rs1: number, rs2: number): number => R(1, 1, rd, rs1, rs2);
export const div = (rd: number, rs1: number, rs2: number): number => R(1, 4, rd, rs1, rs2);
export const lw = (rd: number, rs1: number, offset: number): number => I(3, 2, rd, rs1, offset);
export const sw = (rs2: number, rs1: number, offset: number): number =>
  (0x23 | ((offset & 31) << 7) | (2 << 12) | (rs1 << 15) | (rs2 << 20) | ((offset >> 5) << 25)) >>> 0;
export const jal = (rd: number, offset: number): number =>
  (0x6f |
    (rd << 7) |
    (((offset >> 20) & 1) << 31) |
    (((offset >> 1) & 0x3ff) << 21) |
    (((offset >> 11) & 1) << 20) |
    (((offset >> 12) & 0xff) << 12)) >>>
  0;
export const jalr = (rd: number, rs1: number): number => I(0x67, 0, rd, rs1, 0);
export const bne = (rs1: number, rs2: number, offset: number): number =>
  (0x63 |
    (1 << 12) |
    (rs1 << 15) |
    (rs2 << 20) |
    (((offset >> 12) & 1) << 31) |
    (((offset >> 5) & 0x3f) << 25) |
    (((offset >> 1) & 15) << 8) |
    (((offset >> 11) & 1) << 7)) >>>
  0;
export const beq = (rs1: number, rs2: number, offset: number): number =>
  (bne(rs1, rs2, offset) & ~(1 << 12)) >>> 0;
/** Two compressed no-operations. */
export const nops = 0x00010001;

/** Where the test bench's memory begins. */
export const origin = 0x40000000;

export function bytesOf(words: readonly number[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(words).buffer);
}

/** Ends the program on the test bench with `code`. */
export const exit = (code: number): number[] => [addi(a0, zero, code), lui(t0, 0xf0000), sw(a0, t0, 4)];

/** Prints one character on the test bench. */
export const print = (character: string): number[] => [
  addi(a0, zero, character.charCodeAt(0)),
  lui(t0, 0xf0000),
  sw(a0, t0, 0),
];
