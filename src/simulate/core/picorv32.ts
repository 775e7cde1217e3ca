/** PicoRV32 (Claire Wolf): one instruction at a time over several cycles, with look-ahead memory interface. */
import type { Parameter, SimulatedCore } from "./core.ts";
import { known } from "./core.ts";
import type { RiscvName } from "./riscv.ts";
import { dividers, multipliers, riscv, shifters } from "./riscv.ts";

const manual = "PicoRV32 87c89ac, README.md, Cycles per Instruction Performance";
const rtl = "PicoRV32 87c89ac, picorv32.v";

type Picorv32Name = RiscvName | "ALU_CYCLES" | "COUNTER_CYCLES" | "LOAD_CYCLES" | "STORE_CYCLES" | "TAKEN_CYCLES" | "JUMP_CYCLES" | "JALR_CYCLES" | "SHIFT_CYCLES"; // prettier-ignore

const fast: Readonly<Record<Picorv32Name, Parameter>> = {
  FETCH_BYTES: known(4, `${rtl}: mem_addr`),
  FETCH_AHEAD: known(0, `${rtl}: a word is asked for when it is needed; not measured with wait states`),
  ALU_CYCLES: known(3, manual),
  COUNTER_CYCLES: known(4, `${rtl}: RDCYCLE and the like fetch only afterwards, measured in simulation`),
  LOAD_CYCLES: known(5, manual),
  STORE_CYCLES: known(5, manual),
  TAKEN_CYCLES: known(5, manual),
  JUMP_CYCLES: known(3, manual),
  JALR_CYCLES: known(6, manual),
  SHIFT_CYCLES: known(3, `${rtl}: BARREL_SHIFTER, an ALU operation`),
  SHIFTER: known(shifters.barrel, `${rtl}: BARREL_SHIFTER`),
  MULTIPLY_CYCLES: known(6, `${rtl}: picorv32_pcpi_fast_mul, measured in simulation`),
  MULTIPLY_HIGH_CYCLES: known(6, `${rtl}: picorv32_pcpi_fast_mul, measured in simulation`),
  MULTIPLIER: known(multipliers.fixed, manual),
  DIVIDE_CYCLES: known(40, manual),
  DIVIDER: known(dividers.fixed, manual),
  TRAP_CYCLES: known(0, `${rtl}: no exceptions without ENABLE_IRQ`),
  MISALIGNED_TRAPS: known(true, `${rtl}: CATCH_MISALIGN`),
  MISALIGNED_CYCLES: known(0, "they stop the core"),
  HAS_A: known(false, "PicoRV32 has no A"),
  HAS_B: known(false, "PicoRV32 has no B"),
  HAS_MACHINE_MODE: known(false, `${rtl}: counters only, ENABLE_COUNTERS64`),
  INHIBITED_AT_RESET: known(0, `${rtl}: counters run from reset`),
  MACHINE_ISA: known(0, "PicoRV32 has no misa"),
};

const about = {
  rules: "riscv/timing/picorv32",
  architecture: "rv32imc",
  resetAddress: undefined,
  coreType: 0,
} as const;

export const picorv32Fast: SimulatedCore = riscv<Picorv32Name>(
  {
    ...about,
    id: "picorv32-fast",
    name: "PicoRV32 with fast multiplier and barrel shifter",
  },
  fast,
);

export const picorv32Small: SimulatedCore = riscv<Picorv32Name>(
  {
    ...about,
    id: "picorv32-small",
    name: "PicoRV32 with serial multiplier and shifter",
  },
  {
    ...fast,
    SHIFT_CYCLES: known(4, `${manual}: 4 to 14`),
    SHIFTER: known(shifters.byFours, `${rtl}: TWO_STAGE_SHIFT`),
    MULTIPLY_CYCLES: known(40, manual),
    MULTIPLY_HIGH_CYCLES: known(72, manual),
  },
);
