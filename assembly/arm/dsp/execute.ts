/** Executes the instructions of the DSP extension, those in the engines' inner loops excepted: `arm/execute.ts` has them. */
import { OP, RA, RD, SUB } from "../../machine/code";
import { REGISTER_FILE } from "../../machine/layout";
import { Op } from "../op";
import { ra, rn, rm, setRd } from "../registers";
import { AMOUNT, AMOUNT_N } from "./decode";
import {
  absoluteDifferences, addHalves, parallel, saturateHalves, saturateHalvesUnsigned, select, signedBytes, unsignedBytes,
} from "./lanes";
import { saturate, smlabb, smlad, smlalbb, smlald, smlawb, smlsd, smlsld, smmla, smmls, umaal } from "./multiply";

/** Rm after its rotation. */
// @ts-ignore: decorator
@inline
export function rotatedRm(entry: u32): u32 {
  return rotr<u32>(rm(entry), load<u8>(entry, AMOUNT));
}

// @ts-ignore: decorator
@inline
export function rotatedRn(entry: u32): u32 {
  return rotr<u32>(rn(entry), load<u8>(entry, AMOUNT_N));
}

export function executeDsp(entry: u32): void {
  const op = <Op>load<u8>(entry, OP);
  if (op >= Op.Smlalbb && op <= Op.Umaal) executeLong(entry, op);
  else setRd(entry, result(entry, op));
}

function result(entry: u32, op: Op): u32 {
  const n = rn(entry);
  const m = rm(entry);
  const amount = <u32>load<u8>(entry, AMOUNT);
  switch (op) {
    case Op.Parallel:
      return parallel(load<u8>(entry, SUB) >>> 3, load<u8>(entry, SUB) & 7, n, m);
    case Op.Sel:
      return select(n, m);
    case Op.Usada8:
      return absoluteDifferences(n, m, ra(entry));
    case Op.Ssat16:
      return saturateHalves(n, amount);
    case Op.Usat16:
      return saturateHalvesUnsigned(n, amount);
    case Op.Pkhbt:
      return (n & 0xffff) | ((m << amount) & 0xffff0000);
    case Op.Pkhtb:
      return (n & 0xffff0000) | ((<i32>m >> amount) & 0xffff);
    case Op.Sxtah:
      return n + <i32>(<i16>rotatedRm(entry));
    case Op.Uxtah:
      return n + <u32>(<u16>rotatedRm(entry));
    case Op.Sxtab16:
      return addHalves(n, signedBytes(rotatedRm(entry)));
    case Op.Uxtab16:
      return addHalves(n, unsignedBytes(rotatedRm(entry)));
    case Op.Sxtab:
      return n + <i32>(<i8>rotatedRm(entry));
    case Op.Uxtab:
      return n + <u32>(<u8>rotatedRm(entry));
    case Op.Smlabb:
      return smlabb(rotatedRn(entry), rotatedRm(entry), ra(entry));
    case Op.Smlawb:
      return smlawb(n, rotatedRm(entry), ra(entry));
    case Op.Smlad:
      return smlad(n, rotatedRm(entry), ra(entry));
    case Op.Smlsd:
      return smlsd(n, rotatedRm(entry), ra(entry));
    case Op.Smmla:
      return smmla(n, m, ra(entry), rounding(amount));
    case Op.Smmls:
      return smmls(n, m, ra(entry), rounding(amount));
    case Op.Qadd:
      return saturate(<i64>(<i32>m) + <i64>(<i32>n));
    case Op.Qdadd:
      return saturate(<i64>(<i32>m) + <i64>saturate(<i64>(<i32>n) * 2));
    case Op.Qsub:
      return saturate(<i64>(<i32>m) - <i64>(<i32>n));
  }
  return saturate(<i64>(<i32>m) - <i64>saturate(<i64>(<i32>n) * 2));
}

/** The bit that says that a high half is used says here that the sum is rounded. */
function rounding(amount: u32): u64 {
  return amount ? 0x80000000 : 0;
}

function executeLong(entry: u32, op: Op): void {
  const low = load<u8>(entry, RD);
  const high = load<u8>(entry, RA);
  const old = <u64>load<u32>(low, REGISTER_FILE) | (<u64>load<u32>(high, REGISTER_FILE) << 32);
  const sum = op == Op.Umaal ? umaal(rn(entry), rm(entry), <u32>old, <u32>(old >> 32)) : old + product(entry, op);
  store<u32>(low, <u32>sum, REGISTER_FILE);
  store<u32>(high, <u32>(sum >> 32), REGISTER_FILE);
}

function product(entry: u32, op: Op): u64 {
  if (op == Op.Smlalbb) return smlalbb(rotatedRn(entry), rotatedRm(entry));
  return op == Op.Smlald ? smlald(rn(entry), rotatedRm(entry)) : smlsld(rn(entry), rotatedRm(entry));
}
