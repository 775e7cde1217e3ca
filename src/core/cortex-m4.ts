/** Cortex-M4F: DDI 0439B (also 100166_0001). */
import type { Armv7mInstruction, DspInstruction, FpuInstruction } from "./armv7m.ts";
import { armv7mPrices, dspPrices, fpuPrices } from "./armv7m.ts";
import type { Core } from "./core.ts";
import type { Timing } from "./instruction.ts";
import { row } from "./instruction.ts";

const table = "Arm DDI 0439B, table 3-1";
const recalled = `${table} (row recalled, not read again)`;
const fpu = "Arm DDI 0439B, table 7-1 (rows recalled, not read again)";

export const cortexM4Timing: Timing<Armv7mInstruction | DspInstruction | FpuInstruction> = {
  alu: row(1, table),
  it: row(0, `${recalled}: IT folds behind a 16-bit instruction`),
  mul: row(1, table),
  mla: row(1, table),
  smlal: row(1, table),
  smuad: row(1, recalled),
  sdiv: row(7, `${table}: 2-12, middle taken`),
  ldr: row(1.5, `${recalled} and 3.3.2: 2, the next one 1; two in a row 3`),
  str: row(1, `${table} and 3.3.2: immediate offset, write buffer`),
  push9: row(10, `${recalled}: 1+N`),
  pop9: row(12, `${recalled}: 1+N+P, P = 2`),
  branchTaken: row(2, `${recalled}: 1+P, P = 1 to an aligned target`),
  branchNotTaken: row(1, recalled),
  bl: row(2, `${recalled}: 1+P, P = 1`),
  vadd: row(1, fpu),
  vmul: row(1, fpu),
  vmulThenAdd: row(3, `${fpu}: 1 + 1, and 1 because the sum needs the product at once`),
  vcmp: row(1, fpu),
  vmrs: row(1, fpu),
  vmovIf: row(1, fpu),
  vdiv: row(14, fpu),
  vmov: row(1, fpu),
  fpIt: row(1, `${recalled}: IT behind a 32-bit instruction does not fold`),
};

export const cortexM4: Core = {
  id: "cortex-m4",
  name: "Cortex-M4",
  part: "STM32F401, 84 MHz",
  clockHz: 84e6,
  simulatedAs: "cortex-m4",
  features: { lanes: 2, registers: 8 },
  prices: { ...armv7mPrices(cortexM4Timing), ...dspPrices(cortexM4Timing), ...fpuPrices(cortexM4Timing) },
  flash: {
    waitCycles: (bytes) => (2 * bytes) / 16,
    source:
      "ST RM0368: 2 wait states at 84 MHz, 128-bit lines, 8 of them for data: weights read in order wait once a line",
  },
};
