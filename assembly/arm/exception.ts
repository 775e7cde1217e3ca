/** Taking exceptions and returning from them: the frame on the stack, the stack pointers, LR. Arm DDI 0403E, B1.5.6 to B1.5.8. */
import { loadAnywhere, storeAnywhere } from "../machine/memory";
import { Stop, refuse, stop } from "../machine/stop";
import { HAS_FLOAT, HAS_V8 } from "../parameters";
import { Cause } from "./cause";
import { clearReservation } from "./exclusive";
import { FLOATS } from "./float/registers";
import { setStatus, status } from "./float/status";
import { clearPending, setActive, setMask } from "./nvic";
import { LR, SP, get, set } from "./registers";
import {
  handling, selectStack, setApsr, setHandling, setStackOf, stackOf, statusWord, usesFloat, usesProcessStack,
} from "./special";
import { vectorTable } from "./system";

/** What LR holds in a handler, and above: no address of code. */
export const RETURNS: u32 = 0xf0000000;
const BASIC_FRAME: u32 = 0x20;
const FLOAT_FRAME: u32 = 0x68;

/** Takes an exception that returns to `back`; gives its handler's address. */
export function takeException(number: u32, back: u32): u32 {
  const handler = loadAnywhere(vectorTable + number * 4, 4);
  if ((handler & 1) == 0) {
    refuse(Stop.Exception, back, handler == 0 ? Cause.NoHandler : Cause.ArmState);
    return 0;
  }
  const hasFloat = HAS_FLOAT && usesFloat;
  const stack = get(SP);
  const frame = (stack - (hasFloat ? FLOAT_FRAME : BASIC_FRAME)) & ~7;
  push(frame, back, statusWord() | (((stack >>> 2) & 1) << 9));
  if (hasFloat) pushFloats(frame + BASIC_FRAME);
  set(SP, frame);
  set(LR, returnCode(hasFloat));
  setHandling(number);
  clearPending(number);
  setActive(number, true);
  clearReservation();
  return handler & ~1;
}

function returnCode(hasFloat: bool): u32 {
  const thread: u32 = handling == 0 ? 8 : 0;
  const process: u32 = usesProcessStack() ? 4 : 0;
  return (HAS_V8 ? 0xffffffa0 : 0xffffffe1) | (hasFloat ? 0 : 0x10) | thread | process;
}

function push(frame: u32, back: u32, word: u32): void {
  for (let i: u32 = 0; i < 4; i++) storeAnywhere(frame + 4 * i, 4, get(i));
  storeAnywhere(frame + 16, 4, get(12));
  storeAnywhere(frame + 20, 4, get(LR));
  storeAnywhere(frame + 24, 4, back);
  storeAnywhere(frame + 28, 4, word);
}

function pushFloats(frame: u32): void {
  for (let i: u32 = 0; i < 16; i++) storeAnywhere(frame + 4 * i, 4, load<u32>(FLOATS + 4 * i));
  storeAnywhere(frame + 64, 4, status());
  setStatus(0); // as FPDSCR has it after reset
}

/** Returns as LR's code says; gives the address to go on at, or stops the run. */
export function returnFromException(code: u32): u32 {
  const toThread = (code & 8) != 0;
  const isProcess = (code & 4) != 0;
  if (handling == 0 || code < 0xffffff00 || (isProcess && !toThread)) {
    refuse(Stop.Exception, code, Cause.BadReturn);
    return 0;
  }
  setActive(handling, false);
  if (handling != 2) setMask(19, 0);
  const frame = stackOf(isProcess);
  const word = loadAnywhere(frame + 28, 4);
  const back = loadAnywhere(frame + 24, 4);
  const hasFloat = HAS_FLOAT && (code & 0x10) == 0;
  pop(frame, hasFloat);
  const above = frame + (hasFloat ? FLOAT_FRAME : BASIC_FRAME);
  setStackOf(isProcess, above | ((word >>> 7) & 4));
  setHandling(word & 0x1ff);
  if (toThread) selectStack(isProcess);
  if (toThread != (handling == 0)) refuse(Stop.Exception, code, Cause.BadReturn);
  setApsr(word);
  clearReservation();
  return stop == Stop.None ? back & ~1 : 0;
}

function pop(frame: u32, hasFloat: bool): void {
  for (let i: u32 = 0; i < 4; i++) set(i, loadAnywhere(frame + 4 * i, 4));
  set(12, loadAnywhere(frame + 16, 4));
  set(LR, loadAnywhere(frame + 20, 4));
  if (!hasFloat) return;
  for (let i: u32 = 0; i < 16; i++) store<u32>(FLOATS + 4 * i, loadAnywhere(frame + BASIC_FRAME + 4 * i, 4));
  setStatus(loadAnywhere(frame + BASIC_FRAME + 64, 4));
}
