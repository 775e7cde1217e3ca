/** A block's pixels for a group of output channels: sums, the maximum of a pooling window, one byte each. */
import { add, assign, c, declare, max, v } from "../../loop/build.ts";
import type { Expr, Stmt } from "../../loop/ir.ts";
import { turns } from "../axis.ts";
import type { Finish } from "./finish.ts";
import { channelOf, declareSums, range, sumAt, wholeSum, type Group } from "./sums.ts";

/** @param px The group's first pixel. */
export function pixelsOf(group: Group, finish: Finish, px: Expr): readonly Stmt[] {
  const { rows, columns } = group.geometry.pool;
  const pixels = range(group.block.pixels).flatMap((p) => range(group.size).map((o) => ({ p, o })));
  const byte = (sum: Expr, o: number): Expr => finish.byte(wholeSum(group, o, sum), channelOf(group, o));
  const put = (value: Expr, { p, o }: Pixel): Stmt => finish.store(value, channelOf(group, o), add(px, p));
  if (rows.kernel * columns.kernel === 1) {
    return [
      ...declareSums(group, c(0)),
      ...pixels.map((at) => put(byte(sumAt(group, at.o, at.p), at.o), at)),
    ];
  }
  const { poolOnSums } = group.options;
  const best = ({ p, o }: Pixel): string => `best${group.tag}c${o}p${p}`;
  const candidate = (o: number, ox: number): Expr => {
    const sum = sumAt(group, o, ox);
    return poolOnSums ? sum : byte(sum, o);
  };
  return [
    ...pixels.map((at) => declare(best(at), poolOnSums ? -0x80000000 : finish.lowest)),
    ...turns(`wy${group.tag}`, rows.kernel, (wy) => [
      ...declareSums(group, wy),
      ...pixels.flatMap((at) =>
        range(columns.kernel).map((wx) =>
          assign(best(at), max(v(best(at)), candidate(at.o, at.p * columns.stride + wx))),
        ),
      ),
    ]),
    ...pixels.map((at) => put(poolOnSums ? byte(v(best(at)), at.o) : v(best(at)), at)),
  ];
}

interface Pixel {
  readonly p: number;
  readonly o: number;
}
