/** Cortex-M33: Arm publishes no table (TRM 100230 has no timings); assumed as M4 where nothing else is said. */
import type { Armv7mInstruction, DspInstruction, FpuInstruction } from "./armv7m.ts";
import { armv7mPrices, dspPrices, fpuPrices } from "./armv7m.ts";
import type { Core } from "./core.ts";
import type { Timing } from "./instruction.ts";
import { row } from "./instruction.ts";
import { cortexM4Timing } from "./cortex-m4.ts";

const asM4 = "no public table; assumed as Cortex-M4, the model LLVM schedules it with";

/** The M4's cycles under this core's reservation. */
function likeM4(name: keyof typeof cortexM4Timing) {
  return row(cortexM4Timing[name].cycles, asM4);
}

export const cortexM33Timing: Timing<Armv7mInstruction | DspInstruction | FpuInstruction> = {
  alu: likeM4("alu"),
  it: likeM4("it"),
  mul: likeM4("mul"),
  mla: likeM4("mla"),
  smlal: likeM4("smlal"),
  smuad: likeM4("smuad"),
  sdiv: likeM4("sdiv"),
  ldr: row(
    1.5,
    "no public table; addresses are made in stage 2, assumed 1, and 1 more for the second of two used next",
  ),
  str: likeM4("str"),
  push9: likeM4("push9"),
  pop9: likeM4("pop9"),
  branchTaken: likeM4("branchTaken"),
  branchNotTaken: likeM4("branchNotTaken"),
  bl: likeM4("bl"),
  vadd: likeM4("vadd"),
  vmul: likeM4("vmul"),
  vmulThenAdd: likeM4("vmulThenAdd"),
  vcmp: likeM4("vcmp"),
  vmrs: likeM4("vmrs"),
  vmovIf: row(1, "no public table; VSEL of FPv5, assumed as a VMOV on Cortex-M4"),
  vdiv: likeM4("vdiv"),
  vmov: likeM4("vmov"),
  fpIt: row(0, "VSEL of FPv5 needs no IT"),
};

export const cortexM33: Core = {
  id: "cortex-m33",
  name: "Cortex-M33",
  part: "STM32U575, 160 MHz",
  clockHz: 160e6,
  simulatedAs: "cortex-m33",
  features: { lanes: 2, registers: 8 },
  prices: { ...armv7mPrices(cortexM33Timing), ...dspPrices(cortexM33Timing), ...fpuPrices(cortexM33Timing) },
  flash: {
    waitCycles: (bytes) => (4 * bytes) / 16,
    source:
      "ST RM0456: 4 wait states at 160 MHz, 8 KB ICACHE of 128-bit lines: weights read in order wait once a line",
  },
};
