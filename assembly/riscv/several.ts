/** Zcmp: instructions that save and restore registers, move the stack pointer, and return. */
import { IMMEDIATE, LENGTH, OP, RD, RS1, RS2, TARGET } from "../machine/code";
import { Stop, stop } from "../machine/stop";
import { extraCycles, slowLoad, slowStore, trapAddress } from "./access";
import { Op } from "./op";
import { register, setRegister } from "./registers";

const RA: u32 = 1;
const SP: u32 = 2;
const A0: u32 = 10;

/** Registers of a list by its code: 4 is ra alone, each more adds one, but 15 adds s10 and s11. */
function savedCount(list: u32): u32 {
  return list == 15 ? 13 : list - 3;
}

/** s0, s1, s2...: x8, x9, x18... */
function saved(index: u32): u32 {
  return index < 2 ? 8 + index : 16 + index;
}

/** Bytes that the stack pointer moves: the registers in blocks of 16, and up to three blocks more. */
function frameBytes(half: u32): u32 {
  return ((savedCount((half >>> 4) & 15) * 4 + 15) & ~15) + ((half >>> 2) & 3) * 16;
}

/** Decodes a halfword of Zcmp; false if it is none. The immediate is the halfword. */
export function decodeSeveral(entry: u32, half: u32): bool {
  if ((half & 0xe003) != 0xa002) return false;
  const op = severalOp(half);
  if (op == Op.Illegal) return false;
  store<u16>(entry, <u16>op, OP);
  store<u8>(entry, 128, RD);
  store<u8>(entry, <u8>(op <= Op.PopReturnZero ? SP * 4 : 0), RS1);
  store<u8>(entry, 0, RS2);
  store<u32>(entry, half, IMMEDIATE);
  store<u8>(entry, 2, LENGTH);
  store<u32>(entry, 0, TARGET);
  return true;
}

function severalOp(half: u32): Op {
  const isList = ((half >>> 4) & 15) >= 4;
  switch ((half >>> 8) & 31) {
    case 0x18:
      return isList ? Op.Push : Op.Illegal;
    case 0x1a:
      return isList ? Op.Pop : Op.Illegal;
    case 0x1c:
      return isList ? Op.PopReturnZero : Op.Illegal;
    case 0x1e:
      return isList ? Op.PopReturn : Op.Illegal;
  }
  if (((half >>> 10) & 7) != 3) return Op.Illegal;
  const first = (half >>> 7) & 7;
  const second = (half >>> 2) & 7;
  const way = (half >>> 5) & 3;
  if (way == 1) return first == second ? Op.Illegal : Op.MoveToSaved;
  return way == 3 ? Op.MoveFromSaved : Op.Illegal;
}

/** Registers that a PUSH or POP stores or loads. */
export function severalCount(entry: u32): u32 {
  return savedCount((load<u32>(entry, IMMEDIATE) >>> 4) & 15);
}

/** Executes all but the return; what its accesses wait is in `severalWaits`. Stops or traps as they do. */
export function executeSeveral(entry: u32, op: Op, now: u64): void {
  severalWaits = 0;
  const half = load<u32>(entry, IMMEDIATE);
  if (op == Op.MoveToSaved) {
    setRegister(saved((half >>> 7) & 7), register(A0));
    setRegister(saved((half >>> 2) & 7), register(A0 + 1));
    return;
  }
  if (op == Op.MoveFromSaved) {
    const first = register(saved((half >>> 7) & 7));
    setRegister(A0 + 1, register(saved((half >>> 2) & 7)));
    setRegister(A0, first);
    return;
  }
  const count = severalCount(entry);
  const top = op == Op.Push ? register(SP) : register(SP) + frameBytes(half);
  for (let i: u32 = 0; i < count; i++) {
    // The highest register lies highest.
    const index = count - 1 - i;
    const name = index == 0 ? RA : saved(index - 1);
    const at = top - 4 * (i + 1);
    if (op == Op.Push) slowStore(entry, at, 4, register(name), now + severalWaits);
    else setRegister(name, slowLoad(entry, at, 4, now + severalWaits));
    severalWaits += extraCycles;
    if (stop != Stop.None || trapAddress) return;
  }
  setRegister(SP, op == Op.Push ? register(SP) - frameBytes(half) : top);
  if (op == Op.PopReturnZero) setRegister(A0, 0);
}
export let severalWaits: u32 = 0;
