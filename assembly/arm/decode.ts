/**
 * Thumb instructions into entries. What the core does not have decodes to `Illegal`, whose immediate is the instruction.
 *
 * An IT instruction decodes the instructions of its block with it: each keeps its part of the block's state, and one
 * that is conditional has 0xff above its operation. PC as an operand is a constant by then.
 */
import { IMMEDIATE, ITSTATE, LENGTH, OP, PC, RA, RD, RS1, RS2, TARGET, UNDECODED, entryAt } from "../machine/code";
import { READABLE, granuleOf, hostAddress } from "../machine/memory";
import { applyMark } from "../machine/regions";
import { Stop, refuse } from "../machine/stop";
import { TIMED } from "../parameters";
import { Cause } from "./cause";
import { decode16 } from "./decode16";
import { decode32 } from "./decode32";
import { illegal } from "./fill";
import { Op } from "./op";
import { noteFloat } from "./special";
import { isFloatOn } from "./system";
import { price } from "../rules";

/** Above the operation of an instruction of an IT block. */
export const CONDITIONAL: u32 = 0xff00;
/** Register 15 as an operand that remained. */
const PC_OFFSET: u8 = 60;

/** Halfword at `pc`, or 0xffff, which is no instruction, where nothing is mapped. */
function halfword(pc: u32): u32 {
  const granule = granuleOf(pc);
  return granule & READABLE ? load<u16>(hostAddress(granule, pc)) : 0xffff;
}

/** Decodes the instruction of `entry`, and what its price needs of the one after it. */
export function decode(entry: u32): void {
  shape(entry);
  if (<Op>load<u8>(entry, OP) >= Op.Float) useFloat(entry);
  price(entry);
  if (load<u8>(entry, ITSTATE)) store<u16>(entry, <u16>(CONDITIONAL | load<u8>(entry, OP)), OP);
  else if (TIMED) applyMark(entry);
  if (load<u8>(entry, OP) == Op.It) decodeBlock(entry);
}

/** Floating point is refused until the program has turned it on. */
function useFloat(entry: u32): void {
  if (isFloatOn()) noteFloat();
  else refuse(Stop.Exception, load<u32>(entry, PC), Cause.FloatOff);
}

/** Everything but prices; `ITSTATE` is there already. */
export function shape(entry: u32): void {
  const pc = load<u32>(entry, PC);
  const first = halfword(pc);
  const isLong = first >>> 11 > 28;
  const word = isLong ? (first << 16) | halfword(pc + 2) : first;
  store<u8>(entry, isLong ? 4 : 2, LENGTH);
  store<u32>(entry, 0, TARGET);
  if (isLong) decode32(entry, word);
  else decode16(entry, word);
  if (namesPc(entry)) illegal(entry, word);
}

/** Floating-point operands are other registers. */
function namesPc(entry: u32): bool {
  if (<Op>load<u8>(entry, OP) >= Op.Float) return false;
  const first = load<u8>(entry, RD) == PC_OFFSET || load<u8>(entry, RS1) == PC_OFFSET;
  return first || load<u8>(entry, RS2) == PC_OFFSET || load<u8>(entry, RA) == PC_OFFSET;
}

/** The state of the instruction after one in state `state`. */
export function advance(state: u32): u32 {
  return state & 7 ? (state & 0xe0) | ((state << 1) & 0x1f) : 0;
}

function decodeBlock(it: u32): void {
  let state = load<u32>(it, IMMEDIATE);
  let pc = load<u32>(it, PC) + 2;
  while (state) {
    const entry = entryAt(pc);
    if (entry == 0) return;
    store<u8>(entry, <u8>state, ITSTATE);
    store<u16>(entry, UNDECODED, OP);
    decode(entry);
    pc += load<u8>(entry, LENGTH);
    state = advance(state);
  }
}
