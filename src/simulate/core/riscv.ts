/** What every RISC-V core must say of itself, beside the numbers of its timing rules. */
import type { Parameter, Parameters, SimulatedCore } from "./core.ts";
import { known } from "./core.ts";

/** Of multi-cycle units, by how their cycles depend on operands; the numbers are those of `assembly/riscv/units.ts`. */
export const dividers = { fixed: 0, signAdjusting: 1, normalising: 2, zeroSkipping: 3, earlyOut: 4 } as const;
export const multipliers = { fixed: 0, signAdjusting: 1 } as const;
export const shifters = { barrel: 0, byFours: 1 } as const;

type Unit =
  "MULTIPLY_CYCLES" | "MULTIPLY_HIGH_CYCLES" | "DIVIDE_CYCLES" | "DIVIDER" | "MULTIPLIER" | "SHIFTER";
type Architecture =
  | "HAS_A" | "HAS_B" | "HAS_MACHINE_MODE" | "MISALIGNED_TRAPS" | "MISALIGNED_CYCLES" | "TRAP_CYCLES"
  | "INHIBITED_AT_RESET" | "MACHINE_ISA" | "FETCH_BYTES" | "FETCH_AHEAD"; // prettier-ignore

/** Constants that every RISC-V core is compiled with. */
export type RiscvName = Unit | Architecture;

/** A core with 32 registers, M and C, without Zcb and Zcmp, unless its parameters say otherwise; `rules` are the names that its timing rules read. */
export function riscv<Rules extends string>(
  core: Omit<SimulatedCore, "set" | "parameters">,
  parameters: Readonly<Record<RiscvName | Rules, Parameter>>,
): SimulatedCore {
  const common: Parameters = {
    HAS_C: known(true, "RV32C"),
    HAS_M: known(true, "RV32M"),
    HAS_DIVIDE: known(true, "RV32M"),
    HAS_ZCB: known(false, "not named in the architecture"),
    HAS_ZCMP: known(false, "not named in the architecture"),
    REGISTERS: known(32, "RV32I"),
  };
  return { ...core, set: "riscv", parameters: { ...common, ...parameters } };
}
