/**
 * What a decoded instruction does. 0 and 1 are `UNDECODED` and `PAGE_END`.
 *
 * Comparisons are subtractions into the sink, moves by a shifted register are shifts, SUB of an immediate is ADD.
 */
export const enum Op {
  Undecoded,
  PageEnd,
  Illegal,
  /** MOV, MVN, MOVW, ADR of a constant; with N and Z, and C where `SUB` says so: 1 clears, 2 sets it. */
  LoadConstant,
  MovsConstant,
  Mov,
  Movs,
  Movt,
  AddImm,
  RsbImm,
  AndImm,
  OrrImm,
  EorImm,
  AddReg,
  SubReg,
  AndReg,
  OrrReg,
  EorReg,
  BicReg,
  /** The second operand shifted: amount in the immediate, `SUB` the type. */
  AddShift,
  SubShift,
  RsbShift,
  AndShift,
  OrrShift,
  EorShift,
  BicShift,
  AddsImm,
  SubsImm,
  RsbsImm,
  AndsImm,
  AddsReg,
  SubsReg,
  AndsReg,
  OrrsReg,
  EorsReg,
  BicsReg,
  /** The rest of data processing: `SUB` is the operation as encoded, 16 more if it sets flags. */
  DataImm,
  DataReg,
  LslImm,
  LsrImm,
  AsrImm,
  RorImm,
  LslsImm,
  LsrsImm,
  AsrsImm,
  LslReg,
  LsrReg,
  AsrReg,
  RorReg,
  LslsReg,
  LsrsReg,
  AsrsReg,
  RorsReg,
  /** The immediate is the rotation. */
  Sxtb,
  Sxth,
  Uxtb,
  Uxth,
  /** The immediate is the lowest bit, `SUB` the width. */
  Sbfx,
  Ubfx,
  Bfi,
  Clz,
  Rbit,
  Rev,
  Rev16,
  Revsh,
  /** The immediate is the shift, as of `AddShift` with its type above bit 8; `SUB` the bit to saturate to. */
  Ssat,
  Usat,
  Mul,
  Muls,
  Mla,
  Mls,
  Umull,
  Smull,
  Umlal,
  Smlal,
  Sdiv,
  Udiv,
  B,
  Beq,
  Bne,
  Bcs,
  Bcc,
  Bmi,
  Bpl,
  Bvs,
  Bvc,
  Bhi,
  Bls,
  Bge,
  Blt,
  Bgt,
  Ble,
  Cbz,
  Cbnz,
  Bl,
  Blx,
  Bx,
  /** MOV to PC and ADD of a register to PC, whose value is the immediate. */
  MovPc,
  AddPc,
  /** `base` + immediate, or where `base` is nothing the table's address. */
  Tbb,
  Tbh,
  LdrPc,
  LdmPc,
  LdrImm,
  LdrbImm,
  LdrsbImm,
  LdrhImm,
  LdrshImm,
  /** `SUB` is the shift to the left. */
  LdrReg,
  LdrbReg,
  LdrsbReg,
  LdrhReg,
  LdrshReg,
  /** Bit 0 of `SUB`: the address is used before it is moved. */
  LdrIndexed,
  LdrbIndexed,
  LdrsbIndexed,
  LdrhIndexed,
  LdrshIndexed,
  /** `SUB`: 0 offset, 1 moved after, 2 moved before. */
  Ldrd,
  /** The immediate is the register list; `SUB`: bit 0 downwards, bit 1 the base is moved. */
  Ldm,
  StrImm,
  StrbImm,
  StrhImm,
  StrReg,
  StrbReg,
  StrhReg,
  StrIndexed,
  StrbIndexed,
  StrhIndexed,
  Strd,
  Stm,
  /** `SUB` is the number of bytes. */
  LoadExclusive,
  StoreExclusive,
  It,
  /** Hints, and barriers that order nothing here. */
  Nop,
  Isb,
  ClearExclusive,
  Wfi,
  Wfe,
  Sev,
  Svc,
  Bkpt,
  /** The immediate is the special register's number. */
  Mrs,
  Msr,
  /** The immediate is the instruction's low byte. */
  Cps,
  /** From here on the DSP extension's, with `SUB` the operation. */
  Dsp = 160,
  /** From here on floating point. */
  Float = 200,
}

export function isBranch(op: Op): bool {
  return op >= Op.Beq && op <= Op.Cbnz;
}

/** Goes elsewhere always: direct, by a register, by a table, or by loading PC. */
export function isJump(op: Op): bool {
  return op == Op.B || (op >= Op.Bl && op <= Op.LdmPc);
}

/** Loads into registers, without those into PC. */
export function isLoad(op: Op): bool {
  return (op >= Op.LdrImm && op <= Op.Ldm) || op == Op.LoadExclusive;
}

export function isStore(op: Op): bool {
  return (op >= Op.StrImm && op <= Op.Stm) || op == Op.StoreExclusive;
}

export function isMultiply(op: Op): bool {
  return op >= Op.Mul && op <= Op.Smlal;
}

/** UMULL, SMULL, UMLAL, SMLAL. */
export function isLongMultiply(op: Op): bool {
  return op >= Op.Umull && op <= Op.Smlal;
}

export function isDivide(op: Op): bool {
  return op == Op.Sdiv || op == Op.Udiv;
}
