/**
 * Random RV32 instructions as an assembly program that prints all registers after each chunk of them.
 *
 * x2, x8 and x31 point to scratch memory and are not written; branches and jumps skip a few instructions ahead.
 */
import type { Random } from "./random.ts";

export interface StreamOptions {
  readonly chunks: number;
  readonly atomics: boolean;
  readonly misaligned: boolean;
}

interface Instruction {
  /** `.4byte 0x...` or a mnemonic, with `TARGET` where a label goes. */
  readonly text: string;
}

const chunkLength = 60;
const pointers = [2, 8, 31];
const edges = [0, 1, -1, 2, -2, 0x7fffffff, -0x80000000, 0x80, 0xff, 0x8000, 0xffff, 31, 32, 0x55555555];

export function streamProgram(numbers: Random, options: StreamOptions): string {
  const chunks = Array.from({ length: options.chunks }, (_, i) => chunk(numbers, options, i));
  return [prologue, ...chunks, epilogue, data(numbers)].join("\n");
}

const registers = Array.from({ length: 31 }, (_, i) => i + 1);
const isPointer = (register: number): boolean => pointers.includes(register);
const saved = registers.filter((register) => !isPointer(register));

const prologue = `
  .option norelax
  .section .text.start, "ax"
  .globl _start
_start:
  la x31, scratch
`;

const epilogue = `
  li t0, 0x100000
  li t1, 0x5555
  sw t1, 0(t0)
1: j 1b

# Prints 30 words from a0 as they lie in memory, in hexadecimal.
print:
  li a1, 30
  li a5, 0x10000000
1: lw a2, 0(a0)
  li a3, 8
2: srli a4, a2, 28
  slli a2, a2, 4
  addi a4, a4, 48
  li t0, 58
  bltu a4, t0, 3f
  addi a4, a4, 39
3: sb a4, 0(a5)
  addi a3, a3, -1
  bnez a3, 2b
  li a4, 10
  addi a0, a0, 4
  addi a1, a1, -1
  bnez a1, 1b
  sb a4, 0(a5)
  ret
`;

function data(numbers: Random): string {
  const words = Array.from({ length: 128 }, () => `  .4byte ${operand(numbers) >>> 0}`);
  return [
    "  .data",
    "  .balign 1024",
    "  .space 512",
    "scratch:",
    ...words,
    "  .space 512",
    "state:",
    "  .space 128",
  ].join("\n");
}

const operand = (numbers: Random): number =>
  numbers.next() < 0.5 ? edges[numbers.int(0, edges.length - 1)]! : numbers.int(-0x80000000, 0x7fffffff);

function chunk(numbers: Random, options: StreamOptions, index: number): string {
  const lines: string[] = [
    `chunk${index}:`,
    "  la x31, scratch",
    "  addi x2, x31, 64",
    "  addi x8, x31, 128",
  ];
  for (const register of saved) lines.push(`  li x${register}, ${operand(numbers)}`);
  for (let i = 0; i < chunkLength; i++) {
    const ahead = Math.min(chunkLength, i + numbers.int(1, 4));
    lines.push(
      `l${index}_${i}: ${instruction(numbers, options).text.replace("TARGET", `l${index}_${ahead}`)}`,
    );
  }
  lines.push(`l${index}_${chunkLength}:`, "  la x31, state");
  for (const [i, register] of saved.entries()) lines.push(`  sw x${register}, ${4 * i}(x31)`);
  lines.push(
    "  la t0, scratch",
    "  lw t1, 0(t0)",
    "  lw t2, 64(t0)",
    "  add t1, t1, t2",
    `  sw t1, ${4 * saved.length}(x31)`,
  );
  lines.push("  mv a0, x31", "  call print");
  return lines.join("\n");
}

const three = [
  ...["add", "sub", "sll", "slt", "sltu", "xor", "srl", "sra", "or", "and"],
  ...["mul", "mulh", "mulhsu", "mulhu", "div", "divu", "rem", "remu", "div", "rem", "divu", "remu"],
  ...["sh1add", "sh2add", "sh3add", "andn", "orn", "xnor", "max", "maxu", "min", "minu", "rol", "ror"],
  ...["bclr", "bext", "binv", "bset"],
];
const immediate = ["addi", "slti", "sltiu", "xori", "ori", "andi"];
const amount = ["slli", "srli", "srai", "rori", "bclri", "bexti", "binvi", "bseti"];
const two = ["clz", "ctz", "cpop", "sext.b", "sext.h", "zext.h", "orc.b", "rev8"];
const branches = ["beq", "bne", "blt", "bge", "bltu", "bgeu"];
const loads = { lb: 1, lbu: 1, lh: 2, lhu: 2, lw: 4 } as const;
const stores = { sb: 1, sh: 2, sw: 4 } as const;
const swaps = ["amoswap", "amoadd", "amoxor", "amoand", "amoor", "amomin", "amomax", "amominu", "amomaxu"];

function instruction(numbers: Random, { atomics, misaligned }: StreamOptions): Instruction {
  const pick = <T>(list: readonly T[]): T => list[numbers.int(0, list.length - 1)]!;
  const rd = (): string => `x${pick([0, ...saved])}`;
  const rs = (): string => `x${numbers.int(0, 31)}`;
  const near = (): string => `x${pick([9, 10, 11, 12, 13, 14, 15])}`;
  const far = (): string => `x${pick(saved)}`;
  const offset = (bytes: number): number =>
    misaligned ? numbers.int(-256, 250) : bytes * numbers.int(-256 / bytes, 250 / bytes);
  const access = (sizes: Readonly<Record<string, number>>, register: string): string => {
    const name = pick(Object.keys(sizes));
    return `${name} ${register}, ${offset(sizes[name]!)}(x31)`;
  };
  const compressed = (): string =>
    pick([
      () => `c.addi ${far()}, ${pick([-32, -1, 1, 31])}`,
      () => `c.li ${far()}, ${numbers.int(-32, 31)}`,
      () => `c.lui x${pick(saved)}, ${pick([1, 31, 0xfffe0, 0xfffff])}`,
      () => `c.mv ${far()}, ${far()}`,
      () => `c.add ${far()}, ${far()}`,
      () => `c.${pick(["sub", "xor", "or", "and"])} ${near()}, ${near()}`,
      () => `c.${pick(["srli", "srai"])} ${near()}, ${numbers.int(1, 31)}`,
      () => `c.andi ${near()}, ${numbers.int(-32, 31)}`,
      () => `c.slli ${far()}, ${numbers.int(1, 31)}`,
      () => `c.addi4spn ${near()}, x2, ${4 * numbers.int(1, 255)}`,
      () => `c.lw ${near()}, ${4 * numbers.int(0, 31)}(x8)`,
      () => `c.sw ${near()}, ${4 * numbers.int(0, 31)}(x8)`,
      () => `c.lwsp ${far()}, ${4 * numbers.int(0, 40)}(x2)`,
      () => `c.swsp ${far()}, ${4 * numbers.int(0, 40)}(x2)`,
      () => `${pick(["c.beqz", "c.bnez"])} ${near()}, TARGET`,
      () => "c.j TARGET",
    ])();
  const atomic = (): string =>
    pick([
      () => `${pick(swaps)}.w ${rd()}, ${rs()}, (x${pick(pointers)})`,
      // Together: a store between them makes some monitors forget, and others not.
      () => `lr.w ${rd()}, (x${pick(pointers)}); sc.w ${rd()}, ${rs()}, (x${pick(pointers)})`,
      () => `sc.w ${rd()}, ${rs()}, (x${pick(pointers)})`,
    ])();
  const kinds = [
    () => `${pick(three)} ${rd()}, ${rs()}, ${rs()}`,
    () => `${pick(three)} ${rd()}, ${rs()}, ${rs()}`,
    () => `${pick(immediate)} ${rd()}, ${rs()}, ${numbers.int(-2048, 2047)}`,
    () => `${pick(amount)} ${rd()}, ${rs()}, ${numbers.int(0, 31)}`,
    () => `${pick(two)} ${rd()}, ${rs()}`,
    () => `lui ${rd()}, ${numbers.int(0, 0xfffff)}`,
    () => `auipc ${rd()}, ${numbers.int(0, 0xfffff)}`,
    () => `${pick(branches)} ${rs()}, ${rs()}, TARGET`,
    () => `jal ${rd()}, TARGET`,
    () => access(loads, rd()),
    () => access(stores, rs()),
    compressed,
    compressed,
    compressed,
    ...(atomics ? [atomic] : []),
  ];
  return { text: pick(kinds)() };
}
