/** The emulated boards: compiler flags, QEMU machine, and where its memory lies. */

/** A core on a board that QEMU emulates. */
export interface Device {
  /** The core's id, as in `core/`. */
  readonly id: string;
  readonly name: string;
  readonly compiler: string;
  readonly flags: readonly string[];
  readonly emulator: string;
  readonly machine: readonly string[];
  /** Start-up code in `devices/`, and the function it starts with. */
  readonly startup: "arm.c" | "riscv.c";
  readonly entry: string;
  readonly codeAddress: number;
  readonly dataAddress: number;
  /** Of the emulator's clock: SysTick of a board at f Hz moves once in 10^9 / f instructions. */
  readonly instructionsPerTick: number;
}

const arm = {
  compiler: "arm-none-eabi-gcc",
  emulator: "qemu-system-arm",
  startup: "arm.c",
  entry: "device_reset",
} as const;

const semihosting = ["-serial", "none", "-semihosting-config", "enable=on,target=native"];

function cortexM(
  core: string,
  name: string,
  flags: readonly string[],
  machine: string,
  [codeAddress, dataAddress]: readonly [number, number],
  clockMHz: number,
): Device {
  return {
    ...arm,
    id: core,
    name: `${name} on ${machine}`,
    flags: [`-mcpu=${core}`, "-mthumb", ...flags],
    machine: ["-M", machine, ...semihosting],
    codeAddress,
    dataAddress,
    instructionsPerTick: 1000 / clockMHz,
  };
}

const mps2 = [0x0, 0x20000000] as const;

export const devices: readonly Device[] = [
  cortexM("cortex-m0plus", "Cortex-M0+", ["-mfloat-abi=soft"], "mps2-an385", mps2, 25),
  cortexM("cortex-m3", "Cortex-M3", [], "mps2-an385", mps2, 25),
  cortexM("cortex-m4", "Cortex-M4", ["-mfloat-abi=hard", "-mfpu=fpv4-sp-d16"], "mps2-an386", mps2, 25),
  cortexM("cortex-m7", "Cortex-M7", ["-mfloat-abi=hard", "-mfpu=fpv5-sp-d16"], "mps2-an500", mps2, 25),
  cortexM(
    "cortex-m33",
    "Cortex-M33",
    ["-mfloat-abi=hard", "-mfpu=fpv5-sp-d16"],
    "mps2-an505",
    [0x10000000, 0x38000000],
    20,
  ),
  cortexM("cortex-m55", "Cortex-M55", ["-mfloat-abi=hard"], "mps3-an547", [0x10000000, 0x31000000], 32),
  {
    id: "rv32imc",
    name: "RV32IMC on virt",
    compiler: "riscv64-unknown-elf-gcc",
    flags: ["-march=rv32imc", "-mabi=ilp32", "-mcmodel=medany", "--specs=picolibc.specs"],
    emulator: "qemu-system-riscv32",
    machine: ["-M", "virt", "-bios", "none", "-serial", "stdio"],
    startup: "riscv.c",
    entry: "device_start",
    codeAddress: 0x80000000,
    dataAddress: 0x80800000,
    instructionsPerTick: 1,
  },
];
