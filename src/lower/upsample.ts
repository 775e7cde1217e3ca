/** Resizing: one row of its output from one row of its input, or from two. */
import type { Upsample } from "../graph/graph.ts";
import { blendBits, blends, blendUnits, type Blend } from "../graph/resample.ts";
import { add, copy, declare, f, load, mul, row, shr, store, sub, v } from "../loop/build.ts";
import type { Expr, Stmt } from "../loop/ir.ts";
import type { ConstantData } from "../loop/program.ts";
import { turns } from "./axis.ts";
import { constant, constantAt } from "./constants.ts";
import type { Lowered } from "./lowered.ts";
import { identifier } from "./name.ts";
import { rowStart, type RowRing } from "./ring.ts";
import { staircase } from "./staircase.ts";

export function lowerUpsample(node: Upsample, input: RowRing, output: RowRing): Lowered {
  const { shape } = input.tensor;
  const rows = blends(node, 0, shape.h);
  const columns = blends(node, 1, shape.w);
  const tables = node.mode === "bilinear" ? tablesOf(node, { rows, columns }, input) : {};
  const body =
    tables.rows || tables.columns
      ? blended({ rows, columns, tables, input, output })
      : nearest(rows, columns, input, output);
  return {
    kernel: { name: identifier(node.name), layer: node.name, body },
    constants: [tables.rows, tables.columns].filter((table) => table !== undefined),
  };
}

function nearest(
  rows: readonly Blend[],
  columns: readonly Blend[],
  input: RowRing,
  output: RowRing,
): readonly Stmt[] {
  const { c: channels } = input.tensor.shape;
  return [
    declare("from", rowStart(input, firstOf(rows, row))),
    ...turns("px", columns.length, (px) => [
      copy(
        output.buffer,
        add(rowStart(output, row), mul(px, channels)),
        input.buffer,
        add(v("from"), mul(firstOf(columns, px), channels)),
        channels,
      ),
    ]),
  ];
}

/** The weight of the second place by position; none for an axis that keeps its size and so is not blended. */
interface Tables {
  readonly rows?: ConstantData | undefined;
  readonly columns?: ConstantData | undefined;
}

function tablesOf(
  { name }: Upsample,
  all: { readonly rows: readonly Blend[]; readonly columns: readonly Blend[] },
  { tensor }: RowRing,
): Tables {
  const table = (what: string, list: readonly Blend[]): ConstantData | undefined => {
    if (list.every(({ weight }) => weight === 0)) return undefined;
    const data =
      tensor.dtype === "f32"
        ? Float32Array.from(list, ({ weight }) => weight)
        : Int16Array.from(list, blendUnits);
    return constant(name, what, data);
  };
  return { rows: table("wy", all.rows), columns: table("wx", all.columns) };
}

interface Nest {
  readonly rows: readonly Blend[];
  readonly columns: readonly Blend[];
  readonly tables: Tables;
  readonly input: RowRing;
  readonly output: RowRing;
}

function blended({ rows, columns, tables, input, output }: Nest): readonly Stmt[] {
  const { c: channels } = input.tensor.shape;
  const type = input.tensor.dtype === "f32" ? "f32" : "i32";
  const place = (list: readonly Blend[], px: Expr, which: "first" | "second"): Expr =>
    mul(which === "first" ? firstOf(list, px) : secondOf(list, px), channels);
  const blendedColumns = (start: Expr, oc: Expr): Expr => {
    const x = (at: string): Expr => load(input.buffer, add(start, v(at), oc));
    return tables.columns ? blend(x("left"), x("right"), v("wx", type), type) : x("left");
  };
  return [
    declare("top", rowStart(input, firstOf(rows, row))),
    ...(tables.rows
      ? [declare("bottom", rowStart(input, secondOf(rows, row))), declare("wy", constantAt(tables.rows, row))]
      : []),
    ...turns("px", columns.length, (px) => [
      declare("left", place(columns, px, "first")),
      ...(tables.columns
        ? [declare("right", place(columns, px, "second")), declare("wx", constantAt(tables.columns, px))]
        : []),
      ...turns("oc", channels, (oc) => {
        const above = blendedColumns(v("top"), oc);
        const value = tables.rows
          ? blend(above, blendedColumns(v("bottom"), oc), v("wy", type), type)
          : above;
        const index = add(rowStart(output, row), mul(px, channels), oc);
        return [store(output.buffer, index, rounded(value, tables, type))];
      }),
    ]),
  ];
}

/** first × (1 − weight) + second × weight; an integer weight is in units of 2^−blendBits, and so is the result. */
function blend(first: Expr, second: Expr, weight: Expr, type: "f32" | "i32"): Expr {
  const whole = type === "f32" ? f(1) : 2 ** blendBits;
  return add(mul(first, sub(whole, weight)), mul(second, weight));
}

/** To the nearest byte, halves up. */
function rounded(value: Expr, { rows, columns }: Tables, type: "f32" | "i32"): Expr {
  if (type === "f32") return value;
  const bits = blendBits * [rows, columns].filter((table) => table !== undefined).length;
  return shr(add(value, 2 ** (bits - 1)), bits);
}

const firstOf = (list: readonly Blend[], at: Expr): Expr =>
  staircase(
    list.map(({ first }) => first),
    at,
  );

const secondOf = (list: readonly Blend[], at: Expr): Expr =>
  staircase(
    list.map(({ second }) => second),
    at,
  );
