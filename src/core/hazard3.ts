/**
 * Hazard3 as in the RP2350: the RV32IMC with a single-cycle multiplier whose rules are documented best (its manual
 * lists every instruction of this configuration). Compiled as plain RV32IMC: its Zba and Zbb are left unused.
 */
import type { Core } from "./core.ts";
import type { Timing } from "./instruction.ts";
import { row } from "./instruction.ts";
import type { Rv32Instruction } from "./rv32imc.ts";
import { rv32imcPrices } from "./rv32imc.ts";

const manual = "Hazard3 8272910, instruction_timings.adoc";
const library = "libgcc of GCC 12.2, instructions counted on QEMU, at an assumed 1.2 cycles each (branches)";

export const hazard3Timing: Timing<Rv32Instruction> = {
  alu: row(1, manual),
  mul: row(1, `${manual}: MUL_FAST`),
  mulh: row(1, `${manual}: MULH_FAST`),
  mulThenAdd: row(2, `${manual}: 1 + 1, result forwarded`),
  div: row(18.5, `${manual}: 18-19, middle taken`),
  loadByte: row(
    1.5,
    `${manual}: 1, and 1 more if the next instruction uses it, as of two in a row the second's does`,
  ),
  loadWord: row(
    1.5,
    `${manual}: 1, and 1 more if the next instruction uses it, as of two in a row the second's does`,
  ),
  loadSaved: row(1, manual),
  store: row(1, manual),
  branchOver: row(1, `${manual}: not taken 1 and a move, taken 2 without it`),
  branchTaken: row(2, `${manual}: mispredicted`),
  loopBranch: row(1, `${manual}: the predictor holds the last branch taken backwards`),
  loopFallThrough: row(2, `${manual}: mispredicted`),
  jal: row(2, manual),
  ret: row(2, `${manual}: JALR`),
  addsf3: row(83, `${library}: 69`),
  mulsf3: row(131, `${library}: 109`),
  ltsf2: row(22, `${library}: 18`),
  divsf3: row(197, `${library}: 106, and 17.5 more for each of four divisions`),
};

export const hazard3: Core = {
  id: "hazard3",
  name: "Hazard3 (RV32IMC)",
  part: "RP2350, 150 MHz, program and constants copied to SRAM",
  clockHz: 150e6,
  simulatedAs: "hazard3-rp2350",
  features: { lanes: 1, registers: 20 },
  prices: rv32imcPrices(hazard3Timing),
  flash: {
    waitCycles: () => 0,
    source:
      "pico-sdk binary type copy_to_ram: constants are read from SRAM without wait states; bank conflicts left out",
  },
};
