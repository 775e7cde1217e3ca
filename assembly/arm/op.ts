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
  /** From here on the DSP extension's. */
  Dsp = 160,
  /** `SUB`: how the lanes are summed above bit 3, what they are below. */
  Parallel = 160,
  Sel,
  Usada8,
  Ssat16,
  Usat16,
  Pkhbt,
  Pkhtb,
  /** Without their first operand SXTH and so on; in the order of their encoding. */
  Sxtah,
  Uxtah,
  Sxtab16,
  Uxtab16,
  Sxtab,
  Uxtab,
  /** Of operands that are rotated first; without an accumulator SMUL and so on. */
  Smlabb,
  Smlawb,
  Smlad,
  Smlsd,
  Smmla,
  Smmls,
  Smlalbb,
  Smlald,
  Smlsld,
  Umaal,
  /** In the order of their encoding. */
  Qadd,
  Qdadd,
  Qsub,
  Qdsub,
  /** From here on floating point: first what moves words. */
  Float = 200,
  /** `SUB` words at `base` + immediate. */
  Vldr = 200,
  Vstr,
  /** `SUB` words; the immediate holds where they begin and how far the base moves. */
  Vldm,
  Vstm,
  VmovToCore,
  VmovFromCore,
  VmovPairToCore,
  VmovPairFromCore,
  Vmrs,
  VmrsFlags,
  Vmsr,
  /** What computes a float of floats of its own width. */
  Vadd,
  Vsub,
  Vmul,
  Vnmul,
  Vdiv,
  Vmla,
  Vmls,
  Vnmla,
  Vnmls,
  Vfma,
  Vfms,
  Vfnma,
  Vfnms,
  Vmaxnm,
  Vminnm,
  Vsel,
  Vmov,
  VmovImm,
  Vabs,
  Vneg,
  Vsqrt,
  /** What has operands of several widths, or gives no float. */
  Vcmp,
  Vrint,
  VcvtToInt,
  VcvtFromInt,
  VcvtToFixed,
  VcvtFromFixed,
  VcvtFromHalf,
  VcvtToHalf,
  VcvtToSingle,
  VcvtToDouble,
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

/** A sum in two registers that the instruction adds to: UMLAL, SMLAL and those of the DSP extension. */
export function accumulatesLong(op: Op): bool {
  return op == Op.Umlal || op == Op.Smlal || (op >= Op.Smlalbb && op <= Op.Umaal);
}

/** UMULL, SMULL, UMLAL, SMLAL. */
export function isLongMultiply(op: Op): bool {
  return op >= Op.Umull && op <= Op.Smlal;
}

export function isDivide(op: Op): bool {
  return op == Op.Sdiv || op == Op.Udiv;
}
