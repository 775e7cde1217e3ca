import assert from "node:assert/strict";
import { test } from "node:test";
import { bench, constant, exit, printWord, runThumb } from "../support/thumb.ts";

const [N, Z, C, V, Q] = [0x80, 0x40, 0x20, 0x10, 0x08];
/** What an instruction gets: r0, r1, r2, r4 and the flags, as bits 31 to 27 of APSR lie in a byte. */
interface Before {
  readonly a: number;
  readonly b: number;
  readonly low: number;
  readonly high: number;
  readonly flags: number;
}
/** What it leaves; `low` is r2, `high` r4. What is not said stays. */
interface After {
  readonly low?: number;
  readonly high?: number;
  readonly flags?: number;
}
type Meaning = (before: Before) => After;

const signed = (value: number): bigint => BigInt(value | 0);
const unsigned = (value: number): bigint => BigInt(value >>> 0);
const word = (value: bigint): number => Number(BigInt.asUintN(32, value));

/** N and Z of a result; C, if it is said; the others stay. */
const flagsOf = (flags: number, low: number, carry?: boolean): number =>
  (flags & (carry === undefined ? C | V | Q : V | Q)) |
  (low >>> 31 ? N : 0) |
  (low >>> 0 === 0 ? Z : 0) |
  (carry ? C : 0);

/** a + b + carry in with all flags. */
function sum(flags: number, a: number, b: number, carry: number): After & { readonly flags: number } {
  const low = word(unsigned(a) + unsigned(b) + BigInt(carry));
  const carries = (unsigned(a) + unsigned(b) + BigInt(carry)) >> 32n !== 0n;
  const overflows = signed(low) !== signed(a) + signed(b) + BigInt(carry);
  return { low, flags: (flagsOf(flags, low, carries) & ~V) | (overflows ? V : 0) };
}
const carryOf = (flags: number): number => (flags & C ? 1 : 0);
const onlyFlags = ({ flags }: { readonly flags: number }): After => ({ flags });

const adds: Meaning = ({ a, b, flags }) => sum(flags, a, b, 0);
const subs: Meaning = ({ a, b, flags }) => sum(flags, a, ~b, 1);
const logical =
  (combine: (a: number, b: number) => number): Meaning =>
  ({ a, b, flags }) => {
    const low = combine(a, b) >>> 0;
    return { low, flags: flagsOf(flags, low) };
  };

/** By 0 to 255 places, bit by bit; the carry is the last bit that left. */
function shifted(value: number, kind: "lsl" | "lsr" | "asr" | "ror", amount: number, flags: number): After {
  let [low, carry] = [value >>> 0, (flags & C) !== 0];
  for (let i = 0; i < amount; i++) {
    carry = kind === "lsl" ? low >>> 31 === 1 : (low & 1) === 1;
    if (kind === "lsl") low = (low << 1) >>> 0;
    else if (kind === "lsr") low = low >>> 1;
    else if (kind === "asr") low = (low >> 1) >>> 0;
    else low = ((low >>> 1) | (low << 31)) >>> 0;
  }
  return { low, flags: flagsOf(flags, low, carry) };
}
const byRegister =
  (kind: "lsl" | "lsr" | "asr" | "ror"): Meaning =>
  ({ a, b, flags }) =>
    shifted(a, kind, b & 255, flags);

function saturated(value: bigint, low: bigint, high: bigint, flags: number): After {
  if (value >= low && value <= high) return { low: word(value) };
  return { low: word(value < low ? low : high), flags: flags | Q };
}

const product = (signs: (value: number) => bigint, before: Before, sum: bigint): After => {
  const wide = signs(before.a) * signs(before.b) + sum;
  return { low: word(wide), high: word(wide >> 32n) };
};
const longOf = ({ low, high }: Before): bigint => (unsigned(high) << 32n) | unsigned(low);
const rotate = (value: number, by: number): number => shifted(value, "ror", by, 0).low!;
const bitsOf = (value: number): string => (value >>> 0).toString(2).padStart(32, "0");
const bytesOf = (value: number): number[] => [0, 8, 16, 24].map((by) => (value >>> by) & 0xff);
const fromBytes = (bytes: readonly number[]): number =>
  bytes.reduce((all, byte, i) => all | (byte << (8 * i)), 0);

/** By encoding; Arm DDI 0403E, A7.7. */
const instructions: Readonly<Record<string, readonly [number, Meaning]>> = {
  "adds r2, r0, r1": [0x1842, adds],
  "subs r2, r0, r1": [0x1a42, subs],
  "adcs r2, r0, r1": [0xeb500201, ({ a, b, flags }) => sum(flags, a, b, carryOf(flags))],
  "sbcs r2, r0, r1": [0xeb700201, ({ a, b, flags }) => sum(flags, a, ~b, carryOf(flags))],
  "rsbs r2, r0, r1": [0xebd00201, ({ a, b, flags }) => sum(flags, b, ~a, 1)],
  "ands r2, r0, r1": [0xea100201, logical((a, b) => a & b)],
  "orrs r2, r0, r1": [0xea500201, logical((a, b) => a | b)],
  "eors r2, r0, r1": [0xea900201, logical((a, b) => a ^ b)],
  "bics r2, r0, r1": [0xea300201, logical((a, b) => a & ~b)],
  "orns r2, r0, r1": [0xea700201, logical((a, b) => a | ~b)],
  "mvns r2, r1": [0x43ca, logical((_, b) => ~b)],
  "cmp r0, r1": [0x4288, ({ a, b, flags }) => onlyFlags(sum(flags, a, ~b, 1))],
  "cmn r0, r1": [0x42c8, ({ a, b, flags }) => onlyFlags(sum(flags, a, b, 0))],
  "tst r0, r1": [0x4208, ({ a, b, flags }) => ({ flags: flagsOf(flags, a & b) })],
  "teq r0, r1": [0xea900f01, ({ a, b, flags }) => ({ flags: flagsOf(flags, a ^ b) })],
  "lsls r2, r0, r1": [0xfa10f201, byRegister("lsl")],
  "lsrs r2, r0, r1": [0xfa30f201, byRegister("lsr")],
  "asrs r2, r0, r1": [0xfa50f201, byRegister("asr")],
  "rors r2, r0, r1": [0xfa70f201, byRegister("ror")],
  "lsls r2, r0, #1": [0x0042, ({ a, flags }) => shifted(a, "lsl", 1, flags)],
  "lsrs r2, r0, #32": [0x0802, ({ a, flags }) => shifted(a, "lsr", 32, flags)],
  "asrs r2, r0, #32": [0x1002, ({ a, flags }) => shifted(a, "asr", 32, flags)],
  "rrxs r2, r0": [
    0xea5f0230,
    ({ a, flags }) => {
      const low = ((a >>> 1) | (carryOf(flags) << 31)) >>> 0;
      return { low, flags: flagsOf(flags, low, (a & 1) === 1) };
    },
  ],
  "add r2, r0, r1, lsl #3": [0xeb0002c1, ({ a, b }) => ({ low: a + (b << 3) })],
  "sub r2, r0, r1, asr #31": [0xeba072e1, ({ a, b }) => ({ low: a - (b >> 31) })],
  "rsb r2, r0, r1, ror #8": [0xebc02231, ({ a, b }) => ({ low: rotate(b, 8) - a })],
  "eors r2, r0, r1, ror #8": [
    0xea902231,
    ({ a, b, flags }) => {
      const low = (a ^ rotate(b, 8)) >>> 0;
      return { low, flags: flagsOf(flags, low, rotate(b, 8) >>> 31 === 1) };
    },
  ],
  "ands r2, r0, r1, lsr #32": [0xea100211, ({ b, flags }) => ({ low: 0, flags: flagsOf(flags, 0, b < 0) })],
  "movs r2, #0xff0000": [
    0xf45f027f,
    ({ flags }) => ({ low: 0xff0000, flags: flagsOf(flags, 0xff0000, false) }),
  ],
  "ands r2, r0, #0xc0000000": [
    0xf0104240,
    ({ a, flags }) => ({ low: a & 0xc0000000, flags: flagsOf(flags, a & 0xc0000000, true) }),
  ],
  "tst r0, #0x80000000": [0xf0104f00, ({ a, flags }) => ({ flags: flagsOf(flags, a & 0x80000000, true) })],
  "adds r2, r0, #0xff00ff": [0xf11012ff, ({ a, flags }) => sum(flags, a, 0xff00ff, 0)],
  "subs r2, r0, #255": [0xf1b002ff, ({ a, flags }) => sum(flags, a, ~255, 1)],
  "negs r2, r0": [0x4242, ({ a, flags }) => sum(flags, 0, ~a, 1)],
  "adcs r2, r0, #0x7f000000": [0xf15042fe, ({ a, flags }) => sum(flags, a, 0x7f000000, carryOf(flags))],
  "mul r2, r0, r1": [0xfb00f201, ({ a, b }) => ({ low: Math.imul(a, b) })],
  "mla r2, r0, r1, r0": [0xfb000201, ({ a, b }) => ({ low: Math.imul(a, b) + a })],
  "mls r2, r0, r1, r0": [0xfb000211, ({ a, b }) => ({ low: a - Math.imul(a, b) })],
  "umull r2, r4, r0, r1": [0xfba02401, (before) => product(unsigned, before, 0n)],
  "smull r2, r4, r0, r1": [0xfb802401, (before) => product(signed, before, 0n)],
  "umlal r2, r4, r0, r1": [0xfbe02401, (before) => product(unsigned, before, longOf(before))],
  "smlal r2, r4, r0, r1": [0xfbc02401, (before) => product(signed, before, longOf(before))],
  "sdiv r2, r0, r1": [0xfb90f2f1, ({ a, b }) => ({ low: b === 0 ? 0 : word(signed(a) / signed(b)) })],
  "udiv r2, r0, r1": [0xfbb0f2f1, ({ a, b }) => ({ low: b === 0 ? 0 : word(unsigned(a) / unsigned(b)) })],
  "clz r2, r0": [0xfab0f280, ({ a }) => ({ low: Math.clz32(a) })],
  "rbit r2, r0": [0xfa90f2a0, ({ a }) => ({ low: parseInt([...bitsOf(a)].reverse().join(""), 2) })],
  "rev r2, r0": [0xba02, ({ a }) => ({ low: fromBytes(bytesOf(a).reverse()) })],
  "rev16 r2, r0": [0xba42, ({ a }) => ({ low: fromBytes([1, 0, 3, 2].map((i) => bytesOf(a)[i]!)) })],
  "revsh r2, r0": [0xbac2, ({ a }) => ({ low: (((a & 0xff) << 24) >> 16) | ((a >>> 8) & 0xff) })],
  "sxtb r2, r0": [0xb242, ({ a }) => ({ low: (a << 24) >> 24 })],
  "uxth r2, r0, ror #24": [0xfa1ff2b0, ({ a }) => ({ low: rotate(a, 24) & 0xffff })],
  "ubfx r2, r0, #4, #8": [0xf3c01207, ({ a }) => ({ low: (a >>> 4) & 0xff })],
  "sbfx r2, r0, #28, #4": [0xf3407203, ({ a }) => ({ low: a >> 28 })],
  "bfi r2, r0, #8, #16": [0xf3602217, ({ a, low }) => ({ low: (low & 0xff0000ff) | ((a & 0xffff) << 8) })],
  "bfc r2, #0, #31": [0xf36f021e, ({ low }) => ({ low: low & 0x80000000 })],
  "ssat r2, #8, r0": [0xf3000207, ({ a, flags }) => saturated(signed(a), -128n, 127n, flags)],
  "ssat r2, #1, r0, lsl #3": [0xf30002c0, ({ a, flags }) => saturated(signed(a << 3), -1n, 0n, flags)],
  "usat r2, #8, r0, asr #2": [0xf3a00288, ({ a, flags }) => saturated(signed(a >> 2), 0n, 255n, flags)],
  "usat r2, #0, r0": [0xf3800200, ({ a, flags }) => saturated(signed(a), 0n, 0n, flags)],
};

const edges = [0, 1, -1, 2, -7, 31, 32, 33, 255, 256, 0x7fffffff, -0x80000000, 0x12345678];
const cases: readonly Before[] = edges.flatMap((a, i) =>
  edges.map((b, j) => ({ a, b, low: 0x5a5a5a5a, high: -3, flags: ((i + j) % 2 ? C | Z : V | N) & ~Q })),
);

const read = (before: Before): number[] =>
  [
    [0, before.a],
    [1, before.b],
    [2, before.low],
    [4, before.high],
    [3, before.flags << 24],
  ].flatMap(([register, value]) => constant(register!, value! >>> 0));
const setFlags = 0xf3838800; // msr apsr_nzcvq, r3
const readFlags = 0xf3ef8300; // mrs r3, apsr
const program = (instruction: number): number[] => [
  ...bench,
  ...cases.flatMap((before) => [
    ...[...read(before), setFlags, instruction, readFlags],
    ...[...printWord(2), ...printWord(4), ...printWord(3)],
  ]),
  ...[0x2000, exit], // movs r0, #0
];

/** Registers and flags, as the program prints them. */
function printed({ low, high, flags }: Before): number[] {
  return [low >>> 0, high >>> 0, (flags << 24) >>> 0];
}

test("data processing means what the manual says, results and flags, at the edges too", async () => {
  for (const [name, [instruction, meaning]] of Object.entries(instructions)) {
    const { console } = await runThumb("cortex-m4", program(instruction));
    const words = [...new Uint32Array(console.slice().buffer)];
    assert.equal(words.length, 3 * cases.length);
    for (const [i, before] of cases.entries()) {
      const found = words.slice(3 * i, 3 * i + 3);
      assert.deepEqual(
        found,
        printed({ ...before, ...meaning(before) }),
        `${name}: ${JSON.stringify(before)}`,
      );
    }
  }
});
