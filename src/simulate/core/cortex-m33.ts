import { arm, v8M } from "./arm.ts";
import type { ArmName } from "./arm.ts";
import type { SimulatedCore } from "./core.ts";
import { known } from "./core.ts";
import { table } from "./cortex-m4.ts";
import type { InOrderName } from "./in-order.ts";

const fitted = "fitted on calibrate rows H0161, H0162, H0163, H0164";
const article = "elektroniknet.de, Cortex-M23 and M33, page 3";

/** Cortex-M33. Arm 100230 prints no timings; what is not named here is Cortex-M4's. */
export const cortexM33: SimulatedCore = arm<ArmName | InOrderName>(
  {
    id: "cortex-m33",
    name: "Cortex-M33",
    architecture: "armv8-m.main with DSP, FPv5-SP",
    rules: "arm/timing/in-order",
  },
  {
    ...v8M,
    CPU_ID: known(0x410fd213, "Cortex-M33's CPUID register"),
    ...table,
    LOAD_CYCLES: known(1, `${article}: addresses are made in the second stage; ${fitted}`),
    STORE_REGISTER_CYCLES: known(1, fitted),
    MULTIPLE_CYCLES: known(1, `1 + N, as Cortex-M4`),
    LONG_MULTIPLY_CYCLES: known(2, fitted),
    LONG_ADD_CYCLES: known(2, fitted),
    DIVIDE_MOST_CYCLES: known(11, "Arm 100230, 1.2: hardware divide of 2 to 11 cycles"),
    TAKEN_CYCLES: known(3, `${fitted}; one less beside a 16-bit instruction`),
    CALL_CYCLES: known(3, fitted),
    TABLE_CYCLES: known(4, "as Cortex-M4"),
    LOAD_PC_CYCLES: known(3, "a load and a jump"),
    ADDRESS_CYCLES: known(0, `${article}: results reach the second stage`),
    FOLDS_IT: known(false, "no cycle whatever comes before"),
    IT_CYCLES: known(0, fitted),
    LOAD_USE_CYCLES: known(1, `${fitted}: a load used at once`),
    PAIRS_SHORT: known(true, `${article}: limited dual issue, of 16-bit instructions and branches`),
    PIPELINES_LOADS: known(false, "loads take one cycle as it is"),
    FETCH_AHEAD: known(2, "not published; the rows of STM32U575 hardly depend on it"),
  },
);
