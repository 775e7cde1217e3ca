/**
 * Cortex-M7: Arm publishes no table (TRM DDI 0489 has no timings). Taken from LLVM's schedule ARMScheduleM7.td and from
 * measurements on an STM32H730 (quinapalus.com/cm7cycles.html). It issues two instructions a cycle when they fit
 * together; half of the simple ones are assumed to find a partner, which makes 0.75 of a cycle each.
 */
import type { Armv7mInstruction, DspInstruction, FpuInstruction } from "./armv7m.ts";
import { armv7mPrices, dspPrices, fpuPrices } from "./armv7m.ts";
import type { Core } from "./core.ts";
import type { Timing } from "./instruction.ts";
import { row } from "./instruction.ts";

const llvm = "no public table; LLVM ARMScheduleM7.td";
const paired = `${llvm}: two a cycle, half of them assumed to pair`;

export const cortexM7Timing: Timing<Armv7mInstruction | DspInstruction | FpuInstruction> = {
  alu: row(0.75, paired),
  it: row(0.75, paired),
  mul: row(1, `${llvm}: one a cycle, latency 2`),
  mla: row(1, `${llvm}: one a cycle, accumulator forwarded`),
  smlal: row(1, `${llvm}: one a cycle, latency 2`),
  smuad: row(1, `${llvm}: one a cycle, first slot only`),
  sdiv: row(7, `${llvm}: 7, dependent on the values`),
  ldr: row(1, `${llvm}: two a cycle possible, byte latency 2; one a cycle assumed`),
  str: row(1, `${llvm}: one a cycle, store buffer`),
  push9: row(5, `${llvm}: (N+1)/2, 64 bits a cycle`),
  pop9: row(6, `${llvm}: (N+1)/2, and 1 for the predicted return`),
  branchTaken: row(1, "no public table; predicted, assumed 1"),
  branchNotTaken: row(1, "no public table; predicted, assumed 1"),
  bl: row(1, "no public table; predicted, assumed 1"),
  vadd: row(1, `${llvm}: one a cycle, latency 3`),
  vmul: row(1, `${llvm}: one a cycle, latency 3`),
  vmulThenAdd: row(3, `${llvm}: each sum waits 3 for the one before; the product hides in that`),
  vcmp: row(1, llvm),
  vmrs: row(1, llvm),
  vmovIf: row(1, `${llvm}: VSEL of FPv5`),
  vdiv: row(16, `${llvm}: latency 16 (row recalled, not read again); the next operation waits for it`),
  vmov: row(1, `${llvm}: one a cycle`),
  fpIt: row(0, "VSEL of FPv5 needs no IT"),
};

export const cortexM7: Core = {
  id: "cortex-m7",
  name: "Cortex-M7",
  part: "STM32F746, 216 MHz",
  clockHz: 216e6,
  simulatedAs: "cortex-m7",
  features: { lanes: 2, registers: 8 },
  prices: { ...armv7mPrices(cortexM7Timing), ...dspPrices(cortexM7Timing), ...fpuPrices(cortexM7Timing) },
  flash: {
    waitCycles: (bytes) => (7 * bytes) / 32,
    source:
      "ST RM0385: 7 wait states at 216 MHz, 4 KB data cache of 32-byte lines: weights read in order wait once a line",
  },
};
