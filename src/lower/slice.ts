/** A slice: the columns and channels of one row of its input. */
import type { Slice } from "../graph/graph.ts";
import { add, row } from "../loop/build.ts";
import { copyColumns } from "./copy-columns.ts";
import type { Lowered } from "./lowered.ts";
import { identifier } from "./name.ts";
import type { RowRing } from "./ring.ts";

export function lowerSlice(node: Slice, input: RowRing, output: RowRing): Lowered {
  const { h, w, c } = node.from;
  const to = { ring: output, row, w: 0, c: 0 };
  const body = copyColumns(to, { ring: input, row: add(row, h), w, c }, node.shape, "px");
  return { kernel: { name: identifier(node.name), layer: node.name, body }, constants: [] };
}
