import { arm, v7EM } from "./arm.ts";
import type { ArmName } from "./arm.ts";
import type { SimulatedCore } from "./core.ts";
import { known } from "./core.ts";
import { table } from "./cortex-m4.ts";
import type { PriceName } from "./in-order.ts";

const measured = "quinapalus.com/cm7cycles.html, STM32H730";
const scheduled = "LLVM 14, ARMScheduleM7.td";
const fitted = "fitted on calibrate rows H0145, H0146, H0147, H0148, H0153, H0213, H0217";

type DualIssueName = PriceName | "MISPREDICTED_CYCLES" | "SHORT_LOAD_CYCLES" | "FETCH_BYTES" | "FETCH_AHEAD";

/**
 * Cortex-M7: two instructions a cycle, one of them a multiplication or DSP operation, which only the first of a pair can
 * be; one shifter, two loads or one store. Arm DDI 0489F prints no timings.
 */
export const cortexM7: SimulatedCore = arm<ArmName | DualIssueName>(
  { id: "cortex-m7", name: "Cortex-M7", architecture: "armv7e-m, FPv5-SP", rules: "arm/timing/dual-issue" },
  {
    ...v7EM,
    HAS_FLOAT5: known(true, "Arm DDI 0489F: FPv5-SP"),
    CPU_ID: known(0x411fc272, "Cortex-M7's CPUID register"),
    ...table,
    DIVIDE_CYCLES: known(3, `${scheduled}: 7, by the operands; the least is ours`),
    DIVIDE_MOST_CYCLES: known(12, "as Cortex-M4"),
    FLOAT_ACCUMULATE_CYCLES: known(1, `${scheduled}: one a cycle`),
    FLOAT_DIVIDE_CYCLES: known(16, `${scheduled}: 16`),
    MISPREDICTED_CYCLES: known(6, `${measured}: 4 to 6; ${fitted}`),
    SHORT_LOAD_CYCLES: known(
      2,
      `${scheduled}: bytes and halfwords are there a cycle after words; ${measured}`,
    ),
    FETCH_BYTES: known(8, "Arm DDI 0489F, 1.1: 64-bit fetch"),
    FETCH_AHEAD: known(4, "Arm DDI 0489F, 2.1: four entries of 64 bits before decoding"),
  },
);
