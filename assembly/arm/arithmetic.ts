/** What needs more than an operator: rarer data processing, fields, saturation, division, long products. */
import { IMMEDIATE, RA, RD, SUB } from "../machine/code";
import { REGISTER_FILE } from "../machine/layout";
import { ADC, ADD, AND, BIC, CARRY_SHIFT, EOR, FLAGS, ORN, ORR, RSB, SBC } from "./data";
import { setQ } from "./dsp/flags";
import { adcs, adds, carry, setCarry, setFlags, subs } from "./flags";
import { ra, rd, rm, rn, setRa, setRd } from "./registers";
import { shifted, shiftedWithCarry } from "./shift";

export function combineImmediate(entry: u32): u32 {
  const sub = <u32>load<u8>(entry, SUB);
  const result = combine(sub, rn(entry), load<u32>(entry, IMMEDIATE));
  if (sub >>> CARRY_SHIFT) setCarry((sub >>> CARRY_SHIFT) - 1);
  return result;
}

/** What is logical takes C from the shifter, before it is shifted by it. */
export function combineRegister(entry: u32): u32 {
  const sub = <u32>load<u8>(entry, SUB);
  const shift = load<u32>(entry, IMMEDIATE);
  const isLogical = (sub & 15) <= EOR;
  const second =
    sub & FLAGS && isLogical
      ? shiftedWithCarry(rm(entry), shift >>> 8, shift & 0xff)
      : shifted(rm(entry), shift >>> 8, shift & 0xff);
  return combine(sub, rn(entry), second);
}

function combine(sub: u32, a: u32, b: u32): u32 {
  const operation = sub & 15;
  if (operation > EOR) return sub & FLAGS ? flagged(operation, a, b) : plain(operation, a, b);
  const result = logical(operation, a, b);
  if (sub & FLAGS) setFlags(result);
  return result;
}

function logical(operation: u32, a: u32, b: u32): u32 {
  if (operation == AND) return a & b;
  if (operation == BIC) return a & ~b;
  if (operation == ORR) return a | b;
  return operation == ORN ? a | ~b : a ^ b;
}

function plain(operation: u32, a: u32, b: u32): u32 {
  if (operation == ADD) return a + b;
  if (operation == ADC) return a + b + carry();
  if (operation == SBC) return a + ~b + carry();
  return operation == RSB ? b - a : a - b;
}

function flagged(operation: u32, a: u32, b: u32): u32 {
  if (operation == ADD) return adds(a, b);
  if (operation == ADC) return adcs(a, b);
  if (operation == SBC) return adcs(a, ~b);
  return operation == RSB ? subs(b, a) : subs(a, b);
}

export function field(value: u32, lowest: u32, width: u32): u32 {
  return (value << (32 - lowest - width)) >>> (32 - width);
}

export function signedField(value: u32, lowest: u32, width: u32): u32 {
  return <u32>(<i32>(value << (32 - lowest - width)) >> (32 - width));
}

export function inserted(into: u32, value: u32, lowest: u32, width: u32): u32 {
  const mask = ((0xffffffff as u32) >>> (32 - width)) << lowest;
  return (into & ~mask) | ((value << lowest) & mask);
}

export function rbit(value: u32): u32 {
  let word = ((value >>> 1) & 0x55555555) | ((value & 0x55555555) << 1);
  word = ((word >>> 2) & 0x33333333) | ((word & 0x33333333) << 2);
  word = ((word >>> 4) & 0x0f0f0f0f) | ((word & 0x0f0f0f0f) << 4);
  return bswap<u32>(word);
}

/** To `width` bits, 1 to 32; sets Q if that changes it. */
export function saturateSigned(value: u32, width: u32): u32 {
  const highest: i32 = <i32>((<u32>1 << (width - 1)) - 1);
  const lowest = -highest - 1;
  if (<i32>value >= lowest && <i32>value <= highest) return value;
  setQ();
  return <i32>value < lowest ? lowest : highest;
}

/** To `width` bits, 0 to 31. */
export function saturateUnsigned(value: u32, width: u32): u32 {
  const highest: u32 = (<u32>1 << width) - 1;
  if (value <= highest) return value;
  setQ();
  return <i32>value < 0 ? 0 : highest;
}

/** By zero gives 0, and the one overflow its dividend. */
export function divide(dividend: i32, divisor: i32): i32 {
  if (divisor == 0) return 0;
  return divisor == -1 ? 0 - dividend : dividend / divisor;
}

// @ts-ignore: decorator
@inline
export function getLong(entry: u32): u64 {
  return <u64>rd(entry) | (<u64>ra(entry) << 32);
}

// @ts-ignore: decorator
@inline
export function setLong(entry: u32, value: u64): void {
  setRd(entry, <u32>value);
  setRa(entry, <u32>(value >> 32));
}
