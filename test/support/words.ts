/** A program that applies every intrinsic on packed words to random operands, and the bytes it must give. */
import {
  add,
  addWrapping,
  and,
  c,
  copy,
  declare,
  dot,
  evens,
  forLoop,
  halves,
  load,
  mul,
  mulWrapping,
  odds,
  oddsUnsigned,
  pack2,
} from "../../src/loop/build.ts";
import {
  requantizeOnce,
  row,
  shr,
  store,
  subWrapping,
  tops2,
  v,
  word,
  wordOf,
  xor,
} from "../../src/loop/build.ts";
import type { Buffer, Expr, Stmt } from "../../src/loop/ir.ts";
import type { Port, Program } from "../../src/loop/program.ts";
import type { Random } from "./random.ts";

export interface Words {
  readonly program: Program;
  readonly frame: Uint8Array;
  readonly expected: Uint8Array;
}

interface Operands {
  readonly a: number;
  readonly b: number;
  readonly multiplier: number;
  readonly shift: number;
}

/** What each intrinsic means, written apart from `loop/intrinsic.ts`. */
const meanings: readonly { readonly of: (x: Operands) => number; readonly expr: (x: Loaded) => Expr }[] = [
  { of: (x) => onceExactly(x), expr: (x) => requantizeOnce(x.a, x.multiplier, x.shift) },
  { of: (x) => onceExactly(x), expr: (x) => x.first },
  { of: (x) => packed(i8(x.a, 0), i8(x.a, 2)), expr: (x) => wordOf(evens(x.a)) },
  { of: (x) => packed(i8(x.a, 1), i8(x.a, 3)), expr: (x) => wordOf(odds(x.a)) },
  { of: (x) => packed(i8(x.a, 1) & 255, i8(x.a, 3) & 255), expr: (x) => wordOf(oddsUnsigned(x.a)) },
  { of: (x) => packed(x.a, x.b), expr: (x) => wordOf(pack2(x.a, x.b)) },
  { of: (x) => packed(x.a >> 16, x.b >> 16), expr: (x) => wordOf(tops2(x.a, x.b)) },
  { of: (x) => x.a, expr: (x) => wordOf(halves(x.a)) },
  { of: (x) => (x.b + products(x.a, x.b)) | 0, expr: (x) => add(x.b, dot(halves(x.a), halves(x.b))) },
  { of: (x) => exactly(x, (a, b) => a + b), expr: (x) => addWrapping(x.a, x.b) },
  { of: (x) => exactly(x, (a, b) => a - b), expr: (x) => subWrapping(x.a, x.b) },
  { of: (x) => exactly(x, (a, b) => a * b), expr: (x) => mulWrapping(x.a, x.b) },
  { of: (x) => exactly(x, (a, b) => a ^ b), expr: (x) => xor(x.a, x.b) },
  { of: (x) => products(x.a, x.b) >> 1, expr: (x) => shr(dot(halves(x.a), halves(x.b)), 1) },
];

interface Loaded {
  readonly a: Expr;
  readonly b: Expr;
  readonly multiplier: Expr;
  readonly shift: Expr;
  /** The bytes of the first result, as a word that is not aligned. */
  readonly first: Expr;
}

const i8 = (word: number, byte: number): number => new Int8Array(Int32Array.of(word).buffer)[byte]!;
const i16 = (word: number, half: number): number => new Int16Array(Int32Array.of(word).buffer)[half]!;
const packed = (low: number, high: number): number => (low & 0xffff) | (high << 16) | 0;
const products = (a: number, b: number): number =>
  Number(BigInt.asIntN(32, BigInt(i16(a, 0) * i16(b, 0)) + BigInt(i16(a, 1) * i16(b, 1))));

const exactly = ({ a, b }: Operands, op: (a: bigint, b: bigint) => bigint): number =>
  Number(BigInt.asIntN(32, op(BigInt(a), BigInt(b))));

export function onceExactly({ a, multiplier, shift }: Omit<Operands, "b">): number {
  const right = BigInt(-shift);
  const half = (1n << 30n) + (1n << (30n + right));
  return Number((BigInt(a) * BigInt(multiplier) + half) >> (31n + right));
}

export function wordsProgram(numbers: Random, count: number): Words {
  const int32 = (): number => numbers.int(-0x80000000, 0x7fffffff) >> numbers.int(0, 24);
  const operands = Array.from({ length: count }, (_, i): Operands => ({
    a: i === 0 ? -0x80000000 : i === 1 ? 0x7fffffff : int32(),
    b: int32(),
    multiplier: i % 8 === 0 ? 0x7fffffff : numbers.int(1 << 30, 0x7fffffff),
    shift: i < 31 ? -1 - i : numbers.int(-31, -1),
  }));
  const column = (name: keyof Operands) => {
    const buffer: Buffer = { name, type: "i32", length: count, space: "constant" };
    return { buffer, data: Int32Array.from(operands, (x) => x[name]) };
  };
  const constants = {
    a: column("a"),
    b: column("b"),
    multiplier: column("multiplier"),
    shift: column("shift"),
  };
  const at = v("i");
  const length = count * meanings.length * 4;
  const y: Buffer = { name: "y", type: "u8", length, space: "arena" };
  const loaded: Loaded = {
    a: load(constants.a.buffer, at),
    b: load(constants.b.buffer, at),
    multiplier: load(constants.multiplier.buffer, at),
    shift: load(constants.shift.buffer, at),
    first: word(y, mul(at, 4 * meanings.length)),
  };
  const body = meanings.flatMap(({ expr }, m): readonly Stmt[] => [
    declare(`r${m}`, expr(loaded)),
    forLoop(`k${m}`, 4, [
      store(
        y,
        add(mul(at, 4 * meanings.length), v(`k${m}`), 4 * m),
        and(shr(v(`r${m}`), mul(v(`k${m}`), 8)), 255),
      ),
    ]),
  ]);
  const values = operands.flatMap((x) => meanings.map(({ of }) => of(x)));
  return {
    program: programAround(y, forLoop("i", count, body), Object.values(constants)),
    frame: Uint8Array.of(0),
    expected: Uint8Array.from(values.flatMap((value) => [0, 8, 16, 24].map((by) => (value >> by) & 255))),
  };
}

function programAround(y: Buffer, body: Stmt, constants: Program["constants"]): Program {
  const x: Buffer = { name: "x", type: "u8", length: 1, space: "arena" };
  const pushed: Buffer = { ...x, name: "x_in", space: "input" };
  const out: Buffer = { ...y, name: "y_out", space: "output" };
  const port = (name: string, w: number): Port => ({
    name,
    shape: { h: 1, w, c: 1 },
    type: "u8",
    rows: 1,
    rowLength: w,
  });
  return {
    name: "words",
    kernels: [
      { name: "x_input", layer: "x", body: [copy(x, row, pushed, 0, 1)] },
      { name: "y", layer: "y", body: [body] },
      { name: "y_output", layer: "y", body: [copy(out, c(0), y, 0, y.length)] },
    ],
    calls: [0, 1, 2].map((kernel) => ({ kernel, row: 0 })),
    inputKernels: [0],
    inputs: [port("x", 1)],
    outputs: [port("y", y.length)],
    constants,
    arenaBytes: y.length + 1,
    arenaAlignment: 1,
    offsets: new Map([
      ["x", 0],
      ["y", 1],
    ]),
  };
}
