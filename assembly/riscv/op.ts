/** What a decoded instruction does; compressed forms decode to the same. 0 and 1 are `UNDECODED` and `PAGE_END`. */
export const enum Op {
  Undecoded,
  PageEnd,
  Illegal,
  /** LUI, and AUIPC whose sum is known. */
  LoadUpper,
  Jal,
  Jalr,
  Beq,
  Bne,
  Blt,
  Bge,
  Bltu,
  Bgeu,
  Lb,
  Lh,
  Lw,
  Lbu,
  Lhu,
  Sb,
  Sh,
  Sw,
  Addi,
  Slti,
  Sltiu,
  Xori,
  Ori,
  Andi,
  Slli,
  Srli,
  Srai,
  Add,
  Sub,
  Sll,
  Slt,
  Sltu,
  Xor,
  Srl,
  Sra,
  Or,
  And,
  Mul,
  Mulh,
  Mulhsu,
  Mulhu,
  Div,
  Divu,
  Rem,
  Remu,
  Sh1add,
  Sh2add,
  Sh3add,
  Andn,
  Orn,
  Xnor,
  Clz,
  Ctz,
  Cpop,
  Max,
  Maxu,
  Min,
  Minu,
  Sextb,
  Sexth,
  Zexth,
  Rol,
  Ror,
  Rori,
  Orcb,
  Rev8,
  Bclr,
  Bclri,
  Bext,
  Bexti,
  Binv,
  Binvi,
  Bset,
  Bseti,
  Fence,
  FenceI,
  Ecall,
  Ebreak,
  Mret,
  Wfi,
  Csr,
  /** LR.W, SC.W and the AMOs: the function is in the immediate. */
  Atomic,
  /** CM.PUSH, CM.POP, CM.POPRET, CM.POPRETZ, CM.MVSA01, CM.MVA01S: the halfword is in the immediate. */
  Push,
  Pop,
  PopReturn,
  PopReturnZero,
  MoveToSaved,
  MoveFromSaved,
}

export function isLoad(op: Op): bool {
  return op >= Op.Lb && op <= Op.Lhu;
}

export function isStore(op: Op): bool {
  return op >= Op.Sb && op <= Op.Sw;
}

export function isBranch(op: Op): bool {
  return op >= Op.Beq && op <= Op.Bgeu;
}

/** DIV, DIVU, REM, REMU. */
export function isDivide(op: Op): bool {
  return op >= Op.Div && op <= Op.Remu;
}

/** MULH, MULHSU, MULHU. */
export function isMultiplyHigh(op: Op): bool {
  return op >= Op.Mulh && op <= Op.Mulhu;
}

/** Reads two registers of an R-type instruction. */
export function isRegisterOp(op: Op): bool {
  return op >= Op.Add && op <= Op.Remu;
}

/** SLLI, SRLI, SRAI. */
export function isShiftImmediate(op: Op): bool {
  return op >= Op.Slli && op <= Op.Srai;
}

/** SLL, SRL, SRA. */
export function isShift(op: Op): bool {
  return op == Op.Sll || op == Op.Srl || op == Op.Sra;
}

/** Enters or leaves a trap. */
export function isTrap(op: Op): bool {
  return op == Op.Ecall || op == Op.Ebreak || op == Op.Mret;
}

/** Has a destination that it writes when it executes, which a load does later. */
export function writesRegister(op: Op): bool {
  return op != Op.Illegal && !isBranch(op) && !isStore(op) && !isLoad(op);
}
