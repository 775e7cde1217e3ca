/** Floating point: FPv4 and FPv5, single precision, and FPv5's double precision. */
import type { ArmArchitecture, ArmInstruction, Choices, Maker } from "./arm-instructions.ts";
import { alone, instruction } from "./arm-instructions.ts";

const three = [
  ...[
    "vadd",
    "vsub",
    "vmul",
    "vnmul",
    "vmla",
    "vmls",
    "vnmla",
    "vnmls",
    "vfma",
    "vfms",
    "vfnma",
    "vfnms",
    "vdiv",
  ],
  ...["vadd", "vsub", "vmul", "vfma"],
];
const two = ["vabs", "vneg", "vsqrt", "vmov"];
const constants = [1, -1, 0.5, 2, 31, -0.125, 1.9375, 0.2421875];

export function floatInstructions(choices: Choices, float: NonNullable<ArmArchitecture["float"]>): Maker[] {
  const { numbers } = choices;
  const single = (): string => `s${numbers.int(0, 31)}`;
  const double = (): string => `d${numbers.int(0, 15)}`;
  const makers = [...computing(choices, "f32", single), ...moving(choices, single, double)];
  if (float === "fpv4") return makers;
  makers.push(...rounding(choices, "f32", single));
  if (float === "fpv5") return makers;
  return [
    ...makers,
    ...computing(choices, "f64", double),
    ...rounding(choices, "f64", double),
    () => instruction("vcvt.f64.f32", double(), single()),
    () => instruction("vcvt.f32.f64", single(), double()),
    // The assembler wants double precision for halves of double registers.
    () => instruction("vmov.32", `${double()}[${numbers.int(0, 1)}]`, choices.rs()),
    () => instruction("vmov.32", choices.rd(), `${double()}[${numbers.int(0, 1)}]`),
  ];
}

/** What both precisions have; integers and halves lie in single registers. */
function computing({ numbers, pick }: Choices, type: string, register: () => string): Maker[] {
  const single = (): string => `s${numbers.int(0, 31)}`;
  const fixed = (): ArmInstruction => {
    const d = register();
    const size = pick(["s16", "u16", "s32", "u32"]);
    const digits = numbers.int(1, size.endsWith("16") ? 16 : 32);
    return instruction(pick([`vcvt.${size}.${type}`, `vcvt.${type}.${size}`]), d, d, `#${digits}`);
  };
  return [
    () => instruction(`${pick(three)}.${type}`, register(), register(), register()),
    () => instruction(`${pick(three)}.${type}`, register(), register(), register()),
    () => instruction(`${pick(three)}.${type}`, register(), register(), register()),
    () => instruction(`${pick(two)}.${type}`, register(), register()),
    () => instruction(`vmov.${type}`, register(), `#${pick(constants)}`),
    () => instruction(`${pick(["vcmp", "vcmpe"])}.${type}`, register(), pick([register(), "#0.0"])),
    () => instruction(`${pick(["vcvt", "vcvtr"])}.${pick(["s32", "u32"])}.${type}`, single(), register()),
    () => instruction(`vcvt.${type}.${pick(["s32", "u32"])}`, register(), single()),
    fixed,
    () => instruction(`${pick(["vcvtb", "vcvtt"])}.f16.${type}`, single(), register()),
    () => instruction(`${pick(["vcvtb", "vcvtt"])}.${type}.f16`, register(), single()),
  ];
}

/** What FPv5 adds. */
function rounding({ numbers, pick }: Choices, type: string, register: () => string): Maker[] {
  return [
    () => alone(`vsel${pick(["eq", "vs", "ge", "gt"])}.${type} ${register()}, ${register()}, ${register()}`),
    () => alone(`${pick(["vmaxnm", "vminnm"])}.${type} ${register()}, ${register()}, ${register()}`),
    () => alone(`vrint${pick(["a", "n", "p", "m"])}.${type} ${register()}, ${register()}`),
    () => instruction(`vrint${pick(["x", "r", "z"])}.${type}`, register(), register()),
    () =>
      alone(
        `vcvt${pick(["a", "n", "p", "m"])}.${pick(["s32", "u32"])}.${type} s${numbers.int(0, 31)}, ${register()}`,
      ),
  ];
}

function moving(
  { numbers, pick, rd, rs, several }: Choices,
  single: () => string,
  double: () => string,
): Maker[] {
  const base = (): string => pick(["r6", "r10"]);
  const words = (): number => 4 * numbers.int(-40, 60);
  const some = (): string => {
    const first = numbers.int(0, 24);
    return pick([
      `{s${first}-s${first + numbers.int(1, 7)}}`,
      `{d${first >> 1}-d${(first >> 1) + numbers.int(1, 3)}}`,
    ]);
  };
  const movingSeveral = (): ArmInstruction => {
    const [pointer] = several(1);
    const name = pick(["vldmia", "vldmdb", "vstmia", "vstmdb"]);
    return alone(`mov ${pointer!}, ${base()}\n  ${name} ${pointer!}!, ${some()}`);
  };
  const pushed = (): ArmInstruction => {
    const count = numbers.int(2, 8);
    const first = numbers.int(0, 32 - count);
    const last = numbers.int(0, 32 - count);
    return alone(`vpush {s${first}-s${first + count - 1}}\n  vpop {s${last}-s${last + count - 1}}`);
  };
  const pair = (): string => {
    const first = numbers.int(0, 30);
    return `s${first}, s${first + 1}`;
  };
  return [
    () => instruction(pick(["vldr", "vstr"]), pick([single(), double()]), `[${base()}, #${words()}]`),
    () => instruction("vldr", pick([single(), double()]), "LITERALS"),
    () => instruction(pick(["vldmia", "vstmia"]), base(), some()),
    movingSeveral,
    pushed,
    () => instruction("vmov", rd(), single()),
    () => instruction("vmov", single(), rs()),
    () => instruction("vmov", pick([pair(), double()]), rs(), rs()),
    () => instruction("vmov", ...several(2), pick([pair(), double()])),
    () => instruction("vmrs", "APSR_nzcv", "fpscr"),
    () => instruction("vmrs", rd(), "fpscr"),
  ];
}
