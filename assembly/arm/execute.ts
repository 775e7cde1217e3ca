/**
 * Runs Thumb code. One loop, one `switch`: what goes on to the next instruction leaves it with `next` 0, what jumps with
 * the entry it jumps to, what ends the run with `HALT`.
 *
 * Interrupts are taken at jumps, and where an instruction lets one in.
 */
import { enter, leave, settle } from "../machine/calls";
import { MARKED, passMark, settleRegion } from "../machine/regions";
import {
  BUSY, CONTROL, DATA, ENTRY, EXECUTED, IMMEDIATE, ITSTATE, LENGTH, OP, PC, RD, RS1, RS2, SUB, TAKEN, TARGET, entryAt,
} from "../machine/code";
import { semihosting } from "../machine/host";
import { GRANULE } from "../machine/layout";
import { HAS_CODE, READABLE, WRITABLE, granuleOf, hostAddress } from "../machine/memory";
import { Stop, refuse, stop } from "../machine/stop";
import { loadWaits, storeWaits } from "../machine/waits";
import { HAS_FLOAT, HAS_WAITS, TIMED } from "../parameters";
import {
  divideCycles, exceptionCycles, multiplyCycles, redirect, returnCycles, sequential, skipped, transfer, waitForData,
  waitForFetch,
} from "../rules";
import { slowLoad, slowStore, takeExtra } from "./access";
import {
  combineImmediate, combineRegister, divide, field, getLong, inserted, rbit, saturateSigned, saturateUnsigned, setLong,
  signedField,
} from "./arithmetic";
import { Cause } from "./cause";
import { clock, setClock, sleepUntil, slept } from "./clock";
import { add64 } from "./counters";
import { CONDITIONAL, decode } from "./decode";
import { executeDsp, rotatedRm, rotatedRn } from "./dsp/execute";
import { addHalves, signedBytes } from "./dsp/lanes";
import { smlabb, smlad } from "./dsp/multiply";
import { RETURNS, returnFromException, takeException } from "./exception";
import { clearReservation, loadExclusive, storeExclusive } from "./exclusive";
import {
  adds, carry, hasOverflow, holds, isAtLeast, isHigher, isNegative, isZero, setCarry, setFlags, subs,
} from "./flags";
import { isDouble } from "./float/decode";
import { executeFloat } from "./float/execute";
import { addSingle, multiplyAddSingle, multiplySingle } from "./float/fast";
import { setSingle, single } from "./float/registers";
import { addressOf, loadDual, loadMultiple, movedAddress, storeDual, storeMultiple } from "./multiple";
import { SVCALL, askLater, attention, deadline, nextException, setMask, setPending, wouldWake } from "./nvic";
import { Op } from "./op";
import { get, ra, rd, rm, rn, set, setRa, setRd, setRn } from "./registers";
import { ASR, LSL, LSR, ROR, asr, lsl, lsr, shifted, shiftedWithCarry } from "./shift";
import { handling, readSpecial, writeSpecial } from "./special";
import { trapsDivisionByZero } from "./system";
import { NEVER, tickAt } from "./systick";

const HALT: u32 = 1;
/** Where in its granule the last word lies. */
const LAST_WORD: u32 = GRANULE - 4;

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
function immediate(entry: u32): u32 {
  return load<u32>(entry, IMMEDIATE);
}

/** The second operand, shifted by a constant. */
// @ts-ignore: decorator
@inline
function second(entry: u32): u32 {
  return shifted(rm(entry), immediate(entry) >>> 8, immediate(entry) & 0xff);
}

/** The entry of a direct branch's or jump's target, remembered in its own entry. */
// @ts-ignore: decorator
@inline
function targetOf(entry: u32): u32 {
  const known = load<u32>(entry, TARGET);
  return known ? known : findTarget(entry);
}

function findTarget(entry: u32): u32 {
  const target = entryFor(immediate(entry));
  if (target != HALT) store<u32>(entry, target, TARGET);
  return target;
}

/** The decoded entry at `address`, or `HALT`. */
function entryFor(address: u32): u32 {
  const entry = entryAt(address);
  if (entry == 0) return HALT;
  if (load<u16>(entry, OP) == Op.Undecoded) decode(entry);
  return stop == Stop.None ? entry : HALT;
}

/** The return address of what `entry` calls. */
// @ts-ignore: decorator
@inline
function after(entry: u32): u32 {
  return load<u32>(entry, PC) + load<u8>(entry, LENGTH);
}

/** Where a value leads that was loaded or moved into PC: code, or back from an exception. */
function goTo(entry: u32, target: u32): u32 {
  if (stop != Stop.None) return HALT;
  if (target >= RETURNS && handling != 0) return leaveHandler(entry, target);
  if (!(target & 1)) return refused(entry, Cause.ArmState);
  if (TIMED) leave(target & ~1, cycles, instructions);
  return entryFor(target & ~1);
}

function leaveHandler(entry: u32, code: u32): u32 {
  const back = returnFromException(code);
  if (stop != Stop.None) return HALT;
  spend(entry, TIMED ? returnCycles() : 0);
  if (TIMED) leave(back, cycles, instructions);
  setClock(cycles, instructions);
  const exception = nextException();
  return exception ? enterHandler(entry, exception, back) : entryFor(back);
}

function enterHandler(entry: u32, exception: u32, back: u32): u32 {
  const handler = takeException(exception, back);
  if (stop != Stop.None) return HALT;
  spend(entry, TIMED ? exceptionCycles() : 0);
  if (TIMED) enter(handler, back, cycles, instructions);
  return entryFor(handler);
}

/** Cycles of a jump that its price does not hold. */
function spend(entry: u32, extra: u32): void {
  cycles += extra;
  if (extra) add64(entry, extra, CONTROL);
}

function refused(entry: u32, cause: u32): u32 {
  refuse(Stop.Exception, load<u32>(entry, PC), cause);
  return HALT;
}

/** After what went off the fast path: go on (0), to a handler that it let in, or stop. */
function afterAccess(entry: u32): u32 {
  if (stop != Stop.None) return HALT;
  const extra = takeExtra();
  if (TIMED) cycles += waited(entry, extra);
  return attention ? interrupted(entry) : 0;
}

function interrupted(entry: u32): u32 {
  if (load<u8>(entry, ITSTATE) & 7) {
    askLater();
    return 0;
  }
  setClock(cycles, instructions);
  const exception = nextException();
  return exception ? enterHandler(entry, exception, after(entry)) : 0;
}

/** Before the instruction of `entry`, which was jumped to: something is due. */
function pause(entry: u32, budget: u64): u32 {
  setClock(cycles, instructions);
  if (clock >= deadline) {
    const exception = nextException();
    if (exception) entry = enterHandler(entry, exception, load<u32>(entry, PC));
  }
  if (entry == HALT || instructions < budget) return entry;
  pc = load<u32>(entry, PC);
  refuse(Stop.Budget, pc, 0);
  return HALT;
}

/** What a load off the fast path gives. */
function loaded(address: u32, bytes: u32): u32 {
  setClock(cycles, instructions);
  return slowLoad(address, bytes);
}

function stored(address: u32, bytes: u32, value: u32): void {
  setClock(cycles, instructions);
  slowStore(address, bytes, value);
}

function breakpoint(entry: u32): u32 {
  if (immediate(entry) != 0xab) return refused(entry, Cause.Breakpoint);
  set(0, semihosting(get(0), get(1)));
  return stop == Stop.None ? 0 : HALT;
}

function idle(entry: u32): u32 {
  refuse(Stop.Idle, load<u32>(entry, PC), 0);
  return HALT;
}

/** WFI: goes on if something is pending, sleeps until SysTick, or waits for ever. */
function wait(entry: u32): u32 {
  setClock(cycles, instructions);
  if (nextException() || wouldWake()) return interrupted(entry);
  if (tickAt() == NEVER) return idle(entry);
  const asleep = tickAt() > clock ? tickAt() - clock : 0;
  if (TIMED) {
    add64(entry, asleep, BUSY);
    cycles += asleep;
  } else sleepUntil(tickAt());
  return interrupted(entry);
}

let hasEvent: bool = false;

function waitForEvent(entry: u32): u32 {
  if (!hasEvent) return wait(entry);
  hasEvent = false;
  return 0;
}

function divisionByZero(entry: u32): u32 {
  return trapsDivisionByZero() ? refused(entry, Cause.DivisionByZero) : 0;
}

/** CPSIE and CPSID: the lowest bits name FAULTMASK and PRIMASK. */
function changeMasks(entry: u32): u32 {
  const disables = (immediate(entry) >>> 4) & 1;
  if (immediate(entry) & 2) setMask(16, disables);
  if (immediate(entry) & 1) setMask(19, disables);
  return interrupted(entry);
}

/** Runs until something stops it, at most until about `budget` instructions have run in all. Gives the reason. */
export function run(budget: u64): u32 {
  let entry = entryFor(pc);
  let count = instructions;
  let now = cycles;
  while (entry != HALT) {
    let next: u32 = 0;
    let op = <Op>load<u16>(entry, OP);
    if (TIMED && HAS_WAITS) now += waitForFetch(entry, now);
    if (op >= MARKED) {
      if (op >= <Op>CONDITIONAL) {
        if (!holds(<u32>load<u8>(entry, ITSTATE) >>> 4)) {
          count += 1;
          if (TIMED) {
            add64(entry, 1, EXECUTED);
            now = skipped(entry, now);
          }
          entry += <u32>load<u8>(entry, LENGTH) * (ENTRY / 2);
          continue;
        }
      } else passMark(entry, op, now, count);
      op %= MARKED;
    }
    switch (op) {
      case Op.Undecoded:
        decode(entry);
        if (stop != Stop.None) {
          pc = load<u32>(entry, PC);
          entry = HALT;
        }
        continue;
      case Op.PageEnd:
        entry = entryFor(load<u32>(entry, PC));
        continue;
      case Op.Illegal:
        refuse(Stop.Instruction, load<u32>(entry, PC), immediate(entry));
        next = HALT;
        break;
      case Op.LoadConstant:
        setRd(entry, immediate(entry));
        break;
      case Op.MovsConstant:
        setFlags(immediate(entry));
        setRd(entry, immediate(entry));
        if (load<u8>(entry, SUB)) setCarry(load<u8>(entry, SUB) - 1);
        break;
      case Op.Mov:
        setRd(entry, rn(entry));
        break;
      case Op.Movs: {
        const result = rn(entry);
        setFlags(result);
        setRd(entry, result);
        break;
      }
      case Op.Movt:
        setRd(entry, (rn(entry) & 0xffff) | (immediate(entry) << 16));
        break;
      case Op.AddImm:
        setRd(entry, rn(entry) + immediate(entry));
        break;
      case Op.RsbImm:
        setRd(entry, immediate(entry) - rn(entry));
        break;
      case Op.AndImm:
        setRd(entry, rn(entry) & immediate(entry));
        break;
      case Op.OrrImm:
        setRd(entry, rn(entry) | immediate(entry));
        break;
      case Op.EorImm:
        setRd(entry, rn(entry) ^ immediate(entry));
        break;
      case Op.AddReg:
        setRd(entry, rn(entry) + rm(entry));
        break;
      case Op.SubReg:
        setRd(entry, rn(entry) - rm(entry));
        break;
      case Op.AndReg:
        setRd(entry, rn(entry) & rm(entry));
        break;
      case Op.OrrReg:
        setRd(entry, rn(entry) | rm(entry));
        break;
      case Op.EorReg:
        setRd(entry, rn(entry) ^ rm(entry));
        break;
      case Op.BicReg:
        setRd(entry, rn(entry) & ~rm(entry));
        break;
      case Op.AddShift:
        setRd(entry, rn(entry) + second(entry));
        break;
      case Op.SubShift:
        setRd(entry, rn(entry) - second(entry));
        break;
      case Op.RsbShift:
        setRd(entry, second(entry) - rn(entry));
        break;
      case Op.AndShift:
        setRd(entry, rn(entry) & second(entry));
        break;
      case Op.OrrShift:
        setRd(entry, rn(entry) | second(entry));
        break;
      case Op.EorShift:
        setRd(entry, rn(entry) ^ second(entry));
        break;
      case Op.BicShift:
        setRd(entry, rn(entry) & ~second(entry));
        break;
      case Op.AddsImm:
        setRd(entry, adds(rn(entry), immediate(entry)));
        break;
      case Op.SubsImm:
        setRd(entry, subs(rn(entry), immediate(entry)));
        break;
      case Op.RsbsImm:
        setRd(entry, subs(immediate(entry), rn(entry)));
        break;
      case Op.AndsImm: {
        const result = rn(entry) & immediate(entry);
        setFlags(result);
        setRd(entry, result);
        break;
      }
      case Op.AddsReg:
        setRd(entry, adds(rn(entry), rm(entry)));
        break;
      case Op.SubsReg:
        setRd(entry, subs(rn(entry), rm(entry)));
        break;
      case Op.AndsReg: {
        const result = rn(entry) & rm(entry);
        setFlags(result);
        setRd(entry, result);
        break;
      }
      case Op.OrrsReg: {
        const result = rn(entry) | rm(entry);
        setFlags(result);
        setRd(entry, result);
        break;
      }
      case Op.EorsReg: {
        const result = rn(entry) ^ rm(entry);
        setFlags(result);
        setRd(entry, result);
        break;
      }
      case Op.BicsReg: {
        const result = rn(entry) & ~rm(entry);
        setFlags(result);
        setRd(entry, result);
        break;
      }
      case Op.DataImm:
        setRd(entry, combineImmediate(entry));
        break;
      case Op.DataReg:
        setRd(entry, combineRegister(entry));
        break;
      case Op.LslImm:
        setRd(entry, rn(entry) << immediate(entry));
        break;
      case Op.LsrImm:
        setRd(entry, lsr(rn(entry), immediate(entry)));
        break;
      case Op.AsrImm:
        setRd(entry, asr(rn(entry), immediate(entry)));
        break;
      case Op.RorImm:
        setRd(entry, rotr<u32>(rn(entry), immediate(entry)));
        break;
      case Op.LslsImm: {
        const value = rn(entry);
        const amount = immediate(entry);
        setCarry((value >>> (32 - amount)) & 1);
        setFlags(value << amount);
        setRd(entry, value << amount);
        break;
      }
      case Op.LsrsImm: {
        const value = rn(entry);
        const amount = immediate(entry);
        const result = lsr(value, amount);
        setCarry((value >>> (amount - 1)) & 1);
        setFlags(result);
        setRd(entry, result);
        break;
      }
      case Op.AsrsImm: {
        const value = rn(entry);
        const amount = immediate(entry);
        const result = asr(value, amount);
        setCarry((value >>> (amount - 1)) & 1);
        setFlags(result);
        setRd(entry, result);
        break;
      }
      case Op.LslReg:
        setRd(entry, lsl(rn(entry), rm(entry) & 255));
        break;
      case Op.LsrReg:
        setRd(entry, lsr(rn(entry), rm(entry) & 255));
        break;
      case Op.AsrReg:
        setRd(entry, asr(rn(entry), rm(entry) & 255));
        break;
      case Op.RorReg:
        setRd(entry, rotr<u32>(rn(entry), rm(entry)));
        break;
      case Op.LslsReg: {
        const result = shiftedWithCarry(rn(entry), LSL, rm(entry) & 255);
        setFlags(result);
        setRd(entry, result);
        break;
      }
      case Op.LsrsReg: {
        const result = shiftedWithCarry(rn(entry), LSR, rm(entry) & 255);
        setFlags(result);
        setRd(entry, result);
        break;
      }
      case Op.AsrsReg: {
        const result = shiftedWithCarry(rn(entry), ASR, rm(entry) & 255);
        setFlags(result);
        setRd(entry, result);
        break;
      }
      case Op.RorsReg: {
        const result = shiftedWithCarry(rn(entry), ROR, rm(entry) & 255);
        setFlags(result);
        setRd(entry, result);
        break;
      }
      case Op.Sxtb:
        setRd(entry, <i32>(<i8>rotr<u32>(rn(entry), immediate(entry))));
        break;
      case Op.Sxth:
        setRd(entry, <i32>(<i16>rotr<u32>(rn(entry), immediate(entry))));
        break;
      case Op.Uxtb:
        setRd(entry, rotr<u32>(rn(entry), immediate(entry)) & 0xff);
        break;
      case Op.Uxth:
        setRd(entry, rotr<u32>(rn(entry), immediate(entry)) & 0xffff);
        break;
      case Op.Sbfx:
        setRd(entry, signedField(rn(entry), immediate(entry), load<u8>(entry, SUB)));
        break;
      case Op.Ubfx:
        setRd(entry, field(rn(entry), immediate(entry), load<u8>(entry, SUB)));
        break;
      case Op.Bfi:
        setRd(entry, inserted(rd(entry), rn(entry), immediate(entry), load<u8>(entry, SUB)));
        break;
      case Op.Clz:
        setRd(entry, clz<u32>(rn(entry)));
        break;
      case Op.Rbit:
        setRd(entry, rbit(rn(entry)));
        break;
      case Op.Rev:
        setRd(entry, bswap<u32>(rn(entry)));
        break;
      case Op.Rev16:
        setRd(entry, rotr<u32>(bswap<u32>(rn(entry)), 16));
        break;
      case Op.Revsh:
        setRd(entry, <i32>(<i16>bswap<u16>(<u16>rn(entry))));
        break;
      case Op.Ssat:
        setRd(entry, saturateSigned(second(entry), load<u8>(entry, SUB)));
        break;
      case Op.Usat:
        setRd(entry, saturateUnsigned(second(entry), load<u8>(entry, SUB)));
        break;
      case Op.Mul:
        setRd(entry, rn(entry) * rm(entry));
        break;
      case Op.Muls: {
        const result = rn(entry) * rm(entry);
        setFlags(result);
        setRd(entry, result);
        break;
      }
      case Op.Mla:
        setRd(entry, ra(entry) + rn(entry) * rm(entry));
        break;
      case Op.Mls:
        setRd(entry, ra(entry) - rn(entry) * rm(entry));
        break;
      case Op.Umull: {
        if (TIMED) now += busy(entry, multiplyCycles(entry, rn(entry), rm(entry)));
        setLong(entry, <u64>rn(entry) * <u64>rm(entry));
        break;
      }
      case Op.Smull: {
        if (TIMED) now += busy(entry, multiplyCycles(entry, rn(entry), rm(entry)));
        setLong(entry, <u64>(<i64>(<i32>rn(entry)) * <i64>(<i32>rm(entry))));
        break;
      }
      case Op.Umlal: {
        if (TIMED) now += busy(entry, multiplyCycles(entry, rn(entry), rm(entry)));
        setLong(entry, getLong(entry) + <u64>rn(entry) * <u64>rm(entry));
        break;
      }
      case Op.Smlal: {
        if (TIMED) now += busy(entry, multiplyCycles(entry, rn(entry), rm(entry)));
        setLong(entry, getLong(entry) + <u64>(<i64>(<i32>rn(entry)) * <i64>(<i32>rm(entry))));
        break;
      }
      case Op.Sdiv:
        if (TIMED) now += busy(entry, divideCycles(entry, rn(entry), rm(entry)));
        if (rm(entry) == 0) next = divisionByZero(entry);
        setRd(entry, divide(rn(entry), rm(entry)));
        break;
      case Op.Udiv: {
        const divisor = rm(entry);
        if (TIMED) now += busy(entry, divideCycles(entry, rn(entry), divisor));
        if (divisor == 0) next = divisionByZero(entry);
        setRd(entry, divisor == 0 ? 0 : rn(entry) / divisor);
        break;
      }
      case Op.B:
        next = targetOf(entry);
        if (next == entry && deadline == NEVER) next = idle(entry);
        break;
      case Op.Beq:
        if (isZero()) next = targetOf(entry);
        break;
      case Op.Bne:
        if (!isZero()) next = targetOf(entry);
        break;
      case Op.Bcs:
        if (carry() != 0) next = targetOf(entry);
        break;
      case Op.Bcc:
        if (carry() == 0) next = targetOf(entry);
        break;
      case Op.Bmi:
        if (isNegative()) next = targetOf(entry);
        break;
      case Op.Bpl:
        if (!isNegative()) next = targetOf(entry);
        break;
      case Op.Bvs:
        if (hasOverflow()) next = targetOf(entry);
        break;
      case Op.Bvc:
        if (!hasOverflow()) next = targetOf(entry);
        break;
      case Op.Bhi:
        if (isHigher()) next = targetOf(entry);
        break;
      case Op.Bls:
        if (!isHigher()) next = targetOf(entry);
        break;
      case Op.Bge:
        if (isAtLeast()) next = targetOf(entry);
        break;
      case Op.Blt:
        if (!isAtLeast()) next = targetOf(entry);
        break;
      case Op.Bgt:
        if (isAtLeast() && !isZero()) next = targetOf(entry);
        break;
      case Op.Ble:
        if (!isAtLeast() || isZero()) next = targetOf(entry);
        break;
      case Op.Cbz:
        if (rn(entry) == 0) next = targetOf(entry);
        break;
      case Op.Cbnz:
        if (rn(entry) != 0) next = targetOf(entry);
        break;
      case Op.Bl:
        setRd(entry, after(entry) | 1);
        next = targetOf(entry);
        if (TIMED) enter(immediate(entry), after(entry), now, count);
        break;
      case Op.Blx: {
        const target = rn(entry);
        setRd(entry, after(entry) | 1);
        next = target & 1 ? entryFor(target & ~1) : refused(entry, Cause.ArmState);
        if (TIMED) enter(target & ~1, after(entry), now, count);
        break;
      }
      case Op.Bx:
        cycles = now;
        instructions = count;
        next = goTo(entry, rn(entry));
        now = cycles;
        break;
      case Op.MovPc:
        next = entryFor(rn(entry) & ~1);
        if (TIMED) leave(rn(entry) & ~1, now, count);
        break;
      case Op.AddPc:
        next = entryFor((immediate(entry) + rm(entry)) & ~1);
        break;
      case Op.Tbb:
        cycles = now;
        instructions = count;
        next = tableBranch(entry, loaded(rn(entry) + immediate(entry) + rm(entry), 1));
        now = cycles;
        break;
      case Op.Tbh:
        cycles = now;
        instructions = count;
        next = tableBranch(entry, loaded(rn(entry) + immediate(entry) + rm(entry) * 2, 2));
        now = cycles;
        break;
      case Op.LdrPc:
        cycles = now;
        instructions = count;
        next = afterJumpLoad(entry, loadPc(entry));
        now = cycles;
        break;
      case Op.LdmPc:
        cycles = now;
        instructions = count;
        setClock(now, count);
        next = afterJumpLoad(entry, loadMultiple(entry));
        now = cycles;
        break;
      case Op.LdrImm:
      case Op.LdrReg:
      case Op.LdrIndexed: {
        const address = op == Op.LdrIndexed ? movedAddress(entry) : addressOf(entry);
        const granule = granuleOf(address);
        if (granule & READABLE && (address & 3) == 0) {
          setRd(entry, load<u32>(hostAddress(granule, address)));
          if (TIMED && HAS_WAITS) now += waitForLoad(entry, granule, address, 4, now);
        } else {
          cycles = now;
          instructions = count;
          setRd(entry, loaded(address, 4));
          next = afterAccess(entry);
          now = cycles;
        }
        break;
      }
      case Op.LdrbImm:
      case Op.LdrbReg:
      case Op.LdrbIndexed: {
        const address = op == Op.LdrbIndexed ? movedAddress(entry) : addressOf(entry);
        const granule = granuleOf(address);
        if (granule & READABLE) {
          setRd(entry, load<u8>(hostAddress(granule, address)));
          if (TIMED && HAS_WAITS) now += waitForLoad(entry, granule, address, 1, now);
        } else {
          cycles = now;
          instructions = count;
          setRd(entry, loaded(address, 1));
          next = afterAccess(entry);
          now = cycles;
        }
        break;
      }
      case Op.LdrsbImm:
      case Op.LdrsbReg:
      case Op.LdrsbIndexed: {
        const address = op == Op.LdrsbIndexed ? movedAddress(entry) : addressOf(entry);
        const granule = granuleOf(address);
        if (granule & READABLE) {
          setRd(entry, <i32>load<i8>(hostAddress(granule, address)));
          if (TIMED && HAS_WAITS) now += waitForLoad(entry, granule, address, 1, now);
        } else {
          cycles = now;
          instructions = count;
          setRd(entry, <i32>(<i8>loaded(address, 1)));
          next = afterAccess(entry);
          now = cycles;
        }
        break;
      }
      case Op.LdrhImm:
      case Op.LdrhReg:
      case Op.LdrhIndexed: {
        const address = op == Op.LdrhIndexed ? movedAddress(entry) : addressOf(entry);
        const granule = granuleOf(address);
        if (granule & READABLE && (address & 1) == 0) {
          setRd(entry, load<u16>(hostAddress(granule, address)));
          if (TIMED && HAS_WAITS) now += waitForLoad(entry, granule, address, 2, now);
        } else {
          cycles = now;
          instructions = count;
          setRd(entry, loaded(address, 2));
          next = afterAccess(entry);
          now = cycles;
        }
        break;
      }
      case Op.LdrshImm:
      case Op.LdrshReg:
      case Op.LdrshIndexed: {
        const address = op == Op.LdrshIndexed ? movedAddress(entry) : addressOf(entry);
        const granule = granuleOf(address);
        if (granule & READABLE && (address & 1) == 0) {
          setRd(entry, <i32>load<i16>(hostAddress(granule, address)));
          if (TIMED && HAS_WAITS) now += waitForLoad(entry, granule, address, 2, now);
        } else {
          cycles = now;
          instructions = count;
          setRd(entry, <i32>(<i16>loaded(address, 2)));
          next = afterAccess(entry);
          now = cycles;
        }
        break;
      }
      case Op.StrImm:
      case Op.StrReg:
      case Op.StrIndexed: {
        const address = op == Op.StrIndexed ? movedAddress(entry) : addressOf(entry);
        const granule = granuleOf(address);
        if ((granule & (WRITABLE | HAS_CODE)) == WRITABLE && (address & 3) == 0) {
          store<u32>(hostAddress(granule, address), rd(entry));
          if (TIMED && HAS_WAITS) now += waitForStore(entry, granule, address, 4, now);
        } else {
          cycles = now;
          instructions = count;
          stored(address, 4, rd(entry));
          next = afterAccess(entry);
          now = cycles;
        }
        break;
      }
      case Op.StrbImm:
      case Op.StrbReg:
      case Op.StrbIndexed: {
        const address = op == Op.StrbIndexed ? movedAddress(entry) : addressOf(entry);
        const granule = granuleOf(address);
        if ((granule & (WRITABLE | HAS_CODE)) == WRITABLE) {
          store<u8>(hostAddress(granule, address), <u8>rd(entry));
          if (TIMED && HAS_WAITS) now += waitForStore(entry, granule, address, 1, now);
        } else {
          cycles = now;
          instructions = count;
          stored(address, 1, rd(entry) & 0xff);
          next = afterAccess(entry);
          now = cycles;
        }
        break;
      }
      case Op.StrhImm:
      case Op.StrhReg:
      case Op.StrhIndexed: {
        const address = op == Op.StrhIndexed ? movedAddress(entry) : addressOf(entry);
        const granule = granuleOf(address);
        if ((granule & (WRITABLE | HAS_CODE)) == WRITABLE && (address & 1) == 0) {
          store<u16>(hostAddress(granule, address), <u16>rd(entry));
          if (TIMED && HAS_WAITS) now += waitForStore(entry, granule, address, 2, now);
        } else {
          cycles = now;
          instructions = count;
          stored(address, 2, rd(entry) & 0xffff);
          next = afterAccess(entry);
          now = cycles;
        }
        break;
      }
      case Op.Ldrd: {
        const address = rn(entry) + immediate(entry);
        const granule = granuleOf(address);
        // At an offset, both words in one granule.
        if (granule & READABLE && (address & 3) == 0 && (address & LAST_WORD) != LAST_WORD && load<u8>(entry, SUB) == 0) {
          const host = hostAddress(granule, address);
          setRd(entry, load<u32>(host));
          setRa(entry, load<u32>(host, 4));
          if (TIMED && HAS_WAITS) {
            now += waitForLoad(entry, granule, address, 4, now);
            now += waitForLoad(entry, granule, address + 4, 4, now);
          }
        } else {
          cycles = now;
          instructions = count;
          setClock(now, count);
          loadDual(entry);
          next = afterAccess(entry);
          now = cycles;
        }
        break;
      }
      case Op.Strd:
        cycles = now;
        instructions = count;
        setClock(now, count);
        storeDual(entry);
        next = afterAccess(entry);
        now = cycles;
        break;
      case Op.Ldm:
        cycles = now;
        instructions = count;
        setClock(now, count);
        loadMultiple(entry);
        next = afterAccess(entry);
        now = cycles;
        break;
      case Op.Stm:
        cycles = now;
        instructions = count;
        setClock(now, count);
        storeMultiple(entry);
        next = afterAccess(entry);
        now = cycles;
        break;
      case Op.LoadExclusive:
        cycles = now;
        instructions = count;
        setClock(now, count);
        loadExclusive(entry);
        next = afterAccess(entry);
        now = cycles;
        break;
      case Op.StoreExclusive:
        cycles = now;
        instructions = count;
        setClock(now, count);
        storeExclusive(entry);
        next = afterAccess(entry);
        now = cycles;
        break;
      case Op.It:
      case Op.Nop:
        break;
      case Op.ClearExclusive:
        clearReservation();
        break;
      case Op.Sev:
        hasEvent = true;
        break;
      case Op.Isb:
        next = entryFor(after(entry));
        break;
      case Op.Wfi:
      case Op.Wfe:
        cycles = now;
        instructions = count;
        next = op == Op.Wfi ? wait(entry) : waitForEvent(entry);
        now = cycles;
        break;
      case Op.Svc:
        cycles = now;
        instructions = count;
        setPending(SVCALL);
        next = interrupted(entry);
        if (next == 0) next = refused(entry, Cause.NoHandler);
        now = cycles;
        break;
      case Op.Bkpt:
        setClock(now, count);
        next = breakpoint(entry);
        break;
      case Op.Mrs:
        setRd(entry, readSpecial(immediate(entry), load<u32>(entry, PC)));
        if (stop != Stop.None) next = HALT;
        break;
      case Op.Msr:
        cycles = now;
        instructions = count;
        writeSpecial(immediate(entry), rn(entry), load<u8>(entry, SUB), load<u32>(entry, PC));
        next = stop != Stop.None ? HALT : interrupted(entry);
        now = cycles;
        break;
      case Op.Cps:
        cycles = now;
        instructions = count;
        next = changeMasks(entry);
        now = cycles;
        break;
      // The commonest of the DSP extension and of floating point; the others are below.
      case Op.Smlad:
        setRd(entry, smlad(rn(entry), rotatedRm(entry), ra(entry)));
        break;
      case Op.Smlabb:
        setRd(entry, smlabb(rotatedRn(entry), rotatedRm(entry), ra(entry)));
        break;
      case Op.Sxtab16:
        setRd(entry, addHalves(rn(entry), signedBytes(rotatedRm(entry))));
        break;
      case Op.Vldr: {
        const address = rn(entry) + immediate(entry);
        const granule = granuleOf(address);
        if (granule & READABLE && (address & 3) == 0 && load<u8>(entry, SUB) == 1) {
          setSingle(entry, RD, load<u32>(hostAddress(granule, address)));
          if (TIMED && HAS_WAITS) now += waitForLoad(entry, granule, address, 4, now);
        } else {
          cycles = now;
          instructions = count;
          setClock(now, count);
          executeFloat(entry);
          next = afterAccess(entry);
          now = cycles;
        }
        break;
      }
      case Op.Vadd:
        if (isDouble(entry)) executeFloat(entry);
        else setSingle(entry, RD, addSingle(single(entry, RS1), single(entry, RS2)));
        break;
      case Op.Vmul:
        if (isDouble(entry)) executeFloat(entry);
        else setSingle(entry, RD, multiplySingle(single(entry, RS1), single(entry, RS2)));
        break;
      case Op.Vfma:
        if (isDouble(entry)) executeFloat(entry);
        else setSingle(entry, RD, multiplyAddSingle(single(entry, RS1), single(entry, RS2), single(entry, RD)));
        break;
      case Op.Vmov:
        if (isDouble(entry)) executeFloat(entry);
        else setSingle(entry, RD, single(entry, RS2));
        break;
      default:
        if (op < Op.Float) executeDsp(entry);
        else if (HAS_FLOAT && op >= Op.Vadd) executeFloat(entry);
        else if (HAS_FLOAT) {
          cycles = now;
          instructions = count;
          setClock(now, count);
          executeFloat(entry);
          next = afterAccess(entry);
          now = cycles;
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
    if (count >= budget || (TIMED ? now : count + slept) >= deadline) {
      cycles = now;
      instructions = count;
      entry = pause(entry, budget);
      now = cycles;
    }
  }
  cycles = now;
  instructions = count;
  settle(cycles, instructions);
  settleRegion(cycles, instructions);
  return stop;
}

function tableBranch(entry: u32, halfwords: u32): u32 {
  return afterJumpLoad(entry, (after(entry) + halfwords * 2) | 1);
}

function loadPc(entry: u32): u32 {
  const sub = <u32>load<u8>(entry, SUB);
  const moved = rn(entry) + immediate(entry) + (rm(entry) << (sub >>> 4));
  const address = (sub & 3) == 1 ? rn(entry) : moved;
  const value = loaded(address, 4);
  if (sub & 3) setRn(entry, moved);
  return value;
}

/** A jump whose target was loaded. */
function afterJumpLoad(entry: u32, target: u32): u32 {
  if (stop != Stop.None) return HALT;
  const extra = takeExtra();
  if (TIMED) cycles += waited(entry, extra);
  return goTo(entry, target);
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
