/** The machine code that is calibrated on, and the cores that run it. */
import { devices } from "../../src/bench/device/list.ts";
import { cores } from "../../src/core/cores.ts";
import type { Core } from "../../src/core/core.ts";
import type { Chip } from "../../src/simulate/chip/chip.ts";
import { mps2, mps2An505 } from "../../src/simulate/chip/mps2.ts";
import { virt } from "../../src/simulate/chip/virt.ts";
import { findSimulatedCore } from "../../src/simulate/core/cores.ts";
import type { Target } from "./measure.ts";
import { emulated, simulated } from "./runners.ts";

export interface CalibratedTarget extends Target {
  /** Whose prices coefficients are drawn to, and whose tiles are calibrated. */
  readonly priced: Core;
}

const deviceOf = (id: string): Target["device"] => devices.find((device) => device.id === id)!;
const coreOf = (id: string): Core => cores.find((core) => core.id === id)!;

const arm = (id: string, chip: Chip): CalibratedTarget => ({
  device: deviceOf(id),
  runners: [simulated(findSimulatedCore(id), chip)],
  priced: coreOf(id),
});

export const targets: readonly CalibratedTarget[] = [
  {
    device: deviceOf("rv32imc"),
    runners: ["hazard3-rp2350", "ibex-small", "ibex-maxperf", "cv32e40p", "picorv32-fast", "e31"].map((id) =>
      simulated(findSimulatedCore(id), virt),
    ),
    priced: coreOf("hazard3"),
  },
  arm("cortex-m4", mps2),
  arm("cortex-m0plus", mps2),
  arm("cortex-m7", mps2),
  arm("cortex-m33", mps2An505),
  arm("cortex-m3", mps2),
  {
    device: deviceOf("cortex-m55"),
    runners: [emulated(deviceOf("cortex-m55"))],
    priced: coreOf("cortex-m55"),
  },
];
