/**
 * The core's own registers, at 0xe0000000: System Control Space, and of the debug blocks the cycle counter.
 *
 * Arm DDI 0403E, B3.2 and C1.8. What configures caches, protection and debugging can be written and read back and
 * changes nothing; what is not here is refused.
 */
import { reserve } from "../machine/memory";
import { Stop, refuse } from "../machine/stop";
import { CPU_ID, FLOAT_ID, HAS_FLOAT, HAS_FLOAT5, HAS_MAIN } from "../parameters";
import { clock } from "./clock";
import { Cause } from "./cause";
import {
  ACTIVE, ENABLED, EXTERNAL, NMI, PENDING, PENDSV, SYSTICK, clearPending, enable, getPriorityGroup, pendingNumber, priorityOf,
  setPending, setPriority, setPriorityGroup, stateOf,
} from "./nvic";
import { handling } from "./special";
import { advanceTick, loadTick, storeTick } from "./systick";

const SYSTEM: u32 = 0xe000e000;
const TRACE: u32 = 0xe0001000;
const WATCH: u32 = TRACE >>> 12;

/** What can only be written and read back: 4 KiB of the System Control Space. */
const plain = reserve(0x1000);
export let vectorTable: u32 = 0;
/** CYCCNT shows the clock less this while it counts, this while it does not. */
let counterOffset: u64 = 0;
let isCounting: bool = false;

export function setVectorTable(address: u32): void {
  vectorTable = address;
}

// @ts-ignore: decorator
@inline
export function isSystem(address: u32): bool {
  return address >>> 16 == 0xe000;
}

/** CCR.UNALIGN_TRP. */
export function trapsMisaligned(): bool {
  return (load<u32>(plain, 0xd14) & 8) != 0;
}

/** CCR.DIV_0_TRP. */
export function trapsDivisionByZero(): bool {
  return (load<u32>(plain, 0xd14) & 16) != 0;
}

/** CPACR lets coprocessors 10 and 11 work. */
export function isFloatOn(): bool {
  return (load<u32>(plain, 0xd88) & (1 << 20)) != 0;
}

export function loadSystem(address: u32, bytes: u32): u32 {
  const word = readRegister(address & ~3, bytes) >>> ((address & 3) * 8);
  return bytes == 4 ? word : word & ((1 << (bytes * 8)) - 1);
}

export function storeSystem(address: u32, bytes: u32, value: u32): void {
  if (bytes == 4) return writeRegister(address, value);
  const offset = address - SYSTEM;
  const isPriority = (offset >= 0x400 && offset < 0x500) || (offset >= 0xd18 && offset < 0xd24);
  if (!isPriority || address < SYSTEM) return refuse(Stop.Store, address, bytes);
  const shift = (address & 3) * 8;
  const mask = ((1 << (bytes * 8)) - 1) << shift;
  const word = readRegister(address & ~3, 4);
  writeRegister(address & ~3, (word & ~mask) | ((value << shift) & mask));
}

function readRegister(address: u32, bytes: u32): u32 {
  const offset = address & 0xfff;
  if (address >>> 12 == WATCH) return readWatch(offset);
  if (address < SYSTEM) return 0; // trace and breakpoint units: nothing is enabled
  if (offset >= 0x10 && offset < 0x20) {
    if (advanceTick()) setPending(SYSTICK);
    return loadTick(offset - 0x10);
  }
  if (offset >= 0x100 && offset < 0x340) return readInterrupts(offset);
  if (offset >= 0x400 && offset < 0x500) return fourPriorities(EXTERNAL + offset - 0x400);
  if (offset >= 0xd18 && offset < 0xd24) return fourPriorities(offset - 0xd14);
  switch (offset) {
    case 0x004:
      return 7; // 256 exceptions
    case 0xd00:
      return CPU_ID;
    case 0xd04:
      return interruptState();
    case 0xd08:
      return vectorTable;
    case 0xd0c:
      return 0xfa050000 | (getPriorityGroup() << 8);
    case 0xd14:
      return load<u32>(plain, 0xd14) | 0x200;
    case 0xd90:
      return 0; // no memory protection unit
    case 0xdd4:
      return 0; // no security attribution unit
    case 0xf40:
      return HAS_FLOAT ? FLOAT_ID : 0;
    case 0xf44:
      return HAS_FLOAT ? 0x11000011 : 0;
    case 0xf48:
      return HAS_FLOAT5 ? 0x40 : 0;
  }
  if (isPlain(offset)) return load<u32>(plain + offset);
  refuse(Stop.Load, address, bytes);
  return 0;
}

/** Configuration that changes nothing here: auxiliary control, faults, protection, debug, floating point, caches. */
function isPlain(offset: u32): bool {
  if (offset == 0x008 || offset == 0xd10 || (offset >= 0xd24 && offset < 0xd40)) return true;
  if (offset == 0xd88 || (offset >= 0xd90 && offset < 0xde8) || (offset >= 0xdf0 && offset < 0xe00)) return true;
  return (offset >= 0xf34 && offset < 0xf40) || (offset >= 0xf50 && offset < 0xfd0);
}

function writeRegister(address: u32, value: u32): void {
  const offset = address & 0xfff;
  if (address >>> 12 == WATCH) return writeWatch(offset, value);
  if (address < SYSTEM) return;
  if (offset >= 0x10 && offset < 0x20) {
    if (advanceTick()) setPending(SYSTICK);
    storeTick(offset - 0x10, value);
    return enable(SYSTICK, true);
  }
  if (offset >= 0x100 && offset < 0x300) return writeInterrupts(offset, value);
  if (offset >= 0x400 && offset < 0x500) return setFourPriorities(EXTERNAL + offset - 0x400, value);
  if (offset >= 0xd18 && offset < 0xd24) return setFourPriorities(offset - 0xd14, value);
  switch (offset) {
    case 0xd04:
      return writeInterruptState(value);
    case 0xd08:
      vectorTable = value & ~127;
      return;
    case 0xd0c:
      if (value >>> 16 != 0x05fa) return;
      setPriorityGroup(value >>> 8);
      if (value & 5) refuse(Stop.Exception, address, Cause.Reset);
      return;
    case 0xf00:
      return setPending(EXTERNAL + (value & 0xff));
  }
  if (offset == 0xd14 || isPlain(offset)) store<u32>(plain + offset, value);
  else refuse(Stop.Store, address, 4);
}

/** ICSR: what runs, what is pending. */
function interruptState(): u32 {
  if (advanceTick()) setPending(SYSTICK);
  const pending = pendingNumber();
  const bits =
    (stateOf(PENDSV) & PENDING ? 1 << 28 : 0) |
    (stateOf(SYSTICK) & PENDING ? 1 << 26 : 0) |
    (pending >= EXTERNAL ? 1 << 22 : 0);
  return bits | (pending << 12) | handling;
}

function writeInterruptState(value: u32): void {
  if (value & (1 << 31)) setPending(NMI);
  if (value & (1 << 28)) setPending(PENDSV);
  if (value & (1 << 27)) clearPending(PENDSV);
  if (value & (1 << 26)) setPending(SYSTICK);
  if (value & (1 << 25)) clearPending(SYSTICK);
}

/** ISER, ICER, ISPR, ICPR, IABR: 32 interrupts a word, 128 bytes a kind. */
function readInterrupts(offset: u32): u32 {
  const flag = offset >= 0x300 ? ACTIVE : offset >= 0x200 ? PENDING : ENABLED;
  const first = EXTERNAL + (offset & 0x1c) * 8;
  let word: u32 = 0;
  for (let i: u32 = 0; i < 32 && first + i < 256; i++) if (stateOf(first + i) & flag) word |= 1 << i;
  return word;
}

function writeInterrupts(offset: u32, value: u32): void {
  const first = EXTERNAL + (offset & 0x1c) * 8;
  for (let i: u32 = 0; i < 32 && first + i < 256; i++) {
    if (!((value >>> i) & 1)) continue;
    if (offset < 0x180) enable(first + i, true);
    else if (offset < 0x200) enable(first + i, false);
    else if (offset < 0x280) setPending(first + i);
    else clearPending(first + i);
  }
}

function fourPriorities(first: u32): u32 {
  let word: u32 = 0;
  for (let i: u32 = 0; i < 4 && first + i < 256; i++) word |= priorityOf(first + i) << (8 * i);
  return word;
}

function setFourPriorities(first: u32, value: u32): void {
  for (let i: u32 = 0; i < 4 && first + i < 256; i++) setPriority(first + i, (value >>> (8 * i)) & 0xff);
}

/** Data watchpoint and trace: the cycle counter, and no comparators. */
function readWatch(offset: u32): u32 {
  if (!HAS_MAIN) return 0;
  if (offset == 0) return <u32>isCounting;
  return offset == 4 ? <u32>(isCounting ? clock - counterOffset : counterOffset) : 0;
}

function writeWatch(offset: u32, value: u32): void {
  if (!HAS_MAIN || offset > 4) return;
  const shown = isCounting ? clock - counterOffset : counterOffset;
  if (offset == 0) isCounting = (value & 1) != 0;
  const next = offset == 4 ? <u64>value : shown;
  counterOffset = isCounting ? clock - next : next;
}
