/**
 * Cortex-M0+ with the single-cycle multiplier: DDI 0484C. Thumb-1: no conditional execution, no long multiply, no
 * divide, no floating point; what it lacks are sequences and library calls, read from GCC 12.2 at -O2.
 */
import type { Core, Price } from "./core.ts";
import type { Sequence, Timing } from "./instruction.ts";
import { compose, row } from "./instruction.ts";

const table = "Arm DDI 0484C, table 3-1";
const recalled = `${table} (row recalled, not read again)`;
const library =
  "libgcc of GCC 12.2, instructions counted on QEMU, at an assumed 1.25 cycles each (branches, stack)";

type Instruction =
  | "alu" | "muls" | "ldr" | "str" | "branchTaken" | "branchNotTaken" | "bl"
  | "push9" | "pop9" | "push5" | "push2" | "pop2" | "pop5"
  | "idivCall" | "faddCall" | "fmulCall" | "fcmpCall" | "fdivCall"; // prettier-ignore

export const cortexM0plusTiming: Timing<Instruction> = {
  alu: row(1, table),
  muls: row(1, `${table}: 1, the fast multiplier; the small one takes 32`),
  ldr: row(2, table),
  str: row(2, recalled),
  branchTaken: row(2, recalled),
  branchNotTaken: row(1, recalled),
  bl: row(3, recalled),
  push2: row(3, `${recalled}: 1+N`),
  push5: row(6, `${recalled}: 1+N`),
  push9: row(10, `${recalled}: 1+N`),
  pop2: row(3, `${recalled}: 1+N`),
  pop5: row(8, `${recalled}: 3+N with PC`),
  pop9: row(12, `${recalled}: 3+N with PC`),
  idivCall: row(94, `${library}: 75 for a sum of a few thousand by a window's area`),
  faddCall: row(75, `${library}: 60`),
  fmulCall: row(145, `${library}: 116`),
  fcmpCall: row(39, `${library}: 31`),
  fdivCall: row(471, `${library}: 377, a bit of the quotient a turn`),
};

const price = (sequence: Sequence<Instruction>, why: string): Price =>
  compose(cortexM0plusTiming, sequence, why);

const load = price({ ldr: 1 }, "LDRB, LDRSB, LDRH, LDRSH or LDR");
const store = price({ str: 1 }, "STRB, STRH or STR");
const widen2 = price({ ldr: 2, alu: 3 }, "two byte loads, LSLS, UXTH, ORRS into halfwords");
const widen8 = price({ ldr: 8, alu: 12 }, "four pairs, each two byte loads, LSLS, UXTH, ORRS");

/** `__aeabi_lmul`, instruction by instruction. */
const longMultiply: Sequence<Instruction> = {
  alu: 30, muls: 6, branchTaken: 1, push5: 1, push2: 1, pop2: 1, pop5: 1,
}; // prettier-ignore

export const cortexM0plus: Core = {
  id: "cortex-m0plus",
  name: "Cortex-M0+",
  part: "STM32G0B1, 64 MHz",
  clockHz: 64e6,
  simulatedAs: "cortex-m0plus",
  features: { lanes: 1, registers: 4 },
  prices: {
    load8: load,
    load16: load,
    load32: load,
    loadConst8: load,
    loadConst16: load,
    loadConst32: load,
    store8: store,
    store16: store,
    store32: store,
    add: price({ alu: 1 }, "ADDS, SUBS, a shift, ANDS or CMP"),
    address: price({ alu: 1 }, "ADDS to a pointer or index"),
    mul: price({ muls: 1 }, "MULS"),
    mac: price({ muls: 1, alu: 1 }, "MULS, ADDS"),
    minMax: price(
      { alu: 2, branchNotTaken: 1 },
      "CMP, branch not taken and MOVS; taken without MOVS costs the same",
    ),
    select: price({ alu: 1, branchTaken: 1 }, "branch and MOVS; the comparison is counted apart"),
    divide: price({ alu: 2, bl: 1, idivCall: 1 }, "two MOVS, BL, __aeabi_idiv"),
    requantize: price(
      { ...longMultiply, alu: longMultiply.alu! + 26, branchTaken: longMultiply.branchTaken! + 2, bl: 1 },
      "64-bit product in software (__aeabi_lmul: 6 MULS of halfwords, 30 ALU, 14 registers through the stack), then " +
        "26 ALU: plus 2^30, >> 31, rounding right shift; two branches",
    ),
    requantizeOnce: price(
      { alu: 22, muls: 4 },
      "four MULS of halves (ASRS, UXTH of each factor), ten to add them up, six for the rounding constant, ASRS",
    ),
    pack2: price({ alu: 3 }, "UXTH, LSLS, ORRS"),
    word: price({ ldr: 4, alu: 6 }, "four byte loads, three LSLS, three ORRS: words must be aligned"),
    bytes2: price({ alu: 6 }, "SXTB, LSLS, ASRS, UXTH, LSLS, ORRS"),
    requantizeNearest: price(
      { ...longMultiply, alu: longMultiply.alu! + 12, branchNotTaken: 1, bl: 1 },
      "64-bit product in software (as of requantize), then 12 ALU: >> (30 - shift), halved with rounding; one branch",
    ),
    fadd: price({ alu: 2, bl: 1, faddCall: 1 }, "two MOVS, BL, __aeabi_fadd"),
    fmul: price({ alu: 2, bl: 1, fmulCall: 1 }, "two MOVS, BL, __aeabi_fmul"),
    fmac: price(
      { alu: 3, bl: 2, fmulCall: 1, faddCall: 1 },
      "three MOVS, two BL, __aeabi_fmul, __aeabi_fadd",
    ),
    fminMax: price(
      { alu: 4, bl: 1, fcmpCall: 1, branchTaken: 1 },
      "three MOVS, BL, __aeabi_fcmplt, CMP and branch on its result",
    ),
    fdiv: price({ alu: 2, bl: 1, fdivCall: 1 }, "two MOVS, BL, __aeabi_fdiv"),
    bits: price({ alu: 1 }, "floats are in core registers already: at most a MOVS"),
    widen2,
    widenConst2: widen2,
    widen8,
    widenConst8: widen8,
    dot2: price({ alu: 6, muls: 2 }, "two SXTH, two ASRS, two MULS, two ADDS"),
    dot8: price({ alu: 20, muls: 8 }, "four times two SXTH, two ASRS, two MULS, ADDS"),
    lanes: price({ alu: 7 }, "two halfword lanes: ADDS, UXTH, two LSRS, ADDS, LSLS, ORRS"),
    load128: price({ ldr: 4 }, "four words"),
    loadConst128: price({ ldr: 4 }, "four words"),
    store128: price({ str: 4 }, "four words, or bytes"),
    dot16: price({ muls: 16, alu: 48 }, "sixteen times two SXTBs, MULS, ADDS"),
    four: price({ alu: 4 }, "four MOVs"),
    scaled4: price({ muls: 24, alu: 300 }, "four times requantize and its limits"),
    vector: price({ alu: 8 }, "four times CMP and MOV"),
    sumLanes: price({ alu: 3 }, "three ADDS"),
    loop: price({ alu: 2, branchTaken: 1 }, "ADDS, CMP, branch back"),
    loopExit: price({ alu: 1, branchNotTaken: 1 }, "MOVS of the index, branch that falls through"),
    call: price(
      { alu: 7, bl: 1, push9: 1, pop9: 1 },
      "MOVS of the row, BL, nine registers saved and restored (high ones through MOV)",
    ),
  },
  flash: {
    waitCycles: () => 2,
    source:
      "ST RM0444: 2 wait states at 64 MHz; no data cache, and instruction fetches take the one open line",
  },
};
