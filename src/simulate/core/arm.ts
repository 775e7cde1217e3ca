/** What every Arm core must say of itself, beside the numbers of its timing rules. */
import type { Parameter, SimulatedCore } from "./core.ts";
import { known } from "./core.ts";

/** Constants that every Arm core is compiled with. */
export type ArmName =
  | "HAS_MAIN" | "HAS_V8" | "HAS_DSP" | "HAS_FLOAT" | "HAS_FLOAT5" | "HAS_DOUBLE" | "FLOAT_ID"
  | "CPU_ID" | "FETCH_BYTES" | "FETCH_AHEAD"; // prettier-ignore

/** Manuals of the architectures: what is not named otherwise was read there. */
const armv6M = "Arm DDI 0419E, Armv6-M";
const armv7M = "Arm DDI 0403E, Armv7-M";
const armv8M = "Arm DDI 0553B, Armv8-M with the main extension";

const without = {
  HAS_MAIN: known(false, armv6M),
  HAS_V8: known(false, armv6M),
  HAS_DSP: known(false, armv6M),
  HAS_FLOAT: known(false, armv6M),
  HAS_FLOAT5: known(false, armv6M),
  HAS_DOUBLE: known(false, armv6M),
  FLOAT_ID: known(0, "no floating point"),
} as const;

/** 16-bit Thumb and a handful of longer instructions; an access that is misaligned is a fault. */
export const v6M = { ...without } as const;

/** Thumb-2. */
export const v7M = { ...without, HAS_MAIN: known(true, armv7M) } as const;

/** Thumb-2 with the DSP extension and single-precision floating point. */
export const v7EM = {
  ...v7M,
  HAS_DSP: known(true, `${armv7M}: DSP extension`),
  HAS_FLOAT: known(true, `${armv7M}: FPv4-SP`),
  FLOAT_ID: known(0x10110021, `${armv7M}, B4.6.2: MVFR0 of FPv4-SP`),
} as const;

/** With load-acquire and store-release, and FPv5. The security extension is not modelled. */
export const v8M = {
  ...v7EM,
  HAS_V8: known(true, armv8M),
  HAS_FLOAT5: known(true, `${armv8M}: FPv5-SP`),
} as const;

export type ArmArchitecture = Readonly<
  Record<Exclude<ArmName, "CPU_ID" | "FETCH_BYTES" | "FETCH_AHEAD">, Parameter>
>;

/** `rules` are the names that its timing rules read. */
export function arm<Rules extends string>(
  core: Omit<SimulatedCore, "set" | "parameters" | "resetAddress" | "coreType">,
  parameters: Readonly<Record<ArmName | Rules, Parameter>>,
): SimulatedCore {
  return { ...core, set: "arm", resetAddress: undefined, coreType: 0, parameters };
}
