/** Control and status registers of machine mode, and exceptions. A program that enables interrupts is refused. */
import { Stop, refuse } from "../machine/stop";
import { HAS_MACHINE_MODE, INHIBITED_AT_RESET, MACHINE_ISA } from "../parameters";

let mstatus: u32 = 0x1800;
let mie: u32 = 0;
let mtvec: u32 = 0;
let mcounteren: u32 = 0;
let mcountinhibit: u32 = INHIBITED_AT_RESET;
let mscratch: u32 = 0;
let mepc: u32 = 0;
let mcause: u32 = 0;
let mtval: u32 = 0;

/** What a counter shows is its source less this; while it is inhibited, what it shows. */
let cyclesOffset: u64 = 0;
let instructionsOffset: u64 = 0;

export const enum Cause {
  Breakpoint = 3,
  MisalignedLoad = 4,
  MisalignedStore = 6,
  Ecall = 11,
}

/** Executes CSRRW, CSRRS, CSRRC and their immediate forms: gives the old value. */
export function accessCsr(word: u32, operand: u32, pc: u32, cycles: u64, instructions: u64): u32 {
  const index = word >>> 20;
  const action = (word >>> 12) & 3;
  const writes = action == 1 || ((word >>> 15) & 31) != 0;
  const old = readCsr(index, pc, cycles, instructions);
  if (!writes) return old;
  const value = action == 1 ? operand : action == 2 ? old | operand : old & ~operand;
  writeCsr(index, value, pc, cycles, instructions);
  return old;
}

function cycleCounter(cycles: u64): u64 {
  return mcountinhibit & 1 ? cyclesOffset : cycles - cyclesOffset;
}

function instructionCounter(instructions: u64): u64 {
  return mcountinhibit & 4 ? instructionsOffset : instructions - instructionsOffset;
}

function readCsr(index: u32, pc: u32, cycles: u64, instructions: u64): u32 {
  switch (index) {
    case 0xc00:
      return <u32>cycleCounter(cycles);
    case 0xc02:
      return <u32>instructionCounter(instructions);
    case 0xc80:
      return <u32>(cycleCounter(cycles) >> 32);
    case 0xc82:
      return <u32>(instructionCounter(instructions) >> 32);
  }
  if (HAS_MACHINE_MODE) {
    switch (index) {
      case 0xb00:
        return <u32>cycleCounter(cycles);
      case 0xb02:
        return <u32>instructionCounter(instructions);
      case 0xb80:
        return <u32>(cycleCounter(cycles) >> 32);
      case 0xb82:
        return <u32>(instructionCounter(instructions) >> 32);
      case 0x300:
        return mstatus;
      case 0x301:
        return MACHINE_ISA;
      case 0x304:
        return mie;
      case 0x305:
        return mtvec;
      case 0x306:
        return mcounteren;
      case 0x320:
        return mcountinhibit;
      case 0x340:
        return mscratch;
      case 0x341:
        return mepc;
      case 0x342:
        return mcause;
      case 0x343:
        return mtval;
      case 0x344:
      case 0xf14:
        return 0;
    }
  }
  refuse(Stop.Register, pc, index);
  return 0;
}

function writeCsr(index: u32, value: u32, pc: u32, cycles: u64, instructions: u64): void {
  switch (index) {
    case 0xb00:
      return setCycles((cycleCounter(cycles) & 0xffffffff00000000) | value, cycles);
    case 0xb80:
      return setCycles((cycleCounter(cycles) & 0xffffffff) | (<u64>value << 32), cycles);
    case 0xb02:
      return setInstructions((instructionCounter(instructions) & 0xffffffff00000000) | value, instructions);
    case 0xb82:
      return setInstructions((instructionCounter(instructions) & 0xffffffff) | (<u64>value << 32), instructions);
    case 0x300:
      mstatus = (value & 0x88) | 0x1800;
      return refuseInterrupts(pc, mstatus & 8);
    case 0x301:
    case 0x344:
      return;
    case 0x304:
      mie = value;
      return refuseInterrupts(pc, mstatus & 8);
    case 0x305:
      mtvec = value;
      return;
    case 0x306:
      mcounteren = value;
      return;
    case 0x320: {
      const shownCycles = cycleCounter(cycles);
      const shownInstructions = instructionCounter(instructions);
      mcountinhibit = value & 5;
      setCycles(shownCycles, cycles);
      setInstructions(shownInstructions, instructions);
      return;
    }
    case 0x340:
      mscratch = value;
      return;
    case 0x341:
      mepc = value & ~1;
      return;
    case 0x342:
      mcause = value;
      return;
    case 0x343:
      mtval = value;
      return;
  }
  refuse(Stop.Register, pc, index);
}

function setCycles(shown: u64, cycles: u64): void {
  cyclesOffset = mcountinhibit & 1 ? shown : cycles - shown;
}

function setInstructions(shown: u64, instructions: u64): void {
  instructionsOffset = mcountinhibit & 4 ? shown : instructions - shown;
}

/** Takes an exception at `pc`: gives the handler's address, or stops the run if the program installed none. */
export function raise(cause: Cause, pc: u32, value: u32): u32 {
  if (mtvec == 0) {
    const isMisaligned = cause == Cause.MisalignedLoad || cause == Cause.MisalignedStore;
    refuse(isMisaligned ? Stop.Misaligned : Stop.Exception, isMisaligned ? value : pc, cause);
    return 0;
  }
  mepc = pc;
  mcause = cause;
  mtval = value;
  mstatus = 0x1800 | ((mstatus & 8) << 4);
  return mtvec & ~3;
}

/** What would be waited for in vain: some interrupt of `mie`, if `isOpen` says that it could happen. */
function refuseInterrupts(pc: u32, isOpen: u32): void {
  if (isOpen && mie) refuse(Stop.Interrupts, pc, mie);
}

/** WFI: nothing can end it, or what could is not modelled. */
export function waitForInterrupt(pc: u32): void {
  refuseInterrupts(pc, 1);
  refuse(Stop.Idle, pc, 0);
}

/** MRET: gives the address to return to. */
export function returnFromTrap(): u32 {
  mstatus = 0x1880 | ((mstatus & 0x80) >>> 4);
  refuseInterrupts(mepc, mstatus & 8);
  return mepc;
}
