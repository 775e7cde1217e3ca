/** SiFive E31 as in FE310-G000. Its cycles were compared with the paper's one figure alone (`truth/paper.ts`). */
import type { SimulatedCore } from "./core.ts";
import { known } from "./core.ts";
import type { RiscvName } from "./riscv.ts";
import { dividers, multipliers, riscv, shifters } from "./riscv.ts";

const manual = "SiFive FE310-G000 manual v2p1, chapter 3";

type E31Name =
  | RiscvName
  | "LOAD_LATENCY" | "NARROW_LOAD_LATENCY" | "CSR_LATENCY" | "MISPREDICTED_CYCLES"
  | "TARGET_ENTRIES" | "HISTORY_ENTRIES" | "RETURN_ENTRIES"; // prettier-ignore

export const e31: SimulatedCore = riscv<E31Name>(
  {
    id: "e31",
    name: "SiFive E31 as in FE310-G000",
    architecture: "rv32imac_zicsr_zifencei",
    rules: "riscv/timing/e31",
    resetAddress: 0x20400000,
    coreType: 1,
  },
  {
    FETCH_BYTES: known(4, `${manual}: instruction fetch unit`),
    FETCH_AHEAD: known(2, "assumed: the manual does not give the depth of the fetch queue"),
    LOAD_LATENCY: known(2, `${manual}: LW`),
    NARROW_LOAD_LATENCY: known(3, `${manual}: LH, LHU, LB, LBU`),
    CSR_LATENCY: known(3, `${manual}: CSR reads`),
    MULTIPLY_CYCLES: known(5, `${manual}: MUL, 8 bits a cycle, one at a time`),
    MULTIPLY_HIGH_CYCLES: known(5, `${manual}: MULH, MULHU, MULHSU`),
    MULTIPLIER: known(multipliers.fixed, manual),
    DIVIDE_CYCLES: known(2, `${manual}: 2 to 33`),
    DIVIDER: known(
      dividers.earlyOut,
      `${manual}: 1 bit a cycle, with early out; the bits skipped are assumed`,
    ),
    SHIFTER: known(shifters.barrel, manual),
    MISPREDICTED_CYCLES: known(3, manual),
    TARGET_ENTRIES: known(40, `${manual}: branch target buffer`),
    HISTORY_ENTRIES: known(128, `${manual}: branch history table`),
    RETURN_ENTRIES: known(2, `${manual}: return address stack`),
    TRAP_CYCLES: known(4, "assumed: as a mispredicted jump"),
    MISALIGNED_TRAPS: known(true, `${manual}: misaligned accesses are not supported`),
    MISALIGNED_CYCLES: known(0, "they trap"),
    HAS_A: known(true, `${manual}: RV32IMAC`),
    HAS_B: known(false, `${manual}: RV32IMAC`),
    HAS_MACHINE_MODE: known(true, manual),
    INHIBITED_AT_RESET: known(0, manual),
    MACHINE_ISA: known(0x40001105, `${manual}: misa, MXL 32, A, C, I, M`),
  },
);
