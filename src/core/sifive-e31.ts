/** SiFive E31 as in the FE310-G000: its manual, chapter 3. RV32IMAC; nothing of A is used. */
import type { Core } from "./core.ts";
import type { Timing } from "./instruction.ts";
import { row } from "./instruction.ts";
import type { Rv32Instruction } from "./rv32imc.ts";
import { rv32imcPrices } from "./rv32imc.ts";

const manual = "SiFive FE310-G000 manual, chapter 3";
const library = "libgcc of GCC 12.2, instructions counted on QEMU, at an assumed 1.1 cycles each (branches)";

export const sifiveE31Timing: Timing<Rv32Instruction> = {
  alu: row(1, `${manual}: single issue, fully bypassed`),
  mul: row(5, `${manual}: 8 bits a cycle, blocking`),
  mulh: row(5, `${manual}: 8 bits a cycle, blocking`),
  mulThenAdd: row(6, `${manual}: MUL 5, and the ADD that waits for it`),
  div: row(17.5, `${manual}: 2-33, middle taken`),
  loadByte: row(2, `${manual}: latency 3; of two in a row the second is waited for, (1 + 3) / 2`),
  loadWord: row(1.5, `${manual}: latency 2; of two in a row the second is waited for, (1 + 2) / 2`),
  loadSaved: row(1, `${manual}: issue only`),
  store: row(1, manual),
  branchOver: row(1, `${manual}: predicted; mispredicted ones, 3 more, are left out`),
  branchTaken: row(1, `${manual}: predicted`),
  loopBranch: row(1, `${manual}: predicted, no delay`),
  loopFallThrough: row(4, `${manual}: mispredicted, 3 more`),
  jal: row(1, `${manual}: predicted`),
  ret: row(1, `${manual}: return address stack`),
  addsf3: row(76, `${library}: 69`),
  mulsf3: row(128, `${library}: 109, and 4 more for each of two multiplications`),
  ltsf2: row(20, `${library}: 18`),
  divsf3: row(
    191,
    `${library}: 106, 16.5 more for each of four divisions and 4 for each of two multiplications`,
  ),
};

export const sifiveE31: Core = {
  id: "sifive-e31",
  name: "SiFive E31",
  part: "FE310-G000, 256 MHz, constants in SPI flash",
  clockHz: 256e6,
  simulatedAs: "e31",
  features: { lanes: 1, registers: 20 },
  prices: rv32imcPrices(sifiveE31Timing),
  flash: {
    waitCycles: (bytes) => 64 * bytes,
    source:
      "FE310-G000 manual, chapter 18, reset values: one data line (command 03h), SCK = clock / 2 (3 + 1), so 8 × 8 " +
      "cycles a byte; no data cache. Bytes in order follow without a new command; a jump, 256 cycles more, is left out",
  },
};
