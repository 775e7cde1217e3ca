/** Executes floating-point instructions, single and double alike; `arm/execute.ts` has the commonest single ones itself. */
import { IMMEDIATE, OP, RA, RD, RS1, RS2, SUB } from "../../machine/code";
import { Stop, stop } from "../../machine/stop";
import { readAligned, writeAligned } from "../access";
import { Op } from "../op";
import { nzcv, setNzcv } from "../flags";
import { ra, rd, rn, setRa, setRd } from "../registers";
import { choose, compare, multiplyAdd } from "./arithmetic";
import { fromInteger, toFormat, toInteger, toIntegral } from "./convert";
import { AS_STATUS, BITS, FRACTION, IS_SIGNED, SIGNALS, TELLS, WITH_ZERO, isDouble } from "./decode";
import {
  addDouble, addSingle, divideDouble, divideSingle, multiplyAddSingle, multiplyDouble, multiplySingle, rootDouble,
  rootSingle, subtractDouble, subtractSingle,
} from "./fast";
import { Format } from "./format";
import { double, listed, setDouble, setListed, setSingle, single } from "./registers";
import { Rounding, rounding, setConditions, setStatus, status } from "./status";

export function executeFloat(entry: u32): void {
  const op = <Op>load<u8>(entry, OP);
  if (op < Op.Vadd) transfer(entry, op);
  else if (op >= Op.Vcmp) convert(entry, op);
  else if (isDouble(entry)) computeDouble(entry, op);
  else computeSingle(entry, op);
}

function computeDouble(entry: u32, op: Op): void {
  const old = double(entry, RD);
  setDouble(entry, RD, result(op, Format.Double, old, double(entry, RS1), double(entry, RS2), entry));
}

function computeSingle(entry: u32, op: Op): void {
  const old = single(entry, RD);
  setSingle(entry, RD, <u32>result(op, Format.Single, old, single(entry, RS1), single(entry, RS2), entry));
}

function transfer(entry: u32, op: Op): void {
  switch (op) {
    case Op.Vldr:
    case Op.Vstr:
      return move(entry, op == Op.Vldr, rn(entry) + load<i32>(entry, IMMEDIATE), load<u8>(entry, SUB));
    case Op.Vldm:
    case Op.Vstm: {
      const base = rn(entry);
      move(entry, op == Op.Vldm, base + load<i16>(entry, IMMEDIATE), load<u8>(entry, SUB));
      if (stop == Stop.None) setRa(entry, base + load<i16>(entry, IMMEDIATE + 2));
      return;
    }
    case Op.VmovToCore:
      return setRd(entry, single(entry, RS2));
    case Op.VmovFromCore:
      return setSingle(entry, RS2, rd(entry));
    case Op.VmovPairToCore: {
      const first = load<u8>(entry, RS2);
      setRd(entry, listed(first, 0));
      return setRa(entry, listed(first, 1));
    }
    case Op.VmovPairFromCore: {
      const first = load<u8>(entry, RS2);
      setListed(first, 0, rd(entry));
      return setListed(first, 1, ra(entry));
    }
    case Op.Vmrs:
      return setRd(entry, status());
    case Op.VmrsFlags:
      return setNzcv(status());
    case Op.Vmsr:
      return setStatus(rd(entry));
  }
}

/** Loads or stores so many words; a fault ends it between two of them. */
function move(entry: u32, isLoad: bool, address: u32, words: u32): void {
  const first = load<u8>(entry, RD);
  for (let i: u32 = 0; i < words; i++) {
    if (isLoad) {
      const word = readAligned(entry, address + i * 4);
      if (stop == Stop.None) setListed(first, i, word);
    } else writeAligned(entry, address + i * 4, listed(first, i));
    if (stop != Stop.None) return;
  }
}

function negate(format: Format, bits: u64): u64 {
  return bits ^ ((<u64>1) << (format == Format.Double ? 63 : 31));
}

function sum(format: Format, a: u64, b: u64): u64 {
  return format == Format.Double ? addDouble(a, b) : addSingle(<u32>a, <u32>b);
}

function product(format: Format, a: u64, b: u64): u64 {
  return format == Format.Double ? multiplyDouble(a, b) : multiplySingle(<u32>a, <u32>b);
}

function fused(format: Format, a: u64, b: u64, c: u64): u64 {
  return format == Format.Double ? multiplyAdd(format, a, b, c) : multiplyAddSingle(<u32>a, <u32>b, <u32>c);
}

/** What goes to the destination, which was `d`, of the operands `n` and `m`. */
function result(op: Op, format: Format, d: u64, n: u64, m: u64, entry: u32): u64 {
  const isDouble = format == Format.Double;
  switch (op) {
    case Op.Vadd:
      return sum(format, n, m);
    case Op.Vsub:
      return isDouble ? subtractDouble(n, m) : subtractSingle(<u32>n, <u32>m);
    case Op.Vmul:
      return product(format, n, m);
    case Op.Vnmul:
      return negate(format, product(format, n, m));
    case Op.Vdiv:
      return isDouble ? divideDouble(n, m) : divideSingle(<u32>n, <u32>m);
    case Op.Vmla:
      return sum(format, d, product(format, n, m));
    case Op.Vmls:
      return sum(format, d, negate(format, product(format, n, m)));
    case Op.Vnmls:
      return sum(format, negate(format, d), product(format, n, m));
    case Op.Vnmla:
      return sum(format, negate(format, d), negate(format, product(format, n, m)));
    case Op.Vfma:
      return fused(format, n, m, d);
    case Op.Vfms:
      return fused(format, negate(format, n), m, d);
    case Op.Vfnms:
      return fused(format, n, m, negate(format, d));
    case Op.Vfnma:
      return fused(format, negate(format, n), m, negate(format, d));
    case Op.Vmaxnm:
    case Op.Vminnm:
      return choose(format, n, m, op == Op.Vmaxnm);
    case Op.Vsel:
      return holds(load<u8>(entry, SUB)) ? n : m;
    case Op.VmovImm:
      return isDouble ? <u64>load<u32>(entry, IMMEDIATE) << 32 : <u64>load<u32>(entry, IMMEDIATE);
    case Op.Vabs:
      return m & ~((<u64>1) << (isDouble ? 63 : 31));
    case Op.Vneg:
      return negate(format, m);
    case Op.Vsqrt:
      return isDouble ? rootDouble(m) : <u64>rootSingle(<u32>m);
  }
  return m;
}

/** Of VSEL: equal, overflow, greater or equal, greater. */
function holds(condition: u32): bool {
  const flags = nzcv();
  const isEqual = (flags & 0x40000000) != 0;
  const isOverflow = (flags & 0x10000000) != 0;
  if (condition == 0) return isEqual;
  if (condition == 1) return isOverflow;
  return (flags & 0x80000000) != 0 == isOverflow && !(condition == 3 && isEqual);
}

/** What has operands of different widths, or a result that is no float. */
function convert(entry: u32, op: Op): void {
  const sub = <u32>load<u8>(entry, SUB);
  const isWide = isDouble(entry);
  const format: Format = isWide ? Format.Double : Format.Single;
  const mode = (sub & AS_STATUS) == AS_STATUS ? rounding() : sub & AS_STATUS;
  const isSigned = (sub & IS_SIGNED) != 0;
  switch (op) {
    case Op.Vcmp: {
      const a = operand(entry, RD, isWide);
      const b = sub & WITH_ZERO ? 0 : operand(entry, RS2, isWide);
      return setConditions(compare(format, a, b, (sub & SIGNALS) != 0));
    }
    case Op.Vrint:
      return setResult(entry, isWide, toIntegral(format, operand(entry, RS2, isWide), mode, (sub & TELLS) != 0));
    case Op.VcvtToInt:
      return setSingle(entry, RD, toInteger(format, operand(entry, RS2, isWide), mode, 0, 32, isSigned));
    case Op.VcvtFromInt:
      return setResult(entry, isWide, fromInteger(format, single(entry, RS2), isSigned, 0, rounding()));
    case Op.VcvtToFixed: {
      const scale = <i32>load<u8>(entry, FRACTION);
      const a = operand(entry, RS2, isWide);
      const fixed = toInteger(format, a, Rounding.Zero, scale, load<u8>(entry, BITS), isSigned);
      return setResult(entry, isWide, isSigned ? <u64>(<i64>fixed) : <u64>(<u32>fixed));
    }
    case Op.VcvtFromFixed: {
      const unused = 32 - <u32>load<u8>(entry, BITS);
      const bits = single(entry, RS2) << unused;
      const fixed = isSigned ? <i32>bits >> unused : <i32>(bits >>> unused);
      const scale = -(<i32>load<u8>(entry, FRACTION));
      return setResult(entry, isWide, fromInteger(format, fixed, isSigned, scale, Rounding.Nearest));
    }
    case Op.VcvtFromHalf: {
      const half = (single(entry, RS2) >>> (sub ? 16 : 0)) & 0xffff;
      return setResult(entry, isWide, toFormat(Format.Half, format, half, rounding()));
    }
    case Op.VcvtToHalf: {
      const half = <u32>toFormat(format, Format.Half, operand(entry, RS2, isWide), rounding());
      const old = single(entry, RD);
      return setSingle(entry, RD, sub ? (old & 0xffff) | (half << 16) : (old & 0xffff0000) | half);
    }
    case Op.VcvtToSingle:
      return setSingle(entry, RD, <u32>toFormat(Format.Double, Format.Single, double(entry, RS2), rounding()));
    case Op.VcvtToDouble:
      return setDouble(entry, RD, toFormat(Format.Single, Format.Double, single(entry, RS2), rounding()));
  }
}

function operand(entry: u32, field: u32, isWide: bool): u64 {
  return isWide ? double(entry, field) : <u64>single(entry, field);
}

function setResult(entry: u32, isWide: bool, bits: u64): void {
  if (isWide) setDouble(entry, RD, bits);
  else setSingle(entry, RD, <u32>bits);
}
