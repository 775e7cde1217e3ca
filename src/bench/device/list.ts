/** The emulated boards: compiler flags, emulator, and where memory lies. */

/** A core on a board that an emulator knows. */
export interface Device {
  /** The core's id, as in `core/`, or the part's. */
  readonly id: string;
  readonly name: string;
  /** GNU's name of the target: the prefix of its tools; and what clang calls it, where clang is used. */
  readonly target: "arm-none-eabi" | "riscv64-unknown-elf" | "avr";
  readonly clangTarget?: string;
  /** The core, as both compilers take it. */
  readonly flags: readonly string[];
  /** Of the core and its libraries, when GCC links. */
  readonly linkFlags: readonly string[];
  /** Where GCC finds the C library's headers, if not by itself. */
  readonly libraryFlags: readonly string[];
  /** Start-up code and linker script in `devices/`, and the symbols that script asks for. */
  readonly startup: "arm.c" | "riscv.c" | "avr.c";
  readonly linkerScript: "device.ld" | "avr.ld";
  readonly symbols: Readonly<Record<string, number | string>>;
  readonly emulator: Emulator;
  /** The core in `core/` by whose prices layers are chosen for it, if there is one near enough. */
  readonly pricedAs?: string;
}

/** QEMU counts instructions only; the two packages of npm cycles too. */
export type Emulator =
  | { readonly kind: "qemu"; readonly command: string; readonly machine: readonly string[] }
  | { readonly kind: "rp2040js" | "avr8js" };

const semihosting = ["-serial", "none", "-semihosting-config", "enable=on,target=native"];

const memory = (code: number, data: number, entry: string): Device["symbols"] => ({
  device_code: code,
  device_data: data,
  device_entry: entry,
});

function cortexM(
  id: string,
  name: string,
  core: string,
  fpu: readonly string[],
  [code, data]: readonly [number, number],
  emulator: Emulator,
): Device {
  const flags = [`-mcpu=${core}`, "-mthumb", ...fpu];
  return {
    id,
    name,
    target: "arm-none-eabi",
    clangTarget: "arm-none-eabi",
    flags,
    linkFlags: [...flags, "-nostartfiles"],
    libraryFlags: [],
    startup: "arm.c",
    linkerScript: "device.ld",
    symbols: memory(code, data, "device_reset"),
    emulator,
    pricedAs: core,
  };
}

const mps = (machine: string): Emulator => ({
  kind: "qemu",
  command: "qemu-system-arm",
  machine: ["-M", machine, ...semihosting],
});

function rv32(id: string, name: string, march: string, pricedAs: string): Device {
  const common = ["-mabi=ilp32", "-mcmodel=medany"];
  return {
    id,
    name,
    target: "riscv64-unknown-elf",
    clangTarget: "riscv32-unknown-elf",
    flags: [`-march=${march}`, ...common],
    linkFlags: ["-march=rv32imc", ...common, "-nostartfiles"],
    libraryFlags: ["--specs=picolibc.specs"],
    startup: "riscv.c",
    linkerScript: "device.ld",
    symbols: memory(0x80000000, 0x80800000, "device_start"),
    emulator: {
      kind: "qemu",
      command: "qemu-system-riscv32",
      machine: ["-M", "virt", "-bios", "none", "-serial", "stdio"],
    },
    pricedAs,
  };
}

const mps2 = [0x0, 0x20000000] as const;
const hard = (fpu: string): readonly string[] => ["-mfloat-abi=hard", `-mfpu=${fpu}`];
const soft = ["-mfloat-abi=soft"];

/** The boards on which any network runs. */
export const devices: readonly Device[] = [
  cortexM("cortex-m0plus", "Cortex-M0+", "cortex-m0plus", soft, mps2, mps("mps2-an385")),
  cortexM("cortex-m3", "Cortex-M3", "cortex-m3", [], mps2, mps("mps2-an385")),
  cortexM("cortex-m4", "Cortex-M4", "cortex-m4", hard("fpv4-sp-d16"), mps2, mps("mps2-an386")),
  cortexM("cortex-m7", "Cortex-M7", "cortex-m7", hard("fpv5-sp-d16"), mps2, mps("mps2-an500")),
  cortexM(
    "cortex-m33",
    "Cortex-M33",
    "cortex-m33",
    hard("fpv5-sp-d16"),
    [0x10000000, 0x38000000],
    mps("mps2-an505"),
  ),
  cortexM(
    "cortex-m55",
    "Cortex-M55",
    "cortex-m55",
    ["-mfloat-abi=hard"],
    [0x10000000, 0x31000000],
    mps("mps3-an547"),
  ),
  rv32("rv32imc", "RV32IMC", "rv32imc", "hazard3"),
  rv32("rv32imc-zb", "RV32IMC+Zba+Zbb", "rv32imc_zba_zbb", "hazard3"),
];

/** Parts whose memory is the part's own, which not every network fits; their emulators count cycles. */
export const parts: readonly Device[] = [
  cortexM("rp2040", "RP2040, Cortex-M0+", "cortex-m0plus", soft, [0x10000000, 0x20000000], {
    kind: "rp2040js",
  }),
  {
    id: "atmega2560",
    name: "ATmega2560",
    target: "avr",
    flags: ["-mmcu=atmega2560"],
    linkFlags: ["-mmcu=atmega2560"],
    libraryFlags: [],
    startup: "avr.c",
    linkerScript: "avr.ld",
    symbols: {},
    emulator: { kind: "avr8js" },
  },
];
