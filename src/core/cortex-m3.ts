/** Cortex-M3: DDI 0337I. No DSP instructions, no floating point. */
import type { Armv7mInstruction, SoftFloatCall } from "./armv7m.ts";
import { armv7mPrices, scalarDotPrices, softFloatPrices } from "./armv7m.ts";
import type { Core } from "./core.ts";
import type { Timing } from "./instruction.ts";
import { row } from "./instruction.ts";

const table = "Arm DDI 0337I, table 3-1";
const recalled = `${table} (row recalled, not read again)`;
const library = "libgcc of GCC 12.2, instructions counted on QEMU, at an assumed 1.3 cycles each (branches)";

export const cortexM3Timing: Timing<Armv7mInstruction | SoftFloatCall> = {
  alu: row(1, table),
  it: row(0, `${recalled}: IT folds behind a 16-bit instruction`),
  mul: row(1, table),
  mla: row(2, table),
  smlal: row(5.5, `${table}: 4-7, middle taken`),
  sdiv: row(7, `${table}: 2-12, middle taken`),
  ldr: row(1.5, `${table} and 3.3.2: 2, the next one 1; two in a row 3`),
  str: row(1, `${table} and 3.3.2: immediate offset, write buffer`),
  push9: row(10, `${recalled}: 1+N`),
  pop9: row(12, `${recalled}: 1+N+P, P = 2`),
  branchTaken: row(2, `${recalled}: 1+P, P = 1 to an aligned target`),
  branchNotTaken: row(1, recalled),
  bl: row(2, `${recalled}: 1+P, P = 1`),
  faddCall: row(65, `${library}: 50`),
  fmulCall: row(42, `${library}: 32`),
  fcmpCall: row(43, `${library}: 33`),
  fdivCall: row(191, `${library}: 147`),
};

export const cortexM3: Core = {
  id: "cortex-m3",
  name: "Cortex-M3",
  part: "STM32F103, 72 MHz",
  clockHz: 72e6,
  simulatedAs: "cortex-m3",
  features: { lanes: 1, registers: 8 },
  prices: {
    ...armv7mPrices(cortexM3Timing),
    ...scalarDotPrices(cortexM3Timing),
    ...softFloatPrices(cortexM3Timing),
  },
  flash: {
    waitCycles: () => 2,
    source:
      "ST PM0075: 2 wait states above 48 MHz; the prefetch buffer serves instructions only, so every constant waits",
  },
};
