/** What sort of instruction an entry is: the index into `instructionKinds` of `src/simulate/exports.ts`. */
import { OP, RD } from "../machine/code";
import { Op, isBranch, isDivide, isLoad, isMultiplyHigh, isShift, isShiftImmediate, isStore } from "./op";
import { isLink } from "./registers";

const enum Kind {
  Arithmetic,
  Shift,
  Bit,
  Multiply,
  Divide,
  Load,
  Store,
  Branch,
  Jump,
  Call,
  Float,
  System,
}

export function kindOf(entry: u32): u32 {
  const op = <Op>load<u8>(entry, OP);
  if (isLoad(op)) return Kind.Load;
  if (isStore(op)) return Kind.Store;
  if (isBranch(op)) return Kind.Branch;
  if (op == Op.Jal || op == Op.Jalr) return isLink(load<u8>(entry, RD)) ? Kind.Call : Kind.Jump;
  if (op == Op.Mul || isMultiplyHigh(op)) return Kind.Multiply;
  if (isDivide(op)) return Kind.Divide;
  if (isShift(op) || isShiftImmediate(op)) return Kind.Shift;
  if (op >= Op.Push) return kindOfSeveral(op);
  if (op >= Op.Fence) return Kind.System;
  return op >= Op.Sh1add ? Kind.Bit : Kind.Arithmetic;
}

function kindOfSeveral(op: Op): Kind {
  if (op == Op.Push) return Kind.Store;
  if (op == Op.Pop) return Kind.Load;
  return op == Op.PopReturn || op == Op.PopReturnZero ? Kind.Jump : Kind.Arithmetic;
}
