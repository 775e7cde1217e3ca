/**
 * What a compiler emits for each counted operation on Armv7-M and Armv8-M Mainline (Thumb-2): the instruction
 * sequences, read from GCC 12.2 at -O2. What an instruction costs is the core's own table.
 */
import type { Operation } from "../loop/operation.ts";
import type { Price } from "./core.ts";
import type { Timing } from "./instruction.ts";
import { compose } from "./instruction.ts";

type Prices<O extends Operation> = Readonly<Record<O, Price>>;

/** `ldr` is the mean of two neighbouring loads, where a core lets them overlap. */
export type Armv7mInstruction =
  | "alu" | "it" | "mul" | "mla" | "smlal" | "sdiv"
  | "ldr" | "str" | "push9" | "pop9"
  | "branchTaken" | "branchNotTaken" | "bl"; // prettier-ignore

export type DspInstruction = "smuad";

export type FpuInstruction =
  "vadd" | "vmul" | "vmulThenAdd" | "vcmp" | "vmrs" | "vmovIf" | "fpIt" | "vdiv" | "vmov";

/** Calls of the compiler's library, entry to return. */
export type SoftFloatCall = "faddCall" | "fmulCall" | "fcmpCall" | "fdivCall";

type Memory =
  | "load8" | "load16" | "load32" | "word" | "loadConst8" | "loadConst16" | "loadConst32" | "store8" | "store16" | "store32"
  | "widen2" | "widenConst2" | "widen8" | "widenConst8"; // prettier-ignore

type Integer =
  | "add"
  | "address"
  | "mul"
  | "mac"
  | "minMax"
  | "select"
  | "divide"
  | "requantize"
  | "requantizeOnce"
  | "requantizeNearest"
  | "lanes"
  | "sumLanes"
  | VectorOperation;

/** What has vectors of 16 bytes; in software on these cores. */
type VectorOperation = "load128" | "loadConst128" | "store128" | "dot16" | "four" | "scaled4" | "vector";

type Control = "loop" | "loopExit" | "call";

export function armv7mPrices(t: Timing<Armv7mInstruction>): Prices<Memory | Integer | Control> {
  return { ...memory(t), ...integer(t), ...control(t) };
}

function memory(t: Timing<Armv7mInstruction>): Prices<Memory> {
  const load = compose(t, { ldr: 1 }, "LDRSB, LDRB, LDRSH or LDR, next to another");
  const store = compose(t, { str: 1 }, "STRB, STRH or STR with an immediate offset");
  const widen2 = compose(t, { ldr: 2, alu: 2 }, "two byte loads, UXTH and ORR into halfwords");
  const widen8 = compose(t, { ldr: 8, alu: 8 }, "four pairs, each two byte loads, UXTH and ORR");
  return {
    load8: load,
    load16: load,
    load32: load,
    word: load,
    loadConst8: load,
    loadConst16: load,
    loadConst32: load,
    store8: store,
    store16: store,
    store32: store,
    widen2,
    widenConst2: widen2,
    widen8,
    widenConst8: widen8,
  };
}

function integer(t: Timing<Armv7mInstruction>): Prices<Integer> {
  return {
    add: compose(t, { alu: 1 }, "ADD, SUB, a shift, AND or CMP"),
    address: compose(t, { alu: 1 }, "ADD to a pointer or index"),
    mul: compose(t, { mul: 1 }, "MUL"),
    mac: compose(t, { mla: 1 }, "MLA"),
    minMax: compose(t, { alu: 2, it: 1 }, "CMP, IT, conditional MOV"),
    select: compose(t, { alu: 2, it: 1 }, "ITE and two conditional MOVs; the comparison is counted apart"),
    divide: compose(t, { sdiv: 1 }, "SDIV"),
    requantize: compose(
      t,
      { smlal: 1, alu: 15, branchTaken: 1, it: 1 },
      "64-bit product plus 2^30 (SMLAL, two MOVs), >> 31 (LSR, ORR), rounding right shift (RSB, MOV, LSL, SUB, two " +
        "ASRs, AND, ADD with the sign, CMP, conditional ADD), the test for a left shift (CMP, branch) and a MOV",
    ),
    requantizeOnce: compose(
      t,
      { smlal: 2, alu: 7 },
      "the rounding constant (MVN, MOV, LSL, ADD, SMULL by 2^30 and its MOV), SMLAL, ASR of its upper word, MOV",
    ),
    requantizeNearest: compose(
      t,
      { smlal: 1, alu: 10, it: 1 },
      "64-bit product (SMULL, priced as SMLAL), >> (30 - shift) (RSB, ADD, LSR, LSL, ORR, SUBS, ITT, ASR, ORR), ADD, ASR",
    ),
    lanes: compose(t, { alu: 5 }, "two halfword lanes: ADD, UXTH, LSR, ADD, ORR"),
    load128: compose(t, { ldr: 4 }, "four words"),
    loadConst128: compose(t, { ldr: 4 }, "four words"),
    store128: compose(t, { str: 4 }, "four words, or bytes"),
    dot16: compose(t, { mla: 16, alu: 32 }, "sixteen times two SXTBs, MLA"),
    four: compose(t, { alu: 4 }, "four MOVs"),
    scaled4: compose(t, { smlal: 4, alu: 80 }, "four times requantize and its limits"),
    vector: compose(t, { alu: 8 }, "four times CMP and conditional MOV"),
    sumLanes: compose(t, { alu: 3 }, "three ADDs"),
  };
}

function control(t: Timing<Armv7mInstruction>): Prices<Control> {
  return {
    loop: compose(t, { alu: 2, branchTaken: 1 }, "ADD, CMP, branch back"),
    loopExit: compose(t, { alu: 1, branchNotTaken: 1 }, "MOV of the index, branch that falls through"),
    call: compose(
      t,
      { alu: 1, bl: 1, push9: 1, pop9: 1 },
      "MOV of the row, BL, PUSH {r4-r11, lr}, POP {r4-r11, pc}",
    ),
  };
}

/** The sum is part of the operation. */
export function dspPrices(t: Timing<"alu" | DspInstruction>): Prices<"dot2" | "dot8" | "bytes2" | "pack2"> {
  return {
    dot2: compose(t, { smuad: 1 }, "SMLAD, which takes as long as SMUAD"),
    bytes2: compose(t, { alu: 1 }, "SXTB16 or UXTB16, rotated or not"),
    pack2: compose(t, { alu: 1 }, "PKHBT or PKHTB"),
    dot8: compose(t, { smuad: 4 }, "four SMUADs; their sums are counted as lanes"),
  };
}

/** Two halfword products without SIMD instructions. */
export function scalarDotPrices(t: Timing<Armv7mInstruction>): Prices<"dot2" | "dot8" | "bytes2" | "pack2"> {
  return {
    pack2: compose(t, { alu: 2 }, "UXTH, ORR with a shifted operand"),
    bytes2: compose(t, { alu: 4 }, "two SXTBs, one rotated, UXTH, ORR with a shifted operand"),
    dot2: compose(t, { alu: 4, mla: 2 }, "two SXTHs, two ASRs, two MLAs"),
    dot8: compose(t, { alu: 16, mul: 4, mla: 4 }, "four times two SXTHs, two ASRs, MUL, MLA"),
  };
}

type Float = "fadd" | "fmul" | "fmac" | "fminMax" | "fdiv" | "bits";

export function fpuPrices(t: Timing<FpuInstruction>): Prices<Float> {
  return {
    fadd: compose(t, { vadd: 1 }, "VADD.F32"),
    fmul: compose(t, { vmul: 1 }, "VMUL.F32"),
    fmac: compose(t, { vmulThenAdd: 1 }, "VMUL.F32 and VADD.F32: two roundings, so no VFMA"),
    fminMax: compose(t, { vcmp: 1, vmrs: 1, fpIt: 1, vmovIf: 1 }, "VCMP, VMRS, conditional move or VSEL"),
    fdiv: compose(t, { vdiv: 1 }, "VDIV.F32"),
    bits: compose(t, { vmov: 1 }, "VMOV between a core register and a float register"),
  };
}

/** No floating-point unit: every operation is a call of the compiler's library. */
export function softFloatPrices(t: Timing<"alu" | "bl" | SoftFloatCall>): Prices<Float> {
  return {
    fadd: compose(t, { alu: 2, bl: 1, faddCall: 1 }, "two MOVs of operands, BL, __aeabi_fadd"),
    fmul: compose(t, { alu: 2, bl: 1, fmulCall: 1 }, "two MOVs of operands, BL, __aeabi_fmul"),
    fmac: compose(
      t,
      { alu: 3, bl: 2, fmulCall: 1, faddCall: 1 },
      "three MOVs, two BL, __aeabi_fmul, __aeabi_fadd",
    ),
    fminMax: compose(t, { alu: 4, bl: 1, fcmpCall: 1 }, "three MOVs, BL, __aeabi_fcmplt, CMP of its result"),
    fdiv: compose(t, { alu: 2, bl: 1, fdivCall: 1 }, "two MOVs of operands, BL, __aeabi_fdiv"),
    bits: compose(t, { alu: 1 }, "floats are in core registers already: at most a MOV"),
  };
}
