/**
 * What a compiler emits for each counted operation on RV32IMC: the instruction sequences, read from GCC 12.2 at -O2.
 * What an instruction costs is the core's own table.
 */
import type { Operation } from "../loop/operation.ts";
import type { Price } from "./core.ts";
import type { Sequence, Timing } from "./instruction.ts";
import { compose } from "./instruction.ts";

/**
 * `loadByte` (LB, LBU, LH, LHU) and `loadWord` are means of two neighbouring loads of which the next instruction uses
 * the second; `loadSaved` is LW with nothing waiting for it. `branchOver` skips one move or does not.
 */
export type Rv32Instruction =
  | "alu" | "mul" | "mulh" | "mulThenAdd" | "div"
  | "loadByte" | "loadWord" | "loadSaved" | "store"
  | "branchOver" | "branchTaken" | "loopBranch" | "loopFallThrough" | "jal" | "ret"
  | "addsf3" | "mulsf3" | "ltsf2" | "divsf3"; // prettier-ignore

export function rv32imcPrices(t: Timing<Rv32Instruction>): Readonly<Record<Operation, Price>> {
  const price = (sequence: Sequence<Rv32Instruction>, why: string): Price => compose(t, sequence, why);
  const load8 = price({ loadByte: 1 }, "LB or LBU, next to another");
  const load16 = price({ loadByte: 1 }, "LH or LHU, next to another");
  const load32 = price({ loadWord: 1 }, "LW, next to another");
  const store = price({ store: 1 }, "SB, SH or SW");
  const widen2 = price({ loadByte: 2, alu: 4 }, "two byte loads, two SLLI, SRLI, OR into halfwords");
  const widen8 = price({ loadByte: 8, alu: 16 }, "four pairs, each two byte loads, two SLLI, SRLI, OR");
  return {
    load8,
    load16,
    load32,
    loadConst8: load8,
    loadConst16: load16,
    loadConst32: load32,
    store8: store,
    store16: store,
    store32: store,
    add: price({ alu: 1 }, "ADD, SUB, a shift, AND or SLT"),
    address: price({ alu: 1 }, "ADD to a pointer or index"),
    mul: price({ mul: 1 }, "MUL"),
    mac: price({ mulThenAdd: 1 }, "MUL and ADD of its result"),
    minMax: price({ branchOver: 1, alu: 1 }, "BGE over MV"),
    select: price({ branchOver: 1, alu: 1 }, "branch over MV; the comparison is counted apart"),
    divide: price({ div: 1 }, "DIV"),
    requantize: price(
      { mul: 1, mulh: 1, alu: 22, branchTaken: 1 },
      "64-bit product (MUL, MULH), plus 2^30 with carry (LI, ADD, SLTU, ADD), >> 31 (SRLI, SLLI, OR), rounding right " +
        "shift (NEG, LI, SLL, ADDI, two SRAI, SRA, AND, SRLI, ADD, SLT, ADD), shift to the left (NOT, SRAI, AND, SLL), branch",
    ),
    requantizeOnce: price(
      { mul: 1, mulh: 1, alu: 12 },
      "64-bit product (MUL, MULH), the rounding constant (NOT, LI, SLL, two shifts, ADD), added with carry (ADD, SLTU, two ADD), SRA, LI",
    ),
    pack2: price({ alu: 4 }, "SLLI, SRLI, SLLI, OR"),
    word: price({ loadByte: 4, alu: 6 }, "four byte loads, three SLLI, three OR: words must be aligned"),
    bytes2: price({ alu: 7 }, "SLLI, SRAI, SLLI, SRLI, SRAI, SLLI, OR"),
    requantizeNearest: price(
      { mul: 1, mulh: 1, alu: 6, branchOver: 1 },
      "64-bit product (MUL, MULH), >> (30 - shift) of its high word (LI, SUB, ADDI, BLT, SRA), ADDI, SRAI",
    ),
    fadd: price({ alu: 2, jal: 1, addsf3: 1 }, "two MV, call of __addsf3"),
    fmul: price({ alu: 2, jal: 1, mulsf3: 1 }, "two MV, call of __mulsf3"),
    fmac: price({ alu: 3, jal: 2, mulsf3: 1, addsf3: 1 }, "three MV, calls of __mulsf3 and __addsf3"),
    fminMax: price(
      { alu: 3, jal: 1, ltsf2: 1, branchOver: 1 },
      "three MV, call of __ltsf2, branch on its result",
    ),
    fdiv: price({ alu: 2, jal: 1, divsf3: 1 }, "two MV, call of __divsf3"),
    bits: price({ alu: 1 }, "floats are in integer registers already: at most an MV"),
    widen2,
    widenConst2: widen2,
    widen8,
    widenConst8: widen8,
    dot2: price({ alu: 6, mulThenAdd: 2 }, "two SLLI, four SRAI, two MUL, two ADD"),
    dot8: price({ alu: 24, mul: 4, mulThenAdd: 4 }, "four times two SLLI, four SRAI, two MUL, ADD"),
    lanes: price({ alu: 8 }, "two halfword lanes: ADD, SLLI, SRLI, two SRLI, ADD, SLLI, OR"),
    load128: price({ loadWord: 4 }, "four words"),
    loadConst128: price({ loadWord: 4 }, "four words"),
    store128: price({ store: 4 }, "four words, or bytes"),
    dot16: price({ mulThenAdd: 16, alu: 64 }, "sixteen times four shifts, MUL, ADD"),
    four: price({ alu: 4 }, "four MV"),
    scaled4: price({ mul: 4, mulh: 4, alu: 100 }, "four times requantize and its limits"),
    vector: price({ branchOver: 4, alu: 4 }, "four times BGE over MV"),
    sumLanes: price({ alu: 3 }, "three ADD"),
    loop: price({ alu: 1, loopBranch: 1 }, "ADDI, BNE back"),
    loopExit: price({ alu: 1, loopFallThrough: 1 }, "LI of the index, branch that falls through"),
    call: price(
      { alu: 3, jal: 1, store: 13, loadSaved: 13, ret: 1 },
      "LI of the row, JAL, stack pointer down and up, ra and s0-s11 saved and restored, return",
    ),
  };
}
