/** 16-bit Thumb instructions into entries. Arm DDI 0403E, A5.2; DDI 0419E, A5.2. */
import { HAS_MAIN } from "../parameters";
import {
  ADC, ADD, AND, BIC, EOR, KEEP, ORN, ORR, RSB, SBC, SUBTRACT, dataImmediate, dataRegister, shiftAmount,
} from "./data";
import { bits, fill, illegal, isInItBlock, literalBase, pcOf, setSub } from "./fill";
import { Op } from "./op";
import { LR, NONE, SINK, SP } from "./registers";
import { LSL } from "./shift";

export function decode16(entry: u32, half: u32): void {
  const low = half & 7;
  const middle = bits(half, 3, 3);
  const flags = !isInItBlock(entry);
  switch (half >>> 11) {
    case 0:
    case 1:
    case 2: {
      const type = half >>> 11;
      return dataRegister(entry, ORR, flags, low, NONE, middle, type, shiftAmount(type, bits(half, 6, 5)));
    }
    case 3: {
      const operation = half & 0x200 ? SUBTRACT : ADD;
      const third = bits(half, 6, 3);
      if (half & 0x400) return dataImmediate(entry, operation, flags, low, middle, third, KEEP);
      return dataRegister(entry, operation, flags, low, middle, third, LSL, 0);
    }
    case 4:
      return dataImmediate(entry, ORR, flags, bits(half, 8, 3), NONE, half & 0xff, KEEP);
    case 5:
      return dataImmediate(entry, SUBTRACT, true, SINK, bits(half, 8, 3), half & 0xff, KEEP);
    case 6:
      return dataImmediate(entry, ADD, flags, bits(half, 8, 3), bits(half, 8, 3), half & 0xff, KEEP);
    case 7:
      return dataImmediate(entry, SUBTRACT, flags, bits(half, 8, 3), bits(half, 8, 3), half & 0xff, KEEP);
    case 8:
      if (half & 0x400) return special(entry, half);
      return dataProcessing(entry, half, flags, low, middle);
    case 9:
      return fill(entry, Op.LdrImm, bits(half, 8, 3), NONE, NONE, literalBase(entry) + bits(half, 0, 8) * 4);
    case 10:
    case 11:
      return fill(entry, registerAccess(bits(half, 9, 3)), low, middle, bits(half, 6, 3), 0);
    case 12:
      return fill(entry, Op.StrImm, low, middle, NONE, bits(half, 6, 5) * 4);
    case 13:
      return fill(entry, Op.LdrImm, low, middle, NONE, bits(half, 6, 5) * 4);
    case 14:
      return fill(entry, Op.StrbImm, low, middle, NONE, bits(half, 6, 5));
    case 15:
      return fill(entry, Op.LdrbImm, low, middle, NONE, bits(half, 6, 5));
    case 16:
      return fill(entry, Op.StrhImm, low, middle, NONE, bits(half, 6, 5) * 2);
    case 17:
      return fill(entry, Op.LdrhImm, low, middle, NONE, bits(half, 6, 5) * 2);
    case 18:
      return fill(entry, Op.StrImm, bits(half, 8, 3), SP, NONE, bits(half, 0, 8) * 4);
    case 19:
      return fill(entry, Op.LdrImm, bits(half, 8, 3), SP, NONE, bits(half, 0, 8) * 4);
    case 20:
      return fill(entry, Op.LoadConstant, bits(half, 8, 3), NONE, NONE, literalBase(entry) + bits(half, 0, 8) * 4);
    case 21:
      return fill(entry, Op.AddImm, bits(half, 8, 3), SP, NONE, bits(half, 0, 8) * 4);
    case 22:
    case 23:
      return miscellaneous(entry, half, low, middle);
    case 24:
      fill(entry, Op.Stm, NONE, bits(half, 8, 3), NONE, half & 0xff);
      return setSub(entry, 2);
    case 25:
      fill(entry, Op.Ldm, NONE, bits(half, 8, 3), NONE, half & 0xff);
      return setSub(entry, half & (1 << bits(half, 8, 3)) ? 0 : 2);
    case 26:
    case 27:
      return conditionalBranch(entry, half);
    case 28:
      return fill(entry, Op.B, NONE, NONE, NONE, pcOf(entry) + <u32>(<i32>(half << 21) >> 20));
  }
  illegal(entry, half);
}

function registerAccess(operation: u32): u32 {
  switch (operation) {
    case 0:
      return Op.StrReg;
    case 1:
      return Op.StrhReg;
    case 2:
      return Op.StrbReg;
    case 3:
      return Op.LdrsbReg;
    case 4:
      return Op.LdrReg;
    case 5:
      return Op.LdrhReg;
    case 6:
      return Op.LdrbReg;
  }
  return Op.LdrshReg;
}

function dataProcessing(entry: u32, half: u32, flags: bool, rdn: u32, rm: u32): void {
  switch (bits(half, 6, 4)) {
    case 0:
      return dataRegister(entry, AND, flags, rdn, rdn, rm, LSL, 0);
    case 1:
      return dataRegister(entry, EOR, flags, rdn, rdn, rm, LSL, 0);
    case 2:
      return fill(entry, flags ? Op.LslsReg : Op.LslReg, rdn, rdn, rm, 0);
    case 3:
      return fill(entry, flags ? Op.LsrsReg : Op.LsrReg, rdn, rdn, rm, 0);
    case 4:
      return fill(entry, flags ? Op.AsrsReg : Op.AsrReg, rdn, rdn, rm, 0);
    case 5:
      return dataRegister(entry, ADC, flags, rdn, rdn, rm, LSL, 0);
    case 6:
      return dataRegister(entry, SBC, flags, rdn, rdn, rm, LSL, 0);
    case 7:
      return fill(entry, flags ? Op.RorsReg : Op.RorReg, rdn, rdn, rm, 0);
    case 8:
      return dataRegister(entry, AND, true, SINK, rdn, rm, LSL, 0);
    case 9:
      return dataImmediate(entry, RSB, flags, rdn, rm, 0, KEEP);
    case 10:
      return dataRegister(entry, SUBTRACT, true, SINK, rdn, rm, LSL, 0);
    case 11:
      return dataRegister(entry, ADD, true, SINK, rdn, rm, LSL, 0);
    case 12:
      return dataRegister(entry, ORR, flags, rdn, rdn, rm, LSL, 0);
    case 13:
      return fill(entry, flags ? Op.Muls : Op.Mul, rdn, rm, rdn, 0);
    case 14:
      return dataRegister(entry, BIC, flags, rdn, rdn, rm, LSL, 0);
  }
  dataRegister(entry, ORN, flags, rdn, NONE, rm, LSL, 0);
}

/** ADD, CMP and MOV of any registers, BX, BLX. */
function special(entry: u32, half: u32): void {
  const rdn = (half & 7) | ((half >>> 4) & 8);
  const rm = bits(half, 3, 4);
  switch (bits(half, 8, 2)) {
    case 0:
      if (rm == 15) return rdn == 15 ? illegal(entry, half) : fill(entry, Op.AddImm, rdn, rdn, NONE, pcOf(entry));
      return rdn == 15
        ? fill(entry, Op.AddPc, NONE, NONE, rm, pcOf(entry))
        : fill(entry, Op.AddReg, rdn, rdn, rm, 0);
    case 1:
      return dataRegister(entry, SUBTRACT, true, SINK, rdn, rm, LSL, 0);
    case 2:
      if (rm == 15) return fill(entry, Op.LoadConstant, rdn, NONE, NONE, pcOf(entry));
      return rdn == 15 ? fill(entry, Op.MovPc, NONE, rm, NONE, 0) : fill(entry, Op.Mov, rdn, rm, NONE, 0);
  }
  if (half & 7 || rm == 15) return illegal(entry, half);
  fill(entry, half & 0x80 ? Op.Blx : Op.Bx, half & 0x80 ? LR : NONE, rm, NONE, 0);
}

function miscellaneous(entry: u32, half: u32, low: u32, middle: u32): void {
  switch (bits(half, 8, 4)) {
    case 0: {
      const offset = bits(half, 0, 7) * 4;
      return fill(entry, Op.AddImm, SP, SP, NONE, half & 0x80 ? 0 - offset : offset);
    }
    case 1:
    case 3:
    case 9:
    case 11: {
      if (!HAS_MAIN) break;
      const offset = (bits(half, 9, 1) << 6) | (bits(half, 3, 5) << 1);
      return fill(entry, half & 0x800 ? Op.Cbnz : Op.Cbz, NONE, low, NONE, pcOf(entry) + offset);
    }
    case 2:
      return fill(entry, extend(bits(half, 6, 2)), low, middle, NONE, 0);
    case 4:
    case 5:
      fill(entry, Op.Stm, NONE, SP, NONE, (half & 0xff) | (half & 0x100 ? 0x4000 : 0));
      return setSub(entry, 3);
    case 6:
      if ((half & 0xe0) == 0x60) return fill(entry, Op.Cps, NONE, NONE, NONE, half & 0x1f);
      break;
    case 10:
      return reverse(entry, half, low, middle);
    case 12:
    case 13:
      fill(entry, half & 0x100 ? Op.LdmPc : Op.Ldm, NONE, SP, NONE, (half & 0xff) | (half & 0x100 ? 0x8000 : 0));
      return setSub(entry, 2);
    case 14:
      return fill(entry, Op.Bkpt, NONE, NONE, NONE, half & 0xff);
    case 15:
      return ifThenOrHint(entry, half);
  }
  illegal(entry, half);
}

export function extend(which: u32): u32 {
  switch (which) {
    case 0:
      return Op.Sxth;
    case 1:
      return Op.Sxtb;
    case 2:
      return Op.Uxth;
  }
  return Op.Uxtb;
}

function reverse(entry: u32, half: u32, low: u32, middle: u32): void {
  switch (bits(half, 6, 2)) {
    case 0:
      return fill(entry, Op.Rev, low, middle, NONE, 0);
    case 1:
      return fill(entry, Op.Rev16, low, middle, NONE, 0);
    case 3:
      return fill(entry, Op.Revsh, low, middle, NONE, 0);
  }
  illegal(entry, half);
}

function ifThenOrHint(entry: u32, half: u32): void {
  if ((half & 15) == 0) return hint(entry, bits(half, 4, 4));
  if (!HAS_MAIN || bits(half, 4, 4) == 15) return illegal(entry, half);
  fill(entry, Op.It, NONE, NONE, NONE, half & 0xff);
}

/** NOP, YIELD, WFE, WFI, SEV; what is not known is NOP. */
export function hint(entry: u32, which: u32): void {
  const op = which == 2 ? Op.Wfe : which == 3 ? Op.Wfi : which == 4 ? Op.Sev : Op.Nop;
  fill(entry, op, NONE, NONE, NONE, 0);
}

function conditionalBranch(entry: u32, half: u32): void {
  const condition = bits(half, 8, 4);
  if (condition == 14) return illegal(entry, half);
  if (condition == 15) return fill(entry, Op.Svc, NONE, NONE, NONE, half & 0xff);
  fill(entry, Op.Beq + condition, NONE, NONE, NONE, pcOf(entry) + <u32>(<i32>(half << 24) >> 23));
}
