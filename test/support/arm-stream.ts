/**
 * Random Arm instructions as an assembly program that keeps all state after each chunk of them, and at its end writes
 * what it kept, as bytes, to the console.
 *
 * Each chunk begins with every register, flag and mode at a random value of its own. r5 is a small index; r6, r10 and
 * sp point to scratch memory: they are read, not written. Branches skip a few instructions ahead.
 */
import { type ArmArchitecture, instructions } from "./arm-instructions.ts";
import type { Random } from "./random.ts";

export interface ArmStreamOptions {
  readonly architecture: ArmArchitecture;
  readonly chunks: number;
  /** Where code and data lie. */
  readonly data: number;
}

const chunkLength = 50;
const scratchBytes = 1024;
const edges = [0, 1, -1, 2, -2, 0x7fffffff, -0x80000000, 0x80, 0xff, 0x8000, 0xffff, 31, 32, 33, 0x55555555];
const halves = [0x7fff7fff, 0x80008000, 0x7fff8000, 0x80007fff, 0x7f807f80, 0x80808080, 0x00ff00ff];
/** Zeros, ones, infinities, NaNs, denormals, the largest and smallest normals; halves of doubles too. */
const floats = [
  ...[0, 0x80000000, 0x3f800000, 0xbf800000, 0x7f800000, 0xff800000, 0x7fc12345, 0xffc00000, 0x7f812345, 0xff800001],
  ...[0x00000001, 0x807fffff, 0x00800000, 0x7f7fffff, 0x4f000000, 0xcf000000, 0x4effffff, 0x4f7fffff, 0x3f000000],
  ...[0x3fc00000, 0x33800000, 0x477fe000, 0x38800000, 0x00007c01, 0x7e00fc00, 0x3c000400, 0x7ff00000, 0x7ff80001],
  ...[0xfff40000, 0x00100000, 0x000fffff, 0x3ff00000, 0xbff00000, 0x41dfffff, 0x47efffff, 0x380fffff, 0x36a00000],
]; // prettier-ignore

export const isFloating = ({ float }: ArmArchitecture): boolean => float !== undefined;
/** Words that the program keeps after each chunk. */
export const recordWords = (architecture: ArmArchitecture): number => (isFloating(architecture) ? 49 : 16);

export function armStream(numbers: Random, options: ArmStreamOptions): string {
  const chunks = Array.from({ length: options.chunks }, (_, i) => chunk(numbers, options.architecture, i));
  return [prologue(options), ...chunks, epilogue(options), data(options)].join("\n");
}

/** The program's registers as the record has them, lowest address first. */
export function recordNames(architecture: ArmArchitecture): string[] {
  const cores = [8, 9, 10, 11, 12, 14].map((i) => `r${i}`);
  const low = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => `r${i}`);
  const singles = Array.from({ length: 32 }, (_, i) => `s${i}`);
  return ["memory", ...(isFloating(architecture) ? ["fpscr", ...singles] : []), ...cores, "apsr", ...low];
}

function prologue({ architecture, data }: ArmStreamOptions): string {
  return `
  .syntax unified
  .thumb
  .section .vectors, "ax"
  .4byte ${data + 0x3f000}, _start
  .4byte ${Array.from({ length: 14 }, () => "fault").join(", ")}
  .text
  .globl _start
  .thumb_func
fault:
  ldr r0, =0x20026
  movs r1, #9
  ldr r3, =failure
  str r0, [r3]
  str r1, [r3, #4]
  movs r0, #0x20
  mov r1, r3
  bkpt 0xab
  .thumb_func
_start:
${isFloating(architecture) ? "  ldr r0, =0xe000ed88\n  ldr r1, =0x00f00000\n  str r1, [r0]\n  dsb\n  isb" : ""}
  b chunk0
  .ltorg
`;
}

function epilogue({ chunks, architecture }: ArmStreamOptions): string {
  const bytes = chunks * recordWords(architecture) * 4;
  return `
chunk${chunks}:
  ldr r1, =request
  movs r0, #1
  bkpt 0xab
  ldr r1, =message
  str r0, [r1]
  movs r0, #5
  bkpt 0xab
  ldr r1, =success
  movs r0, #0x20
  bkpt 0xab
  .ltorg
  .align 2
request: .4byte terminal, 4, 3
terminal: .asciz ":tt"
  .align 2
success: .4byte 0x20026, 0
  .data
  .align 2
message: .4byte 0, records, ${bytes}
failure: .4byte 0, 0
`;
}

/** The records grow from low to high; scratch memory is in the middle of its own space. */
function data({ chunks, architecture }: ArmStreamOptions): string {
  const bytes = chunks * recordWords(architecture) * 4;
  return `
  .bss
  .align 10
  .space 1024
scratch: .space ${scratchBytes}
  .space 1024
records: .space ${bytes}
next: .space 4
`;
}

function operand(numbers: Random): number {
  const pick = (list: readonly number[]): number => list[numbers.int(0, list.length - 1)]!;
  const which = numbers.next();
  if (which < 0.3) return pick(edges) >>> 0;
  if (which < 0.45) return pick(halves) >>> 0;
  return which < 0.6 ? pick(floats) >>> 0 : numbers.int(-0x80000000, 0x7fffffff) >>> 0;
}

/** Mostly edge cases, and numbers near 1 that arithmetic leaves in range. */
function floatWord(numbers: Random): number {
  const which = numbers.next();
  if (which < 0.3) return floats[numbers.int(0, floats.length - 1)]! >>> 0;
  if (which < 0.4) return numbers.int(-0x80000000, 0x7fffffff) >>> 0;
  return ((numbers.int(0, 1) << 31) | ((127 + numbers.int(-30, 33)) << 23) | numbers.int(0, 0x7fffff)) >>> 0;
}

function chunk(numbers: Random, architecture: ArmArchitecture, index: number): string {
  const isFloat = isFloating(architecture);
  const words = (values: readonly (number | string)[]): string => `  .4byte ${values.join(", ")}`;
  const operands = (count: number): number[] => Array.from({ length: count }, () => operand(numbers));
  const scratch = (offset: number): string => `scratch + ${offset}`;
  const body = instructions(numbers, architecture, chunkLength, `l${index}_`);
  // Now and then the mode: rounding, flushing, default NaNs, alternative halves.
  const mode = numbers.next() < 0.5 ? numbers.int(0, 31) << 22 : 0;
  // ARMv6-M has no Q, which QEMU's cores all have.
  const apsr =
    (architecture.wide ? numbers.int(0, 31) << 27 : numbers.int(0, 15) << 28) |
    (architecture.dsp ? numbers.int(0, 15) << 16 : 0);
  const index4 = architecture.wide ? numbers.int(0, 60) : 4 * numbers.int(0, 15);
  const [r8, r9, r11, r12, lr, ...low] = operands(11);
  return `
chunk${index}:
  ldr r7, =initial${index}
${isFloat ? "  vldm r7!, {s0-s31}\n  ldm r7!, {r0}\n  vmsr fpscr, r0" : ""}
  ldm r7!, {r0-r5}
  mov r8, r0
  mov r9, r1
  mov r10, r2
  mov r11, r3
  mov r12, r4
  mov lr, r5
  ldm r7!, {r0-r2}
  mov sp, r1
  msr ${architecture.dsp ? "APSR_nzcvqg" : "APSR_nzcvq"}, r0
  ldm r7, {r0-r7}
  b begin${index}
  .ltorg
  .align 2
initial${index}:
${isFloat ? `${words(Array.from({ length: 32 }, () => floatWord(numbers)))}\n  .4byte ${mode}` : ""}
${words([r8!, r9!, scratch(512), r11!, r12!, lr!, apsr >>> 0, scratch(256), 0])}
${words([...low.slice(0, 5), index4, scratch(320), low[5]!])}
begin${index}:
${body.replaceAll("LITERALS", `literals${index}`)}
  b after${index}
  .ltorg
  .align 2
literals${index}:
${words(operands(4))}
after${index}:
  push {r0-r7}
  mov r0, r8
  mov r1, r9
  mov r2, r10
  mov r3, r11
  mov r4, r12
  mov r5, lr
  mrs r6, apsr
  push {r0-r6}
${isFloat ? "  vpush {s0-s31}\n  vmrs r0, fpscr\n  push {r0}" : ""}
  @ What is in scratch memory, in one word, pushed too: then all of it goes to the records.
  ldr r0, =scratch
  movs r1, #0
  ldr r2, =${scratchBytes}
  movs r5, #5
1: subs r2, r2, #4
  ldr r3, [r0, r2]
  eors r1, r3
  rors r1, r5
  cmp r2, #0
  bne 1b
  push {r1}
  ldr r0, =next
  ldr r1, [r0]
  ldr r2, =${recordWords(architecture) * 4}
  adds r3, r1, r2
  str r3, [r0]
  ldr r0, =records
  adds r0, r0, r1
1: subs r2, r2, #4
  mov r3, sp
  ldr r3, [r3, r2]
  str r3, [r0, r2]
  cmp r2, #0
  bne 1b
  ldr r0, =chunk${index + 1} + 1
  bx r0
  .ltorg
`;
}
