import assert from "node:assert/strict";
import { test } from "node:test";
import { compileAssembly } from "../support/assembly.ts";
import { random } from "../support/random.ts";

const exported = await compileAssembly(`
  export * from "./arm/dsp/lanes";
  export * from "./arm/dsp/multiply";
  export { qFlag, setQTo, geFlags, setGe } from "./arm/dsp/flags";
`);
const call = (name: string, ...operands: readonly (number | bigint)[]): number | bigint =>
  exported[name]!(...operands) as number | bigint;
const word = (name: string, ...operands: readonly (number | bigint)[]): number =>
  Number(call(name, ...operands)) >>> 0;

const numbers = random(5);
const edges = [
  ...[
    0, 1, -1, 0x7fff7fff, 0x80008000, 0x7fff8000, 0x80007fff, 0x7f7f7f7f, 0x80808080, 0xff00ff00, 0x00010001,
  ],
  ...[0x7fffffff, 0x80000000, 0x55aa55aa, 0xffff0000, 0x0000ffff],
];
const operands = [...edges, ...Array.from({ length: 16 }, () => numbers.int(-0x80000000, 0x7fffffff))];
const pairs = operands.flatMap((n) => operands.map((m) => [n >>> 0, m >>> 0] as const));

/** Lane `i` of so many bits, signed or not. */
function lane(value: number, i: number, bits: number, isUnsigned: boolean): number {
  const low = (value >>> (i * bits)) & (2 ** bits - 1);
  return isUnsigned || low < 2 ** (bits - 1) ? low : low - 2 ** bits;
}
const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);

/** Per shape: bits of a lane, and what is added to lane `i` of Rn, of Rm's lanes. */
const shapes = [
  { shape: 0, bits: 8, sign: () => 1, partner: (i: number) => i },
  { shape: 4, bits: 8, sign: () => -1, partner: (i: number) => i },
  { shape: 1, bits: 16, sign: () => 1, partner: (i: number) => i },
  { shape: 5, bits: 16, sign: () => -1, partner: (i: number) => i },
  { shape: 2, bits: 16, sign: (i: number) => (i === 0 ? -1 : 1), partner: (i: number) => 1 - i },
  { shape: 6, bits: 16, sign: (i: number) => (i === 0 ? 1 : -1), partner: (i: number) => 1 - i },
];
const forms = [0, 1, 2, 4, 5, 6];

for (const form of forms) {
  test(`parallel sums of form ${form}: every lane for itself, GE of those that set it`, () => {
    const isUnsigned = form >= 4;
    for (const { shape, bits, sign, partner } of shapes)
      for (const [n, m] of pairs) {
        let expected = 0;
        let ge = 0;
        for (let i = 0; i < 32 / bits; i++) {
          const sum = lane(n, i, bits, isUnsigned) + sign(i) * lane(m, partner(i), bits, isUnsigned);
          const isGe = isUnsigned && sign(i) === 1 ? sum >= 2 ** bits : sum >= 0;
          if (isGe) ge |= (bits === 8 ? 1 : 3) << ((i * bits) / 8);
          const [low, high] = isUnsigned ? [0, 2 ** bits - 1] : [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1];
          const kept = form % 4 === 1 ? clamp(sum, low, high) : form % 4 === 2 ? Math.floor(sum / 2) : sum;
          expected |= (kept & (2 ** bits - 1)) << (i * bits);
        }
        call("setGe", 5);
        assert.equal(word("parallel", form, shape, n, m), expected >>> 0, `${shape}: ${n} ${m}`);
        assert.equal(call("geFlags"), form % 4 === 0 ? ge : 5, `GE of ${shape}: ${n} ${m}`);
      }
  });
}

test("SEL takes bytes by GE, USADA8 adds absolute differences, extensions and pairs of halves", () => {
  const bytes = [0, 1, 2, 3];
  for (const [n, m] of pairs) {
    for (let ge = 0; ge < 16; ge++) {
      call("setGe", ge);
      const expected = bytes.reduce(
        (all, i) => all | (lane((ge >> i) & 1 ? n : m, i, 8, true) << (8 * i)),
        0,
      );
      assert.equal(word("select", n, m), expected >>> 0);
    }
    const differences = bytes.map((i) => Math.abs(lane(n, i, 8, true) - lane(m, i, 8, true)));
    assert.equal(
      word("absoluteDifferences", n, m, 0xfffffff0),
      differences.reduce((a, b) => a + b, 0xfffffff0) % 2 ** 32,
    );
    const pack = (low: number, high: number): number => ((low & 0xffff) | (high << 16)) >>> 0;
    assert.equal(word("signedBytes", m), pack(lane(m, 0, 8, false), lane(m, 2, 8, false)));
    assert.equal(word("unsignedBytes", m), pack(lane(m, 0, 8, true), lane(m, 2, 8, true)));
    const sums = [0, 1].map((i) => lane(n, i, 16, true) + lane(m, i, 16, true));
    assert.equal(word("addHalves", n, m), pack(sums[0]!, sums[1]!));
  }
});

test("SSAT16 and USAT16 clamp both halves, and set Q if one was outside", () => {
  for (const value of operands)
    for (const [name, low, high] of [
      ...Array.from({ length: 16 }, (_, i) => ["saturateHalves", -(2 ** i), 2 ** i - 1, i + 1] as const),
      ...Array.from({ length: 16 }, (_, i) => ["saturateHalvesUnsigned", 0, 2 ** i - 1, i] as const),
    ].map(([a, b, c, d]) => [[a, d] as const, b, c] as const)) {
      const halves = [0, 1].map((i) => lane(value, i, 16, false));
      const kept = halves.map((half) => clamp(half, low, high));
      call("setQTo", 0);
      const expected = ((kept[0]! & 0xffff) | (kept[1]! << 16)) >>> 0;
      assert.equal(word(name[0], value, name[1]), expected, `${value} ${name.join(" ")}`);
      assert.equal(call("qFlag"), Number(kept.some((half, i) => half !== halves[i])));
    }
});

/** Sums that set Q if they are not 32 bits, of halves l and h, words w, and the accumulator. */
const half = (value: number, i: number): bigint => BigInt(lane(value, i, 16, false));
const whole = (value: number): bigint => BigInt(value | 0);
const sums: Readonly<Record<string, (n: number, m: number, a: number) => bigint>> = {
  smlabb: (n, m, a) => half(n, 0) * half(m, 0) + whole(a),
  smlawb: (n, m, a) => ((whole(n) * half(m, 0)) >> 16n) + whole(a),
  smlad: (n, m, a) => half(n, 0) * half(m, 0) + half(n, 1) * half(m, 1) + whole(a),
  smlsd: (n, m, a) => half(n, 0) * half(m, 0) - half(n, 1) * half(m, 1) + whole(a),
};
const accumulators = [0, 1, -1, 0x7fffffff, -0x80000000, 0x12345678];

for (const [name, meaning] of Object.entries(sums)) {
  test(`${name} wraps, and sets Q if it did`, () => {
    for (const [n, m] of pairs)
      for (const a of accumulators) {
        call("setQTo", 0);
        const exact = meaning(n, m, a);
        assert.equal(word(name, n, m, a), Number(BigInt.asUintN(32, exact)), `${n} ${m} ${a}`);
        assert.equal(call("qFlag"), Number(BigInt.asIntN(32, exact) !== exact), `Q of ${n} ${m} ${a}`);
      }
  });
}

test("long sums and most significant words are exact, and the saturating sums saturate", () => {
  for (const [n, m] of pairs) {
    assert.equal(call("smlalbb", n, m), half(n, 0) * half(m, 0));
    assert.equal(call("smlald", n, m), half(n, 0) * half(m, 0) + half(n, 1) * half(m, 1));
    assert.equal(call("smlsld", n, m), half(n, 0) * half(m, 0) - half(n, 1) * half(m, 1));
    for (const a of accumulators) {
      const accumulator = whole(a) << 32n;
      for (const rounding of [0n, 0x80000000n]) {
        const top = (sum: bigint): number => Number(BigInt.asUintN(32, (sum + rounding) >> 32n));
        assert.equal(word("smmla", n, m, a, rounding), top(accumulator + whole(n) * whole(m)));
        assert.equal(word("smmls", n, m, a, rounding), top(accumulator - whole(n) * whole(m)));
      }
      const expected = BigInt(n) * BigInt(m) + BigInt(a >>> 0) + BigInt(n);
      assert.equal(BigInt.asUintN(64, call("umaal", n, m, a, n) as bigint), expected);
    }
    call("setQTo", 0);
    const sum = whole(n) + whole(m);
    const kept = sum > 0x7fffffffn ? 0x7fffffffn : sum < -0x80000000n ? -0x80000000n : sum;
    assert.equal(BigInt(call("saturate", sum)), kept);
    assert.equal(call("qFlag"), Number(sum !== kept));
  }
});
