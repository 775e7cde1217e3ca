/** Images for emulated boards on simulated cores: the same bytes, so that both can be held together. */
import type { Chip } from "../../simulate/chip/chip.ts";
import { mps2, mps2An505 } from "../../simulate/chip/mps2.ts";
import { virt } from "../../simulate/chip/virt.ts";
import type { SimulatedCore } from "../../simulate/core/core.ts";
import { findSimulatedCore, simulatedCores } from "../../simulate/core/cores.ts";
import { readImage } from "../../simulate/image.ts";
import { ram } from "../../simulate/region.ts";
import { simulate } from "../../simulate/simulate.ts";
import type { Simulation } from "../../simulate/simulation.ts";
import { buildSimulator } from "../simulator.ts";

type Board = Pick<Chip, "regions" | "devices">;

/** RP2040's addresses, without the waits of its flash, which `rp2040js` does not have. */
const rp2040: Board = {
  regions: [ram("flash", 0x10000000, 2 << 20), ram("SRAM", 0x20000000, 264 << 10)],
  devices: () => [],
};

function boardOf(deviceId: string): Board {
  if (deviceId === "rp2040") return rp2040;
  if (deviceId === "cortex-m33") return mps2An505;
  return deviceId.startsWith("rv32") ? virt : mps2;
}

/** Has machine mode, as the start-up code of QEMU's board needs it, and is no RV32E. */
const runsRv32imc = ({ set, coreType, parameters }: SimulatedCore): boolean =>
  set === "riscv" && coreType === 1 && parameters["REGISTERS"]?.value === 32;

/** The simulated cores that run a board's images: all that have its instructions. */
export function simulatedCoresOf(deviceId: string): readonly string[] {
  switch (deviceId) {
    case "rv32imc":
      return simulatedCores.filter(runsRv32imc).map(({ id }) => id);
    case "rv32imc-zb":
      return simulatedCores
        .filter((core) => runsRv32imc(core) && core.parameters["HAS_B"]?.value === true)
        .map(({ id }) => id);
    case "cortex-m0plus":
      return ["cortex-m0", "cortex-m0plus"];
    case "rp2040":
      return ["cortex-m0plus"];
    default:
      return simulatedCores.filter(({ id }) => id === deviceId).map(({ id }) => id);
  }
}

/** Runs the ELF file of an image for a board to its end. */
export async function simulateImage(
  file: Uint8Array,
  deviceId: string,
  coreId: string,
  timed: boolean,
): Promise<Simulation> {
  const core = findSimulatedCore(coreId);
  const { regions, devices } = boardOf(deviceId);
  const simulator = await buildSimulator(core, regions, timed);
  const system = { core, regions, devices: devices(core) };
  return simulate(simulator, system, readImage(file, { fileName: deviceId }));
}
