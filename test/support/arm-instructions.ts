/** Random Arm instructions as assembly text, of what an architecture has. What is unpredictable is left out. */
import { dspInstructions } from "./arm-dsp-instructions.ts";
import { floatInstructions } from "./arm-float-instructions.ts";
import { narrowInstructions } from "./arm-narrow-instructions.ts";
import type { Random } from "./random.ts";
import { wideInstructions } from "./arm-wide-instructions.ts";

export interface ArmArchitecture {
  /** Thumb-2: everything but ARMv6-M. */
  readonly wide: boolean;
  readonly dsp: boolean;
  readonly float: "fpv4" | "fpv5" | "fpv5-double" | undefined;
  /** ARMv8-M's load-acquire and store-release. */
  readonly acquire: boolean;
}

/** `head` and `tail` of the mnemonic leave room for a condition between them: `vadd` `.f32`. */
export interface ArmInstruction {
  readonly head: string;
  readonly tail: string;
  readonly operands: string;
  /** Several instructions, or one that no IT block may have: the whole text is `head`. */
  readonly alone: boolean;
}

/** What makes an instruction: chooses its registers anew each time. */
export type Maker = () => ArmInstruction;

/** Registers and numbers to choose from. */
export interface Choices {
  readonly numbers: Random;
  readonly pick: <T>(list: readonly T[]) => T;
  /** A register that may be written: any, or of the low ones. */
  readonly rd: () => string;
  readonly low: () => string;
  /** A register to read. */
  readonly rs: () => string;
  readonly lowSource: () => string;
  /** So many different registers that may be written. */
  readonly several: (count: number) => string[];
  /** An ascending list of registers, in braces: of at most, or exactly, so many. */
  readonly list: (from: readonly number[], most: number) => string;
  readonly exactly: (from: readonly number[], count: number) => string;
}

export const lowWritable = [0, 1, 2, 3, 4, 7];
export const writable = [...lowWritable, 8, 9, 11, 12, 14];
const readable = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14];
const lowReadable = [0, 1, 2, 3, 4, 5, 6, 7];

/** Of a mnemonic with its operands: `add.w r0, r1, r2`; the first dot begins the tail. */
export function instruction(mnemonic: string, ...operands: readonly (string | number)[]): ArmInstruction {
  const dot = mnemonic.indexOf(".");
  const [head, tail] = dot < 0 ? [mnemonic, ""] : [mnemonic.slice(0, dot), mnemonic.slice(dot)];
  return { head, tail, operands: operands.join(", "), alone: false };
}

/** Text that no IT block may have. `TARGET` is a label some instructions ahead, `HERE` a name of its own. */
export function alone(text: string): ArmInstruction {
  return { head: text, tail: "", operands: "", alone: true };
}

function braces(registers: readonly number[]): string {
  const sorted = [...registers].sort((a, b) => a - b);
  return `{${sorted.map((i) => `r${i}`).join(", ")}}`;
}

function choicesOf(numbers: Random): Choices {
  const pick = <T>(list: readonly T[]): T => list[numbers.int(0, list.length - 1)]!;
  const several = (from: readonly number[], count: number): number[] => {
    const left = [...from];
    return Array.from({ length: count }, () => left.splice(numbers.int(0, left.length - 1), 1)[0]!);
  };
  return {
    numbers,
    pick,
    rd: () => `r${pick(writable)}`,
    low: () => `r${pick(lowWritable)}`,
    rs: () => `r${pick(readable)}`,
    lowSource: () => `r${pick(lowReadable)}`,
    several: (count) => several(writable, count).map((i) => `r${i}`),
    list: (from, most) => braces(several(from, numbers.int(1, most))),
    exactly: (from, count) => braces(several(from, count)),
  };
}

const conditions = ["eq", "ne", "cs", "cc", "mi", "pl", "vs", "vc", "hi", "ls", "ge", "lt", "gt", "le"];
const opposite = (condition: string): string => conditions[conditions.indexOf(condition) ^ 1]!;

/** So many instructions, each with a label of its own that begins with `prefix`. */
export function instructions(
  numbers: Random,
  architecture: ArmArchitecture,
  count: number,
  prefix: string,
): string {
  const choices = choicesOf(numbers);
  const { pick } = choices;
  const groups: (readonly Maker[])[] = [narrowInstructions(choices, !architecture.wide)];
  if (architecture.wide)
    groups.push(wideInstructions(choices, architecture), wideInstructions(choices, architecture));
  if (architecture.dsp) groups.push(dspInstructions(choices));
  if (architecture.float !== undefined) {
    const float = floatInstructions(choices, architecture.float);
    groups.push(float, float);
  }
  const any = (): ArmInstruction => pick(pick(groups))();
  const one = (): string => {
    if (architecture.wide && numbers.next() < 0.08) return itBlock(choices, any);
    const { head, tail, operands } = any();
    return `${head}${tail} ${operands}`;
  };
  const lines = Array.from({ length: count }, (_, i) => {
    const ahead = `${prefix}${Math.min(count, i + numbers.int(1, 4))}`;
    const condition = pick(conditions);
    const text = one().replaceAll("TARGET", ahead).replaceAll("HERE", `${prefix}here${i}`);
    return `${prefix}${i}: ${text.replaceAll("COND", condition)}`;
  });
  return [...lines, `${prefix}${count}:`].join("\n");
}

/** One to four instructions under a condition or its opposite; flags may change between them. */
function itBlock({ numbers, pick }: Choices, any: () => ArmInstruction): string {
  const condition = pick(conditions);
  const others = Array.from({ length: numbers.int(0, 3) }, () => pick(["t", "e"]));
  const lines = ["t", ...others].map((which) => {
    let chosen = any();
    while (chosen.alone) chosen = any();
    return `${chosen.head}${which === "t" ? condition : opposite(condition)}${chosen.tail} ${chosen.operands}`;
  });
  return [`it${others.join("")} ${condition}`, ...lines].join("\n  ");
}
