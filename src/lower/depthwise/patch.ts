/**
 * The patch: four channels of a tile of the input, channel by channel, row by row, padding filled in. Words of the input
 * hold four channels of a pixel; they are taken apart and put together again with what is multiplied beside them.
 */
import {
  add,
  and,
  assign,
  c,
  clamp,
  declare,
  forLoop,
  less,
  load,
  max,
  min,
  mul,
  pack2,
  row,
  store,
  sub,
  tops2,
  v,
  word,
  wordOf,
  xor,
} from "../../loop/build.ts";
import type { Buffer, Expr, Stmt } from "../../loop/ir.ts";
import { lanesOfWord } from "../dense/source.ts";
import { identifier } from "../name.ts";
import { rowStart, type RowRing } from "../ring.ts";
import { type Depthwise, type Plane, quad } from "./depthwise.ts";

export function patchOf({ node, options, perChannel, input }: Depthwise, dtype: "i8" | "u8"): Buffer {
  return {
    name: `${identifier(node.name)}_patch`,
    type: options.lanes === 2 ? "i32" : dtype,
    length: Math.min(quad, input.c) * perChannel,
    space: "arena",
  };
}

export interface Filling {
  readonly depthwise: Depthwise;
  readonly input: RowRing;
  readonly patch: Buffer;
  readonly tag: string;
}

const zeroPointOf = ({ input }: Filling): number => input.tensor.quantization!.zeroPoint;

/** Declares where the tile at output column `px` lies, and fills the patch with padding if it reaches over the border. */
export function beginTile(filling: Filling, px: Expr): readonly Stmt[] {
  const { depthwise, patch, tag } = filling;
  const { columns, rows, width } = depthwise;
  const zero = zeroPointOf(filling);
  const padding = depthwise.options.lanes === 2 ? wordOf(pack2(zero, zero)) : c(zero);
  return [
    declare(`x${tag}`, sub(mul(px, columns.stride), columns.before)),
    declare(`from${tag}`, max(0, sub(0, v(`x${tag}`)))),
    declare(`inside${tag}`, sub(min(width, sub(columns.size, v(`x${tag}`))), v(`from${tag}`))),
    forLoop(`pad${tag}`, mul(less(v(`inside${tag}`), width), patch.length), [
      store(patch, v(`pad${tag}`), padding),
    ]),
    ...Array.from({ length: rows.kernel }, (_, ky) => beginRow(filling, ky)).flat(),
  ];
}

/** Declares where row `ky` begins and, if it can be outside, a mask that is 0 where it is and what fills it then. */
function beginRow(filling: Filling, ky: number): readonly Stmt[] {
  const { depthwise, input, tag } = filling;
  const { rows } = depthwise;
  const y = add(sub(mul(row, rows.stride), rows.before), ky);
  const at = add(
    rowStart(input, clamp(y, 0, rows.size - 1)),
    mul(add(v(`x${tag}`), v(`from${tag}`)), depthwise.input.c),
  );
  if (!mayLeave(depthwise, ky)) return [declare(`y${tag}k${ky}`, at)];
  const zero = zeroPointOf(filling) & 255;
  const filled = (zero * 0x01010101) | 0;
  return [
    declare(`y${tag}k${ky}`, at),
    declare(`mask${tag}k${ky}`, sub(0, mul(less(-1, y), less(y, rows.size)))),
    ...(zero === 0 ? [] : [declare(`fill${tag}k${ky}`, and(xor(v(`mask${tag}k${ky}`), -1), filled))]),
  ];
}

function mayLeave({ rows }: Depthwise, ky: number): boolean {
  const last = (rows.positions - 1) * rows.stride - rows.before + ky;
  return ky < rows.before || last >= rows.size;
}

/** What was read of row `ky`: itself or padding. */
function masked(filling: Filling, ky: number, x: Expr): Expr {
  if (!mayLeave(filling.depthwise, ky)) return x;
  const there = and(x, v(`mask${filling.tag}k${ky}`));
  return zeroPointOf(filling) === 0 ? there : xor(there, v(`fill${filling.tag}k${ky}`));
}

/** Fills in what the tile has of `count` channels from `channel` on; `part` keeps names apart. */
export function fillPatch(filling: Filling, channel: Expr, count: number, part: string): readonly Stmt[] {
  const { depthwise, tag } = filling;
  const x = `j${tag}${part}`;
  const at = add(mul(v(x), depthwise.input.c), channel);
  const fill: Fill = { filling, count, name: `${tag}${part}`, at, place: add(v(`from${tag}`), v(x)) };
  const before = depthwise.planes.flatMap((plane) => (plane.kind === "neighbours" ? beforeFirst(fill) : []));
  const behind = depthwise.planes.flatMap((plane) =>
    plane.kind === "neighbours" ? behindLast(fill, plane) : [],
  );
  return [
    ...before,
    forLoop(
      x,
      v(`inside${tag}`),
      depthwise.planes.flatMap((plane) => fillPlane(fill, plane)),
    ),
    ...behind,
  ];
}

interface Fill {
  readonly filling: Filling;
  readonly count: number;
  readonly name: string;
  /** From the first element of a row that is there, that of the pixel's first channel. */
  readonly at: Expr;
  /** Of the pixel, in a plane. */
  readonly place: Expr;
}

function fillPlane(fill: Fill, plane: Plane): readonly Stmt[] {
  const first = taken(fill, plane.ky);
  if (plane.kind === "row") return [...first.lets, ...put(fill, plane, fill.place, first.channel)];
  if (plane.kind === "rows") {
    const second = taken(fill, plane.ky + 1);
    const pair = (i: number): Expr => wordOf(beside(first, second, i));
    return [...first.lets, ...second.lets, ...put(fill, plane, fill.place, pair)];
  }
  const last: Taken = { ...first, ...previous(fill) };
  const pair = (i: number): Expr => wordOf(beside(last, first, i));
  const keep = Array.from({ length: registersOf(fill.count) }, (_, r) =>
    assign(`last${fill.name}r${r}`, first.register(r)),
  );
  return [...first.lets, ...put(fill, plane, fill.place, pair), ...keep];
}

/** Registers that hold the channels of a pixel: two lanes each, or each one. */
const registersOf = (count: number): number => (count === quad ? 2 : count);

/** The channels of a pixel in registers: of four channels the even and the odd ones as words of two, else each alone. */
interface Taken {
  readonly lets: readonly Stmt[];
  readonly register: (r: number) => Expr;
  readonly channel: (i: number) => Expr;
  readonly isQuad: boolean;
}

function taken(fill: Fill, ky: number): Taken {
  const { filling, count, name, at } = fill;
  const { input, tag } = filling;
  const isQuad = count === quad && filling.depthwise.options.lanes === 2;
  const register = (r: number): Expr => v(`v${name}k${ky}r${r}`);
  const from = add(v(`y${tag}k${ky}`), at);
  if (!isQuad) {
    const lets = Array.from({ length: count }, (_, i) =>
      declare(`v${name}k${ky}r${i}`, maskedByte(filling, ky, load(input.buffer, add(from, i)))),
    );
    return { lets, register, channel: register, isQuad };
  }
  const x = `w${name}k${ky}`;
  const lets = [
    declare(x, masked(filling, ky, word(input.buffer, from))),
    ...[0, 1].map((r) => declare(`v${name}k${ky}r${r}`, wordOf(lanesOfWord(input, v(x), r)))),
  ];
  return { lets, register, channel: register, isQuad };
}

/** A byte that was read, or the zero point. */
function maskedByte(filling: Filling, ky: number, x: Expr): Expr {
  if (!mayLeave(filling.depthwise, ky)) return x;
  const mask = v(`mask${filling.tag}k${ky}`);
  const zero = zeroPointOf(filling);
  const there = and(x, mask);
  return zero === 0 ? there : add(there, and(xor(mask, -1), zero));
}

/** Channel `i` of two pixels as the lanes of a word: registers of quads have channels r and r + 2. */
function beside(a: Taken, b: Taken, i: number): Expr {
  if (!a.isQuad) return pack2(a.register(i), b.register(i));
  const [x, y] = [a.register(i & 1), b.register(i & 1)];
  return i < 2 ? pack2(x, y) : tops2(x, y);
}

const previous = (fill: Fill): Pick<Taken, "register" | "lets"> => ({
  lets: [],
  register: (r) => v(`last${fill.name}r${r}`),
});

/** Before the first pixel there is padding. */
function beforeFirst({ filling, count, name }: Fill): readonly Stmt[] {
  const zero = zeroPointOf(filling);
  const isQuad = count === quad;
  const padding = isQuad ? (zero & 0xffff) | (zero << 16) : zero;
  return Array.from({ length: registersOf(count) }, (_, r) => declare(`last${name}r${r}`, padding));
}

/** And behind the last one. */
function behindLast(fill: Fill, plane: Plane): readonly Stmt[] {
  const { filling, count, name } = fill;
  const zero = zeroPointOf(filling);
  const isQuad = count === quad;
  const last: Taken = { ...previous(fill), channel: previous(fill).register, isQuad };
  const padding: Taken = { ...last, register: () => c(isQuad ? (zero & 0xffff) | (zero << 16) : zero) };
  const place = add(v(`from${filling.tag}`), v(`inside${filling.tag}`));
  return put({ ...fill, name }, plane, place, (i) => wordOf(beside(last, padding, i)));
}

/** Stores what each channel has in a place of a plane. */
function put(fill: Fill, plane: Plane, place: Expr, value: (i: number) => Expr): readonly Stmt[] {
  const { filling, count } = fill;
  const { depthwise, patch } = filling;
  return Array.from({ length: count }, (_, i) =>
    store(patch, add(place, i * depthwise.perChannel + plane.at), value(i)),
  );
}
