/** The 32-bit instructions of ARMv7-M, and those of ARMv8-M's main extension that compilers emit. */
import type { ArmArchitecture, ArmInstruction, Choices, Maker } from "./arm-instructions.ts";
import { alone, instruction, writable } from "./arm-instructions.ts";

const operations = ["and", "orr", "orn", "eor", "bic", "add", "adc", "sub", "sbc", "rsb"];
const comparisons = ["cmp", "cmn", "tst", "teq"];
const shifts = ["lsl", "lsr", "asr", "ror"];
const loads = { ldr: 4, ldrh: 2, ldrsh: 2, ldrb: 1, ldrsb: 1 } as const;
const stores = { str: 4, strh: 2, strb: 1 } as const;

export function wideInstructions(choices: Choices, { acquire }: ArmArchitecture): Maker[] {
  const { numbers, pick, rd, rs } = choices;
  const s = (): string => pick(["", "s"]);
  const constant = (): string => `#${modified(choices)}`;
  const shifted = (): string => shiftedRegister(choices);
  return [
    () =>
      instruction(
        `${pick(operations)}${s()}.w`.replace("orn.w", "orn").replace("orns.w", "orns"),
        rd(),
        rs(),
        constant(),
      ),
    () => instruction(`${pick(operations)}${s()}`, rd(), rs(), shifted()),
    () => instruction(`${pick(operations)}${s()}`, rd(), rs(), rs()),
    () => instruction(`${pick(comparisons)}`, rs(), constant()),
    () => instruction(`${pick(comparisons)}`, rs(), shifted()),
    () => instruction(`${pick(["mov", "mvn"])}${s()}.w`, rd(), constant()),
    () => instruction(`mvn${s()}.w`, rd(), shifted()),
    () => instruction(pick(["addw", "subw"]), rd(), rs(), `#${numbers.int(0, 4095)}`),
    () => instruction(pick(["movw", "movt"]), rd(), `#${numbers.int(0, 65535)}`),
    () => instruction(`${pick(shifts)}${s()}.w`, rd(), rs(), rs()),
    () => instruction(`${pick(shifts)}${s()}.w`, rd(), rs(), `#${numbers.int(1, 31)}`),
    () => instruction(`rrx${s()}`, rd(), rs()),
    ...bitInstructions(choices),
    ...multiplyInstructions(choices),
    ...memoryInstructions(choices),
    ...branchInstructions(choices),
    ...(acquire ? acquireInstructions(choices) : []),
  ];
}

/** A constant that an instruction can hold. */
function modified({ numbers, pick }: Choices): number {
  const byte = numbers.int(1, 255);
  const which = numbers.int(0, 4);
  if (which === 0) return byte;
  if (which === 1) return byte * 0x10001;
  if (which === 2) return byte * 0x1000100;
  return which === 3 ? byte * 0x1010101 : (pick([0x80, 0xff, byte | 0x80]) << numbers.int(0, 24)) >>> 0;
}

function shiftedRegister({ numbers, pick, rs }: Choices): string {
  const type = pick([...shifts, "rrx"]);
  return type === "rrx" ? `${rs()}, rrx` : `${rs()}, ${type} #${numbers.int(1, 31)}`;
}

function bitInstructions({ numbers, pick, rd, rs }: Choices): Maker[] {
  const field = (): string => {
    const low = numbers.int(0, 31);
    return `#${low}, #${numbers.int(1, 32 - low)}`;
  };
  return [
    () => instruction(pick(["sbfx", "ubfx", "bfi"]), rd(), rs(), field()),
    () => instruction("bfc", rd(), field()),
    () => instruction(pick(["clz", "rbit"]), rd(), rs()),
    () => instruction(`${pick(["rev", "rev16", "revsh"])}.w`, rd(), rs()),
    () =>
      instruction(
        `${pick(["sxtb", "sxth", "uxtb", "uxth"])}.w`, rd(), rs(), `ror #${pick([8, 16, 24])}`,
      ), // prettier-ignore
    () =>
      instruction(
        "ssat",
        rd(),
        `#${numbers.int(1, 32)}`,
        saturated(numbers.int(0, 2), numbers.int(1, 31), rs()),
      ),
    () =>
      instruction(
        "usat",
        rd(),
        `#${numbers.int(0, 31)}`,
        saturated(numbers.int(0, 2), numbers.int(1, 31), rs()),
      ),
  ];
}

function saturated(which: number, amount: number, register: string): string {
  return which === 0 ? register : `${register}, ${which === 1 ? "lsl" : "asr"} #${amount}`;
}

function multiplyInstructions({ pick, rd, rs, several }: Choices): Maker[] {
  return [
    () => instruction("mul.w", rd(), rs(), rs()),
    () => instruction(pick(["mla", "mls"]), rd(), rs(), rs(), rs()),
    () => instruction(pick(["umull", "smull", "umlal", "smlal"]), ...several(2), rs(), rs()),
    () => instruction(pick(["sdiv", "udiv"]), rd(), rs(), rs()),
    () => instruction(pick(["sdiv", "udiv"]), rd(), rs(), rs()),
  ];
}

/** Word, half and byte accesses may lie anywhere; of several words only at multiples of 4. */
function memoryInstructions(choices: Choices): Maker[] {
  const { numbers, pick, rd, rs, several, exactly } = choices;
  const access = (): string => pick([...Object.keys(loads), ...Object.keys(stores)]);
  const isLoad = (name: string): boolean => name in loads;
  const target = (name: string): string => (isLoad(name) ? rd() : rs());
  const base = (): string => pick(["r6", "r10"]);
  const moving = (): ArmInstruction => {
    const [pointer, value] = several(2);
    const offset = numbers.int(-255, 255);
    const address = pick([`[${pointer!}, #${offset}]!`, `[${pointer!}], #${offset}`]);
    return alone(`mov ${pointer!}, ${base()}\n  ${access()} ${value!}, ${address}`);
  };
  const pair = (name: string, operands: string): ArmInstruction => instruction(name, operands);
  const words = (): number => 4 * numbers.int(-30, 30);
  const movingPair = (): ArmInstruction => {
    const [pointer, a, b] = several(3);
    const address = pick([`[${pointer!}, #${words()}]!`, `[${pointer!}], #${words()}`]);
    return alone(`mov ${pointer!}, ${base()}\n  ${pick(["ldrd", "strd"])} ${a!}, ${b!}, ${address}`);
  };
  const movingSeveral = (): ArmInstruction => {
    const [pointer] = several(1);
    const others = writable.filter((i) => `r${i}` !== pointer);
    const name = pick(["ldmia", "ldmdb", "stmia", "stmdb"]);
    return alone(
      `mov ${pointer!}, ${base()}\n  ${name}.w ${pointer!}${pick(["", "!"])}, ${exactly(others, numbers.int(2, 7))}`,
    );
  };
  const each = (): Maker[] => [
    () => {
      const name = access();
      return instruction(`${name}.w`, target(name), `[r6, #${numbers.int(0, 600)}]`);
    },
    () => {
      const name = access();
      return instruction(name, target(name), `[${base()}, #-${numbers.int(1, 255)}]`);
    },
    () => {
      const name = access();
      return instruction(`${name}.w`, target(name), `[${base()}, r5, lsl #${numbers.int(0, 3)}]`);
    },
  ];
  return [
    ...each(),
    moving,
    moving,
    () => instruction("ldr.w", rd(), `LITERALS + ${4 * numbers.int(0, 3)}`),
    () =>
      instruction(
        pick(["ldrb.w", "ldrsb.w", "ldrh.w", "ldrsh.w"]),
        rd(),
        `LITERALS + ${2 * numbers.int(0, 5)}`,
      ),
    () => instruction("adr.w", rd(), "LITERALS"),
    () => pair("ldrd", `${several(2).join(", ")}, [${base()}, #${words()}]`),
    () => pair("strd", `${rs()}, ${rs()}, [${base()}, #${words()}]`),
    movingPair,
    movingSeveral,
    () => instruction("stmia.w", base(), exactly(writable, numbers.int(2, 7))),
    () => alone(`push.w ${exactly(writable, 5)}\n  pop.w ${exactly(writable, 5)}`),
    () => {
      const [a, b] = several(2);
      const [kind] = [pick(["", "b", "h"])];
      return alone(`ldrex${kind!} ${a!}, [r6]\n  strex${kind!} ${b!}, ${a!}, [r6]`);
    },
    () => {
      const [a, b] = several(2);
      return alone(`clrex\n  strex ${a!}, ${b!}, [r10, #8]`);
    },
  ];
}

function branchInstructions({ numbers, pick, low, lowSource, rs }: Choices): Maker[] {
  return [
    () => alone(`${pick(["cbz", "cbnz"])} ${lowSource()}, TARGET`),
    () => alone("b.w TARGET"),
    () => alone("bCOND.w TARGET"),
    () => {
      const index = low();
      return alone(
        `and ${index}, ${index}, #3\n  tbb [pc, ${index}]\nHERE: .byte 2, 3, 4, 5\n  nop\n  nop\n  nop\n  nop`,
      );
    },
    () => {
      const index = low();
      return alone(
        `and ${index}, ${index}, #1\n  tbh [pc, ${index}, lsl #1]\nHERE: .2byte 2, 4\n  eor r0, r0, #${numbers.int(1, 255)}`,
      );
    },
    () => instruction("msr", "APSR_nzcvq", rs()),
    () => alone("it COND\n  bCOND.w TARGET"),
  ];
}

function acquireInstructions({ pick, rd, rs, several }: Choices): Maker[] {
  return [
    () => instruction(pick(["lda", "ldab", "ldah"]), rd(), "[r6]"),
    () => instruction(pick(["stl", "stlb", "stlh"]), rs(), "[r10]"),
    () => {
      const [a, b] = several(2);
      return alone(`ldaex ${a!}, [r6]\n  stlex ${b!}, ${a!}, [r6]`);
    },
  ];
}
