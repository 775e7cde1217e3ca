/** Where a dense layer's blocks take their inputs from: rows as they are, or a few pixels expanded to lanes before. */
import {
  add,
  and,
  declare,
  evens,
  forLoop,
  halves,
  load,
  mul,
  odds,
  oddsUnsigned,
  pack2,
  store,
  v,
  widen,
  word,
  wordOf,
} from "../../loop/build.ts";
import type { Buffer, Expr, Stmt } from "../../loop/ir.ts";
import type { RowRing } from "../ring.ts";
import type { Source } from "./block.ts";

/** The even or odd bytes of a word of a row, as they are meant. */
export function lanesOfWord({ tensor }: RowRing, x: Expr, part: number): Expr {
  if (tensor.dtype === "i8") return part === 0 ? evens(x) : odds(x);
  return part === 0 ? halves(and(x, 0x00ff00ff)) : oddsUnsigned(x);
}

/** Pixels of a row: `pixels` of them, `pitch` elements apart, the first at `from`. */
export interface Pixels {
  readonly input: RowRing;
  readonly from: Expr;
  readonly pixels: number;
  readonly pitch: number;
}

const eachPixel = ({ pixels }: Pick<Pixels, "pixels">, of: (pixel: number) => readonly Stmt[]) =>
  Array.from({ length: pixels }, (_, p) => of(p)).flat();

/** One input at a time. */
export function singleInputs(row: Pixels): Source {
  return {
    take: (name, group) =>
      eachPixel(row, (p) => [
        declare(name(0, p), load(row.input.buffer, add(row.from, group, p * row.pitch))),
      ]),
  };
}

/** Four inputs at a time, one by one; of the last group there may be fewer. */
export function quads(row: Pixels, count = 4): Source {
  return {
    take: (name, group, part) =>
      eachPixel(row, (p) => [
        declare(
          name(part, p),
          part < count ? load(row.input.buffer, add(row.from, mul(group, 4), part + p * row.pitch)) : 0,
        ),
      ]),
  };
}

/** Sixteen inputs at a time. */
export function vectors(row: Pixels): Source {
  return {
    take: (name, group) =>
      eachPixel(row, (p) => [
        declare(name(0, p), widen(row.input.buffer, add(row.from, mul(group, 16), p * row.pitch), 16)),
      ]),
  };
}

/** Four inputs at a time, from the row itself. */
export function rowWords(row: Pixels): Source {
  return {
    take: (name, group, part) =>
      eachPixel(row, (p) => {
        const x = `${name(0, p)}w`;
        const at = add(row.from, mul(group, 4), p * row.pitch);
        return [
          ...(part === 0 ? [declare(x, word(row.input.buffer, at))] : []),
          declare(name(part, p), lanesOfWord(row.input, v(x), part)),
        ];
      }),
  };
}

/** The one to three inputs behind the last whole word. */
export function rowRest(row: Pixels, count: number): Source {
  return {
    take: (name, group, part) =>
      eachPixel(row, (p) => [
        declare(name(part, p), restLanes(row, add(row.from, mul(group, 4), p * row.pitch), count, part)),
      ]),
  };
}

function restLanes({ input }: Pixels, at: Expr, count: number, part: number): Expr {
  const x = (i: number): Expr | number => (i < count ? load(input.buffer, add(at, i)) : 0);
  return pack2(x(part), x(part + 2));
}

/** What `expandPixels` has written. */
export function expanded(scratch: Buffer, pixels: number): Source {
  return {
    take: (name, group, part) =>
      eachPixel({ pixels }, (p) => [
        declare(name(part, p), halves(load(scratch, add(mul(group, 2 * pixels), part * pixels + p)))),
      ]),
  };
}

/** Writes the lanes of `length` inputs of each pixel, (group, half, pixel). */
export function expandPixels(row: Pixels, length: number, scratch: Buffer, tag: string): readonly Stmt[] {
  const { pixels, pitch, input, from } = row;
  const write = (group: Expr | number, p: number, lanes: (part: number) => Expr): readonly Stmt[] =>
    [0, 1].map((part) => store(scratch, add(mul(group, 2 * pixels), part * pixels + p), wordOf(lanes(part))));
  const whole = Math.floor(length / 4);
  const k = `e${tag}`;
  return [
    forLoop(
      k,
      whole,
      eachPixel(row, (p) => {
        const x = `ex${tag}p${p}`;
        return [
          declare(x, word(input.buffer, add(from, mul(v(k), 4), p * pitch))),
          ...write(v(k), p, (part) => lanesOfWord(input, v(x), part)),
        ];
      }),
    ),
    ...(length % 4 === 0
      ? []
      : eachPixel(row, (p) =>
          write(whole, p, (part) => restLanes(row, add(from, 4 * whole + p * pitch), length % 4, part)),
        )),
  ];
}
