/** What sort of instruction an entry is: the index into `instructionKinds` of `src/simulate/exports.ts`. */
import { OP } from "../machine/code";
import { Op, isBranch, isDivide, isJump, isLoad, isMultiply, isStore } from "./op";

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
  if (op == Op.Bl || op == Op.Blx) return Kind.Call;
  if (isJump(op)) return Kind.Jump;
  if (isMultiply(op)) return Kind.Multiply;
  if (isDivide(op)) return Kind.Divide;
  if (op >= Op.LslImm && op <= Op.RorsReg) return Kind.Shift;
  if (op >= Op.Sxtb && op <= Op.Usat) return Kind.Bit;
  if (op == Op.Vldr || op == Op.Vldm) return Kind.Load;
  if (op == Op.Vstr || op == Op.Vstm) return Kind.Store;
  if (op >= Op.Float) return Kind.Float;
  if (op >= Op.Qadd) return Kind.Arithmetic;
  if (op >= Op.Smlabb) return Kind.Multiply;
  if (op >= Op.Dsp) return Kind.Bit;
  return op >= Op.It ? Kind.System : Kind.Arithmetic;
}
