/**
 * Runs RV32 code. One loop, one `switch`: what goes on to the next instruction leaves it with `next` 0, what jumps with
 * the entry it jumps to, what ends the run with `HALT`.
 */
import { enter, leave, settle } from "../machine/calls";
import { MARKED, passMark, settleRegion } from "../machine/regions";
import {
  BUSY, DATA, ENTRY, EXECUTED, IMMEDIATE, LENGTH, OP, PC, RD, RS1, TAKEN, TARGET, entryAt,
} from "../machine/code";
import { semihosting } from "../machine/host";
import {
  HAS_CODE, READABLE, WRITABLE, granuleOf, hostAddress, peek,
} from "../machine/memory";
import { Stop, refuse, stop } from "../machine/stop";
import { loadWaits, storeWaits } from "../machine/waits";
import { HAS_WAITS, HAS_ZCMP, TIMED } from "../parameters";
import {
  divideCycles, multiplyCycles, redirect, sequential, shiftCycles, transfer, waitForData, waitForFetch,
} from "../rules";
import { extraCycles, slowLoad, slowStore, trapAddress } from "./access";
import { atomic } from "./atomic";
import { clz32, cpop32, ctz32, divide, maximum, minimum, orcb, remainder, rev8 } from "./arithmetic";
import { Cause, accessCsr, raise, returnFromTrap, waitForInterrupt } from "./csr";
import { decode } from "./decode";
import { Op } from "./op";
import { executeSeveral, severalWaits } from "./several";
import { isLink, register, rs1, rs2, setRd, setRegister } from "./registers";

const HALT: u32 = 1;
/** Where a trap's handler returns to, in the tree of calls: no address of code. */
const FROM_TRAP: u32 = 1;

let pc: u32 = 0;
let cycles: u64 = 0;
let instructions: u64 = 0;

export function programCounter(): u32 {
  return pc;
}
export function cycleCount(): u64 {
  return cycles;
}
export function instructionCount(): u64 {
  return instructions;
}

/** Sets where the next `run` begins. */
export function jumpTo(address: u32): void {
  pc = address;
}

// @ts-ignore: decorator
@inline
function add64(at: u32, value: u64, offset: u32): void {
  store<u64>(at + offset, load<u64>(at + offset) + value);
}

/** The entry of a direct branch's or jump's target, remembered in its own entry. */
// @ts-ignore: decorator
@inline
function targetOf(entry: u32): u32 {
  const known = load<u32>(entry, TARGET);
  return known ? known : findTarget(entry);
}

function findTarget(entry: u32): u32 {
  const target = entryFor(load<u32>(entry, IMMEDIATE));
  if (target != HALT) store<u32>(entry, target, TARGET);
  return target;
}

/** The decoded entry at `address`, or `HALT`. */
function entryFor(address: u32): u32 {
  const entry = entryAt(address);
  if (entry == 0) return HALT;
  if (load<u16>(entry, OP) == Op.Undecoded) decode(entry);
  return entry;
}

/** After an access off the fast path: go on (0), to the trap handler, or stop. */
function afterAccess(entry: u32, count: u64): u32 {
  if (stop != Stop.None) return HALT;
  if (TIMED && extraCycles) {
    cycles += waited(entry, extraCycles);
  }
  return trapAddress ? enterTrap(trapAddress, cycles, count) : 0;
}

/** To a handler, as a call that MRET ends: where that leads is the handler's to say. */
function enterTrap(handler: u32, now: u64, count: u64): u32 {
  if (TIMED) enter(handler, FROM_TRAP, now, count);
  return entryFor(handler);
}

function trapTo(cause: Cause, entry: u32, now: u64, count: u64): u32 {
  const handler = raise(cause, load<u32>(entry, PC), 0);
  return stop == Stop.None ? enterTrap(handler, now, count) : HALT;
}

/** EBREAK between its two marker instructions is a semihosting call; any other is an exception. */
function breakpoint(entry: u32, now: u64, count: u64): u32 {
  const at = load<u32>(entry, PC);
  if (peek(at - 4, 4) != 0x01f01013 || peek(at + 4, 4) != 0x40705013)
    return trapTo(Cause.Breakpoint, entry, now, count);
  setRegister(10, semihosting(register(10), register(11)));
  return stop == Stop.None ? 0 : HALT;
}

function idle(entry: u32): u32 {
  refuse(Stop.Idle, load<u32>(entry, PC), 0);
  return HALT;
}

/** Runs until something stops it, at most until about `budget` instructions have run in all. Gives the reason. */
export function run(budget: u64): u32 {
  let entry = entryFor(pc);
  let count = instructions;
  let now = cycles;
  while (entry != HALT) {
    let next: u32 = 0;
    let op = <Op>load<u16>(entry, OP);
    if (TIMED && op >= MARKED) {
      passMark(entry, op, now, count);
      op %= MARKED;
    }
    if (TIMED && HAS_WAITS) now += waitForFetch(entry, now);
    switch (op) {
      case Op.Undecoded:
        decode(entry);
        continue;
      case Op.PageEnd:
        entry = entryFor(load<u32>(entry, PC));
        continue;
      case Op.Illegal:
        refuse(Stop.Instruction, load<u32>(entry, PC), load<u32>(entry, IMMEDIATE));
        pc = load<u32>(entry, PC);
        entry = HALT;
        continue;
      case Op.LoadUpper:
        setRd(entry, load<u32>(entry, IMMEDIATE));
        break;
      case Op.Jal: {
        const back = load<u32>(entry, PC) + load<u8>(entry, LENGTH);
        setRd(entry, back);
        next = targetOf(entry);
        if (next == entry) next = idle(entry);
        if (TIMED && isLink(load<u8>(entry, RD))) enter(load<u32>(entry, IMMEDIATE), back, now, count);
        break;
      }
      case Op.Jalr: {
        const back = load<u32>(entry, PC) + load<u8>(entry, LENGTH);
        const target = (rs1(entry) + load<u32>(entry, IMMEDIATE)) & ~1;
        setRd(entry, back);
        next = entryFor(target);
        if (TIMED) {
          if (isLink(load<u8>(entry, RD))) enter(target, back, now, count);
          else if (isLink(load<u8>(entry, RS1))) leave(target, now, count);
        }
        break;
      }
      case Op.Beq:
        if (rs1(entry) == rs2(entry)) next = targetOf(entry);
        break;
      case Op.Bne:
        if (rs1(entry) != rs2(entry)) next = targetOf(entry);
        break;
      case Op.Blt:
        if (<i32>rs1(entry) < <i32>rs2(entry)) next = targetOf(entry);
        break;
      case Op.Bge:
        if (<i32>rs1(entry) >= <i32>rs2(entry)) next = targetOf(entry);
        break;
      case Op.Bltu:
        if (rs1(entry) < rs2(entry)) next = targetOf(entry);
        break;
      case Op.Bgeu:
        if (rs1(entry) >= rs2(entry)) next = targetOf(entry);
        break;
      case Op.Lb: {
        const address = rs1(entry) + load<u32>(entry, IMMEDIATE);
        const granule = granuleOf(address);
        if (granule & READABLE) {
          setRd(entry, load<i8>(hostAddress(granule, address)));
          if (TIMED && HAS_WAITS) now += waitForLoad(entry, granule, address, 1, now);
        } else {
          cycles = now;
          setRd(entry, <i32>(<i8>slowLoad(entry, address, 1, now)));
          next = afterAccess(entry, count);
          now = cycles;
        }
        break;
      }
      case Op.Lbu: {
        const address = rs1(entry) + load<u32>(entry, IMMEDIATE);
        const granule = granuleOf(address);
        if (granule & READABLE) {
          setRd(entry, load<u8>(hostAddress(granule, address)));
          if (TIMED && HAS_WAITS) now += waitForLoad(entry, granule, address, 1, now);
        } else {
          cycles = now;
          setRd(entry, slowLoad(entry, address, 1, now));
          next = afterAccess(entry, count);
          now = cycles;
        }
        break;
      }
      case Op.Lh: {
        const address = rs1(entry) + load<u32>(entry, IMMEDIATE);
        const granule = granuleOf(address);
        if (granule & READABLE && (address & 1) == 0) {
          setRd(entry, load<i16>(hostAddress(granule, address)));
          if (TIMED && HAS_WAITS) now += waitForLoad(entry, granule, address, 2, now);
        } else {
          cycles = now;
          const value = slowLoad(entry, address, 2, now);
          next = afterAccess(entry, count);
          now = cycles;
          if (next == 0) setRd(entry, <i32>(<i16>value));
        }
        break;
      }
      case Op.Lhu: {
        const address = rs1(entry) + load<u32>(entry, IMMEDIATE);
        const granule = granuleOf(address);
        if (granule & READABLE && (address & 1) == 0) {
          setRd(entry, load<u16>(hostAddress(granule, address)));
          if (TIMED && HAS_WAITS) now += waitForLoad(entry, granule, address, 2, now);
        } else {
          cycles = now;
          const value = slowLoad(entry, address, 2, now);
          next = afterAccess(entry, count);
          now = cycles;
          if (next == 0) setRd(entry, value);
        }
        break;
      }
      case Op.Lw: {
        const address = rs1(entry) + load<u32>(entry, IMMEDIATE);
        const granule = granuleOf(address);
        if (granule & READABLE && (address & 3) == 0) {
          setRd(entry, load<u32>(hostAddress(granule, address)));
          if (TIMED && HAS_WAITS) now += waitForLoad(entry, granule, address, 4, now);
        } else {
          cycles = now;
          const value = slowLoad(entry, address, 4, now);
          next = afterAccess(entry, count);
          now = cycles;
          if (next == 0) setRd(entry, value);
        }
        break;
      }
      case Op.Sb: {
        const address = rs1(entry) + load<u32>(entry, IMMEDIATE);
        const granule = granuleOf(address);
        if ((granule & (WRITABLE | HAS_CODE)) == WRITABLE) {
          store<u8>(hostAddress(granule, address), <u8>rs2(entry));
          if (TIMED && HAS_WAITS) now += waitForStore(entry, granule, address, 1, now);
        } else {
          cycles = now;
          slowStore(entry, address, 1, rs2(entry) & 0xff, now);
          next = afterAccess(entry, count);
          now = cycles;
        }
        break;
      }
      case Op.Sh: {
        const address = rs1(entry) + load<u32>(entry, IMMEDIATE);
        const granule = granuleOf(address);
        if ((granule & (WRITABLE | HAS_CODE)) == WRITABLE && (address & 1) == 0) {
          store<u16>(hostAddress(granule, address), <u16>rs2(entry));
          if (TIMED && HAS_WAITS) now += waitForStore(entry, granule, address, 2, now);
        } else {
          cycles = now;
          slowStore(entry, address, 2, rs2(entry) & 0xffff, now);
          next = afterAccess(entry, count);
          now = cycles;
        }
        break;
      }
      case Op.Sw: {
        const address = rs1(entry) + load<u32>(entry, IMMEDIATE);
        const granule = granuleOf(address);
        if ((granule & (WRITABLE | HAS_CODE)) == WRITABLE && (address & 3) == 0) {
          store<u32>(hostAddress(granule, address), rs2(entry));
          if (TIMED && HAS_WAITS) now += waitForStore(entry, granule, address, 4, now);
        } else {
          cycles = now;
          slowStore(entry, address, 4, rs2(entry), now);
          next = afterAccess(entry, count);
          now = cycles;
        }
        break;
      }
      case Op.Addi:
        setRd(entry, rs1(entry) + load<u32>(entry, IMMEDIATE));
        break;
      case Op.Slti:
        setRd(entry, <i32>rs1(entry) < load<i32>(entry, IMMEDIATE));
        break;
      case Op.Sltiu:
        setRd(entry, rs1(entry) < load<u32>(entry, IMMEDIATE));
        break;
      case Op.Xori:
        setRd(entry, rs1(entry) ^ load<u32>(entry, IMMEDIATE));
        break;
      case Op.Ori:
        setRd(entry, rs1(entry) | load<u32>(entry, IMMEDIATE));
        break;
      case Op.Andi:
        setRd(entry, rs1(entry) & load<u32>(entry, IMMEDIATE));
        break;
      case Op.Slli:
        setRd(entry, rs1(entry) << load<u32>(entry, IMMEDIATE));
        break;
      case Op.Srli:
        setRd(entry, rs1(entry) >>> load<u32>(entry, IMMEDIATE));
        break;
      case Op.Srai:
        setRd(entry, <i32>rs1(entry) >> load<i32>(entry, IMMEDIATE));
        break;
      case Op.Add:
        setRd(entry, rs1(entry) + rs2(entry));
        break;
      case Op.Sub:
        setRd(entry, rs1(entry) - rs2(entry));
        break;
      case Op.Sll:
        if (TIMED) now += busy(entry, shiftCycles(rs2(entry) & 31));
        setRd(entry, rs1(entry) << (rs2(entry) & 31));
        break;
      case Op.Slt:
        setRd(entry, <i32>rs1(entry) < <i32>rs2(entry));
        break;
      case Op.Sltu:
        setRd(entry, rs1(entry) < rs2(entry));
        break;
      case Op.Xor:
        setRd(entry, rs1(entry) ^ rs2(entry));
        break;
      case Op.Srl:
        if (TIMED) now += busy(entry, shiftCycles(rs2(entry) & 31));
        setRd(entry, rs1(entry) >>> (rs2(entry) & 31));
        break;
      case Op.Sra:
        if (TIMED) now += busy(entry, shiftCycles(rs2(entry) & 31));
        setRd(entry, <i32>rs1(entry) >> (rs2(entry) & 31));
        break;
      case Op.Or:
        setRd(entry, rs1(entry) | rs2(entry));
        break;
      case Op.And:
        setRd(entry, rs1(entry) & rs2(entry));
        break;
      case Op.Mul:
        setRd(entry, rs1(entry) * rs2(entry));
        break;
      case Op.Mulh:
        if (TIMED) now += busy(entry, multiplyCycles(Op.Mulh, rs1(entry), rs2(entry)));
        setRd(entry, <u32>((<i64>(<i32>rs1(entry)) * <i64>(<i32>rs2(entry))) >> 32));
        break;
      case Op.Mulhsu:
        if (TIMED) now += busy(entry, multiplyCycles(Op.Mulhsu, rs1(entry), rs2(entry)));
        setRd(entry, <u32>((<i64>(<i32>rs1(entry)) * <i64>rs2(entry)) >> 32));
        break;
      case Op.Mulhu:
        setRd(entry, <u32>((<u64>rs1(entry) * <u64>rs2(entry)) >> 32));
        break;
      case Op.Div:
        if (TIMED) now += busy(entry, divideCycles(Op.Div, rs1(entry), rs2(entry)));
        setRd(entry, divide(rs1(entry), rs2(entry)));
        break;
      case Op.Divu: {
        const divisor = rs2(entry);
        if (TIMED) now += busy(entry, divideCycles(Op.Divu, rs1(entry), divisor));
        setRd(entry, divisor == 0 ? -1 : rs1(entry) / divisor);
        break;
      }
      case Op.Rem:
        if (TIMED) now += busy(entry, divideCycles(Op.Rem, rs1(entry), rs2(entry)));
        setRd(entry, remainder(rs1(entry), rs2(entry)));
        break;
      case Op.Remu: {
        const divisor = rs2(entry);
        if (TIMED) now += busy(entry, divideCycles(Op.Remu, rs1(entry), divisor));
        setRd(entry, divisor == 0 ? rs1(entry) : rs1(entry) % divisor);
        break;
      }
      case Op.Sh1add:
        setRd(entry, (rs1(entry) << 1) + rs2(entry));
        break;
      case Op.Sh2add:
        setRd(entry, (rs1(entry) << 2) + rs2(entry));
        break;
      case Op.Sh3add:
        setRd(entry, (rs1(entry) << 3) + rs2(entry));
        break;
      case Op.Andn:
        setRd(entry, rs1(entry) & ~rs2(entry));
        break;
      case Op.Orn:
        setRd(entry, rs1(entry) | ~rs2(entry));
        break;
      case Op.Xnor:
        setRd(entry, ~(rs1(entry) ^ rs2(entry)));
        break;
      case Op.Clz:
        setRd(entry, clz32(rs1(entry)));
        break;
      case Op.Ctz:
        setRd(entry, ctz32(rs1(entry)));
        break;
      case Op.Cpop:
        setRd(entry, cpop32(rs1(entry)));
        break;
      case Op.Max:
        setRd(entry, maximum(rs1(entry), rs2(entry)));
        break;
      case Op.Maxu:
        setRd(entry, max<u32>(rs1(entry), rs2(entry)));
        break;
      case Op.Min:
        setRd(entry, minimum(rs1(entry), rs2(entry)));
        break;
      case Op.Minu:
        setRd(entry, min<u32>(rs1(entry), rs2(entry)));
        break;
      case Op.Sextb:
        setRd(entry, <i32>(<i8>rs1(entry)));
        break;
      case Op.Sexth:
        setRd(entry, <i32>(<i16>rs1(entry)));
        break;
      case Op.Zexth:
        setRd(entry, rs1(entry) & 0xffff);
        break;
      case Op.Rol:
        setRd(entry, rotl<u32>(rs1(entry), rs2(entry)));
        break;
      case Op.Ror:
        setRd(entry, rotr<u32>(rs1(entry), rs2(entry)));
        break;
      case Op.Rori:
        setRd(entry, rotr<u32>(rs1(entry), load<u32>(entry, IMMEDIATE)));
        break;
      case Op.Orcb:
        setRd(entry, orcb(rs1(entry)));
        break;
      case Op.Rev8:
        setRd(entry, rev8(rs1(entry)));
        break;
      case Op.Bclr:
        setRd(entry, rs1(entry) & ~(1 << (rs2(entry) & 31)));
        break;
      case Op.Bclri:
        setRd(entry, rs1(entry) & ~(1 << load<u32>(entry, IMMEDIATE)));
        break;
      case Op.Bext:
        setRd(entry, (rs1(entry) >>> (rs2(entry) & 31)) & 1);
        break;
      case Op.Bexti:
        setRd(entry, (rs1(entry) >>> load<u32>(entry, IMMEDIATE)) & 1);
        break;
      case Op.Binv:
        setRd(entry, rs1(entry) ^ (1 << (rs2(entry) & 31)));
        break;
      case Op.Binvi:
        setRd(entry, rs1(entry) ^ (1 << load<u32>(entry, IMMEDIATE)));
        break;
      case Op.Bset:
        setRd(entry, rs1(entry) | (1 << (rs2(entry) & 31)));
        break;
      case Op.Bseti:
        setRd(entry, rs1(entry) | (1 << load<u32>(entry, IMMEDIATE)));
        break;
      case Op.Fence:
        break;
      case Op.FenceI:
        next = entryFor(load<u32>(entry, PC) + 4);
        break;
      case Op.Ecall:
        next = trapTo(Cause.Ecall, entry, now, count);
        break;
      case Op.Ebreak:
        next = breakpoint(entry, now, count);
        break;
      case Op.Mret:
        next = entryFor(returnFromTrap());
        if (stop != Stop.None) next = HALT;
        else if (TIMED) leave(FROM_TRAP, now, count);
        break;
      case Op.Wfi:
        waitForInterrupt(load<u32>(entry, PC));
        next = HALT;
        break;
      case Op.Csr: {
        const word = load<u32>(entry, IMMEDIATE);
        const operand = word & 0x4000 ? (word >>> 15) & 31 : rs1(entry);
        setRd(entry, accessCsr(word, operand, load<u32>(entry, PC), now, count));
        if (stop != Stop.None) next = HALT;
        break;
      }
      case Op.Atomic: {
        cycles = now;
        atomic(entry, now);
        next = afterAccess(entry, count);
        now = cycles;
        break;
      }
      case Op.MoveToSaved:
      case Op.MoveFromSaved:
        if (HAS_ZCMP) executeSeveral(entry, op, now);
        break;
      case Op.Push:
      case Op.Pop:
      case Op.PopReturn:
      case Op.PopReturnZero: {
        if (!HAS_ZCMP) break;
        executeSeveral(entry, op, now);
        next = stop != Stop.None ? HALT : trapAddress ? enterTrap(trapAddress, now, count) : 0;
        if (TIMED && HAS_WAITS) now += waited(entry, severalWaits);
        if (next == 0 && op >= Op.PopReturn) {
          next = entryFor(register(1) & ~1);
          if (TIMED) leave(register(1) & ~1, now, count);
        }
        break;
      }
    }
    if (next == HALT) {
      pc = load<u32>(entry, PC);
      entry = HALT;
      continue;
    }
    count += 1;
    if (next == 0) {
      if (TIMED) {
        add64(entry, 1, EXECUTED);
        now = sequential(entry, now);
      }
      entry += <u32>load<u8>(entry, LENGTH) * (ENTRY / 2);
      continue;
    }
    if (TIMED) {
      add64(entry, 1, EXECUTED);
      add64(entry, 1, TAKEN);
      now = transfer(entry, next, now);
      if (HAS_WAITS) redirect();
    }
    entry = next;
    if (count >= budget) {
      pc = load<u32>(entry, PC);
      refuse(Stop.Budget, pc, 0);
      entry = HALT;
    }
  }
  cycles = now;
  instructions = count;
  settle(cycles, instructions);
  settleRegion(cycles, instructions);
  return stop;
}

// @ts-ignore: decorator
@inline
function busy(entry: u32, extra: u32): u64 {
  if (extra) add64(entry, extra, BUSY);
  return extra;
}

// @ts-ignore: decorator
@inline
function waitForLoad(entry: u32, granule: u32, address: u32, bytes: u32, now: u64): u64 {
  return waited(entry, loadWaits(granule, address, bytes, now));
}

// @ts-ignore: decorator
@inline
function waitForStore(entry: u32, granule: u32, address: u32, bytes: u32, now: u64): u64 {
  return waited(entry, storeWaits(granule, address, bytes, now));
}

// @ts-ignore: decorator
@inline
function waited(entry: u32, cycles: u32): u64 {
  if (cycles) {
    add64(entry, cycles, DATA);
    waitForData(cycles);
  }
  return cycles;
}
