/** The emulated boards: compiler flags, QEMU machine, and where its memory lies. */

/** A core on a board that QEMU emulates. */
export interface Device {
  /** The core's id, as in `core/`. */
  readonly id: string;
  readonly name: string;
  /** GNU's names of the target: the prefix of its tools, and what clang calls it. */
  readonly target: "arm-none-eabi" | "riscv64-unknown-elf";
  readonly clangTarget: string;
  /** The core, as both compilers take it. */
  readonly flags: readonly string[];
  /** Of the core and its libraries, when GCC links. */
  readonly linkFlags: readonly string[];
  /** Where GCC finds the C library's headers, if not by itself. */
  readonly libraryFlags: readonly string[];
  readonly emulator: string;
  readonly machine: readonly string[];
  /** Start-up code in `devices/`, and the function it starts with. */
  readonly startup: "arm.c" | "riscv.c";
  readonly entry: string;
  readonly codeAddress: number;
  readonly dataAddress: number;
}

const semihosting = ["-serial", "none", "-semihosting-config", "enable=on,target=native"];

function cortexM(
  core: string,
  name: string,
  flags: readonly string[],
  machine: string,
  [codeAddress, dataAddress]: readonly [number, number],
): Device {
  const all = [`-mcpu=${core}`, "-mthumb", ...flags];
  return {
    id: core,
    name,
    target: "arm-none-eabi",
    clangTarget: "arm-none-eabi",
    flags: all,
    linkFlags: all,
    libraryFlags: [],
    emulator: "qemu-system-arm",
    machine: ["-M", machine, ...semihosting],
    startup: "arm.c",
    entry: "device_reset",
    codeAddress,
    dataAddress,
  };
}

function rv32(id: string, name: string, march: string): Device {
  const common = ["-mabi=ilp32", "-mcmodel=medany"];
  return {
    id,
    name,
    target: "riscv64-unknown-elf",
    clangTarget: "riscv32-unknown-elf",
    flags: [`-march=${march}`, ...common],
    linkFlags: ["-march=rv32imc", ...common],
    libraryFlags: ["--specs=picolibc.specs"],
    emulator: "qemu-system-riscv32",
    machine: ["-M", "virt", "-bios", "none", "-serial", "stdio"],
    startup: "riscv.c",
    entry: "device_start",
    codeAddress: 0x80000000,
    dataAddress: 0x80800000,
  };
}

const mps2 = [0x0, 0x20000000] as const;
const hard = (fpu: string): readonly string[] => ["-mfloat-abi=hard", `-mfpu=${fpu}`];

export const devices: readonly Device[] = [
  cortexM("cortex-m0plus", "Cortex-M0+", ["-mfloat-abi=soft"], "mps2-an385", mps2),
  cortexM("cortex-m3", "Cortex-M3", [], "mps2-an385", mps2),
  cortexM("cortex-m4", "Cortex-M4", hard("fpv4-sp-d16"), "mps2-an386", mps2),
  cortexM("cortex-m7", "Cortex-M7", hard("fpv5-sp-d16"), "mps2-an500", mps2),
  cortexM("cortex-m33", "Cortex-M33", hard("fpv5-sp-d16"), "mps2-an505", [0x10000000, 0x38000000]),
  cortexM("cortex-m55", "Cortex-M55", ["-mfloat-abi=hard"], "mps3-an547", [0x10000000, 0x31000000]),
  rv32("rv32imc", "RV32IMC", "rv32imc"),
  rv32("rv32imc-zb", "RV32IMC+Zba+Zbb", "rv32imc_zba_zbb"),
];
