/** What the manuals' tables say of single instructions, with the core's numbers. */
import { IMMEDIATE, LENGTH, OP, SUB } from "../../machine/code";
import { READABLE, granuleOf, hostAddress } from "../../machine/memory";
import {
  CALL_CYCLES, DIVIDE_CYCLES, DIVIDE_MOST_CYCLES, EXCEPTION_CYCLES, FLOAT_ACCUMULATE_CYCLES, FLOAT_DIVIDE_CYCLES, JUMP_CYCLES,
  LOAD_CYCLES, LOAD_PC_CYCLES, LONG_ADD_CYCLES, LONG_MULTIPLY_CYCLES, MULTIPLE_CYCLES, MULTIPLY_ADD_CYCLES,
  MULTIPLY_CYCLES, POP_PC_CYCLES, RETURN_CYCLES, SIZES_MULTIPLY, STORE_CYCLES, STORE_REGISTER_CYCLES, SYSTEM_CYCLES,
  TABLE_CYCLES, TAKEN_CYCLES,
} from "../../parameters";
import { Op, isBranch, isDivide, isLoad, isStore } from "../op";

/** If it goes on to the next instruction. */
export function unitCycles(entry: u32, op: Op): u32 {
  if (op >= Op.Float) return floatCycles(entry, op);
  if (op == Op.Ldm || op == Op.Stm) return MULTIPLE_CYCLES + registers(entry);
  if (op == Op.Ldrd || op == Op.Strd) return MULTIPLE_CYCLES + 2;
  if (op >= Op.StrReg && op <= Op.StrhReg) return STORE_REGISTER_CYCLES;
  if (isLoad(op)) return LOAD_CYCLES;
  if (isStore(op)) return STORE_CYCLES;
  if (op == Op.Umull || op == Op.Smull) return LONG_MULTIPLY_CYCLES;
  if (op == Op.Umlal || op == Op.Smlal || isLongDsp(op)) return LONG_ADD_CYCLES;
  if (op == Op.Mla || op == Op.Mls) return MULTIPLY_ADD_CYCLES;
  if (op == Op.Mul || op == Op.Muls) return MULTIPLY_CYCLES;
  if (isDivide(op)) return DIVIDE_CYCLES;
  return load<u8>(entry, LENGTH) == 4 && isSystem(op) ? SYSTEM_CYCLES : 1;
}

function isLongDsp(op: Op): bool {
  return op >= Op.Smlalbb && op <= Op.Umaal;
}

/** Barriers and accesses to special registers. */
function isSystem(op: Op): bool {
  return op == Op.Nop || op == Op.Isb || op == Op.Mrs || op == Op.Msr;
}

function floatCycles(entry: u32, op: Op): u32 {
  if (op <= Op.Vstr) return MULTIPLE_CYCLES + load<u8>(entry, SUB);
  if (op <= Op.Vstm) return MULTIPLE_CYCLES + load<u8>(entry, SUB);
  if (op == Op.VmovPairToCore || op == Op.VmovPairFromCore) return 2;
  if (op == Op.Vdiv || op == Op.Vsqrt) return FLOAT_DIVIDE_CYCLES;
  return op >= Op.Vmla && op <= Op.Vfnms ? FLOAT_ACCUMULATE_CYCLES : 1;
}

/** If it goes elsewhere. */
export function takenCycles(entry: u32, op: Op): u32 {
  if (isBranch(op) || op == Op.B) return TAKEN_CYCLES;
  if (op == Op.Bl) return CALL_CYCLES;
  if (op == Op.LdmPc) return POP_PC_CYCLES + registers(entry);
  if (op == Op.LdrPc) return LOAD_PC_CYCLES;
  return op == Op.Tbb || op == Op.Tbh ? TABLE_CYCLES : JUMP_CYCLES;
}

/** Of LDM and STM, with PC. */
export function registers(entry: u32): u32 {
  return popcnt<u32>(load<u16>(entry, IMMEDIATE));
}

/** A jump whose target is in the instruction. */
export function isDirect(op: Op): bool {
  return isBranch(op) || op == Op.B || op == Op.Bl;
}

/** Whether the direct target of `entry` is a 32-bit instruction in two words. */
export function isSplitTarget(entry: u32): bool {
  const address = load<u32>(entry, IMMEDIATE);
  const granule = granuleOf(address);
  return (address & 2) != 0 && (granule & READABLE) != 0 && load<u16>(hostAddress(granule, address)) >>> 11 > 28;
}

/** Beyond the least: by the bits of the quotient, from none to the most that the manual names for all 32. */
export function divideCycles(entry: u32, dividend: u32, divisor: u32): u32 {
  const isSigned = load<u8>(entry, OP) == Op.Sdiv;
  const above = clz<u32>(isSigned ? magnitude(dividend) : dividend);
  const below = clz<u32>(isSigned ? magnitude(divisor) : divisor);
  const bits = divisor == 0 || below < above ? 0 : below - above + 1;
  return ((DIVIDE_MOST_CYCLES - DIVIDE_CYCLES) * bits + 31) >>> 5;
}

function magnitude(value: u32): u32 {
  return <i32>value < 0 ? 0 - value : value;
}

/** Beyond the least: a cycle for each operand that takes more than 16 bits, and one more for a sum. */
export function multiplyCycles(entry: u32, a: u32, b: u32): u32 {
  if (!SIZES_MULTIPLY) return 0;
  const op = <Op>load<u8>(entry, OP);
  const isSigned = op == Op.Smull || op == Op.Smlal;
  const wide = <u32>isWide(a, isSigned) + <u32>isWide(b, isSigned);
  return wide == 2 && (op == Op.Umlal || op == Op.Smlal) ? 3 : wide;
}

function isWide(value: u32, isSigned: bool): bool {
  return isSigned ? <i32>value != <i32>(<i16>value) : value > 0xffff;
}

/** Two accesses, or three where the address is odd. */
export function misalignedCycles(address: u32, bytes: u32): u32 {
  return address & 1 && bytes == 4 ? 2 : 1;
}

export function exceptionCycles(): u32 {
  return EXCEPTION_CYCLES;
}

export function returnCycles(): u32 {
  return RETURN_CYCLES;
}
