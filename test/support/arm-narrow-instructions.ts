/** The 16-bit instructions of ARMv6-M. In an IT block the assembler finds their forms that leave flags alone. */
import type { Choices, Maker } from "./arm-instructions.ts";
import { alone, instruction, lowWritable } from "./arm-instructions.ts";

/** `isAligned`: the index in r5 is a multiple of 4. */
export function narrowInstructions(choices: Choices, isAligned: boolean): Maker[] {
  const { numbers, pick, rd, low, rs, lowSource, list, exactly } = choices;
  const byte = (): string => `#${numbers.int(0, 255)}`;
  const two = ["ands", "eors", "orrs", "bics", "adcs", "sbcs", "lsls", "lsrs", "asrs", "rors"];
  const onto = (name: string): Maker => {
    return () => {
      const d = low();
      return alone(`${name} ${d}, ${d}, ${lowSource()}`);
    };
  };
  return [
    ...two.map(onto),
    () => alone(`muls ${low()}, ${lowSource()}`),
    () => alone(`adds ${low()}, ${lowSource()}, ${lowSource()}`),
    () => alone(`subs ${low()}, ${lowSource()}, ${lowSource()}`),
    () => alone(`${pick(["adds", "subs"])} ${low()}, ${lowSource()}, #${numbers.int(0, 7)}`),
    () => alone(`${pick(["adds", "subs", "movs"])} ${low()}, ${byte()}`),
    () => alone(`${pick(["mvns", "movs"])} ${low()}, ${lowSource()}`),
    () => alone(`rsbs ${low()}, ${lowSource()}, #0`),
    () => alone(`lsls ${low()}, ${lowSource()}, #${numbers.int(0, 31)}`),
    () => alone(`${pick(["lsrs", "asrs"])} ${low()}, ${lowSource()}, #${numbers.int(1, 32)}`),
    () => instruction("cmp", lowSource(), byte()),
    () => instruction("cmp", rs(), rs()),
    () => instruction(pick(["cmn", "tst"]), lowSource(), lowSource()),
    () => instruction("mov", rd(), rs()),
    () => {
      const d = rd();
      return instruction("add", d, d, rs());
    },
    () => instruction(pick(["sxtb", "sxth", "uxtb", "uxth"]), low(), lowSource()),
    () => instruction(pick(["rev", "rev16", "revsh"]), low(), lowSource()),
    () => instruction("add", low(), "sp", `#${4 * numbers.int(0, 255)}`),
    () => instruction("mov", rd(), "sp"),
    () => instruction("adr", low(), "LITERALS"),
    () => instruction("ldr", low(), `LITERALS + ${4 * numbers.int(0, 3)}`),
    () => instruction(pick(["ldr", "str"]), low(), `[r6, #${4 * numbers.int(0, 31)}]`),
    () => instruction(pick(["ldrh", "strh"]), low(), `[r6, #${2 * numbers.int(0, 31)}]`),
    () => instruction(pick(["ldrb", "strb"]), low(), `[r6, #${numbers.int(0, 31)}]`),
    () => instruction(pick(["ldr", "str"]), low(), `[sp, #${4 * numbers.int(0, 160)}]`),
    () => instruction(pick(["ldrb", "ldrsb", "strb"]), low(), "[r6, r5]"),
    () =>
      instruction(
        pick([...(isAligned ? ["ldr", "ldrh", "ldrsh", "str", "strh"] : ["ldrsb"])]),
        low(),
        "[r6, r5]",
      ),
    () => {
      const base = low();
      const registers = list(
        lowWritable.filter((i) => `r${i}` !== base),
        4,
      );
      return alone(`mov ${base}, r6\n  ${pick(["ldmia", "stmia"])} ${base}!, ${registers}`);
    },
    () => alone(`ldmia r6, {r0, r1, r6}\n  ldr r6, =scratch + 320`),
    () => {
      const count = numbers.int(1, 6);
      return alone(`push ${exactly([0, 1, 2, 3, 4, 5, 6, 7], count)}\n  pop ${exactly(lowWritable, count)}`);
    },
    () =>
      alone(
        `sub sp, #${4 * numbers.int(1, 16)}\n  str ${low()}, [sp]\n  ldr r0, =scratch + 256\n  mov sp, r0`,
      ),
    () => alone("bCOND TARGET"),
    () => alone("bCOND TARGET"),
    () => alone("b TARGET"),
    () => alone("bl TARGET"),
    () => {
      const register = low();
      return alone(`ldr ${register}, =TARGET + 1\n  ${pick(["bx", "blx"])} ${register}`);
    },
    () => instruction("mrs", rd(), "apsr"),
    () => instruction("nop"),
  ];
}
