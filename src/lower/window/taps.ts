/**
 * The products of a `Stream` in the other order, tap by tap: a weight is loaded, used for every output and forgotten, and a
 * window of elements slides under the outputs. Where registers are few the sums and the window are all that has to stay.
 */
import { assign, declare, v } from "../../loop/build.ts";
import type { Stmt } from "../../loop/ir.ts";
import type { Stream } from "./stream.ts";

/** Adds the products of one row to the accumulators. */
export function streamTaps(stream: Stream): readonly Stmt[] {
  const { columns, kernel, stride, dilation, element, weights, product, sum, type, tag } = stream;
  const loaded = new Set<number>();
  const statements: Stmt[] = [];
  const elementAt = (j: number): string => {
    const name = `${tag}x${j}`;
    if (!loaded.has(j)) statements.push(declare(name, element(j)));
    loaded.add(j);
    return name;
  };
  for (let kx = 0; kx < kernel; kx++) {
    const names = weights.map((_, set) => `${tag}w${set}k${kx}`);
    statements.push(...weights.map(({ load, take }, set) => declare(names[set]!, take(load(kx)))));
    for (let ox = 0; ox < columns; ox++) {
      const x = v(elementAt(ox * stride + kx * dilation), type);
      for (const [set, name] of names.entries()) {
        statements.push(assign(sum(set, ox), product(v(sum(set, ox)), x, v(name, type))));
      }
    }
  }
  return statements;
}
