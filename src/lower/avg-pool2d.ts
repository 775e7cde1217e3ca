/** Average pooling: one row of its output; the divisor follows PyTorch's rule for windows that leave the image. */
import type { AvgPool2d, DType } from "../graph/graph.ts";
import { poolDivisor } from "../graph/taps.ts";
import {
  add,
  assign,
  binary,
  c,
  declare,
  div,
  f,
  less,
  load,
  max,
  mul,
  row,
  select,
  store,
  sub,
  v,
  type Operand,
} from "../loop/build.ts";
import type { Expr, Stmt } from "../loop/ir.ts";
import { axisOf, place, span, turns, type Axis } from "./axis.ts";
import { constant, constantAt } from "./constants.ts";
import type { Lowered } from "./lowered.ts";
import { identifier } from "./name.ts";
import { rowStart, type RowRing } from "./ring.ts";

export function lowerAvgPool2d(node: AvgPool2d, input: RowRing, output: RowRing): Lowered {
  const { shape } = input.tensor;
  const rows = axisOf(node.window, 0, shape.h, output.tensor.shape.h);
  const columns = axisOf(node.window, 1, shape.w, output.tensor.shape.w);
  const divisors = divisorsOf(node, input, rows, columns);
  const body = turns("px", columns.positions, (px) => {
    const kys = span(rows, row, "ky");
    const kxs = span(columns, px, "kx");
    const n = divisors.at(px);
    return [
      ...kys.lets,
      ...kxs.lets,
      ...turns("oc", shape.c, (oc) => [
        ...sum(input, (visit) =>
          turns("ky", kys.count, (ky) => [
            declare("base", rowStart(input, place(rows, row, add(kys.from, ky)))),
            ...turns("kx", kxs.count, (kx) => {
              const column = place(columns, px, add(kxs.from, kx));
              return visit(add(v("base"), mul(column, shape.c), oc));
            }),
          ]),
        ),
        ...divided(input, n),
        store(
          output.buffer,
          add(rowStart(output, row), mul(px, output.pixelPitch), oc),
          v("mean", typeOf(input)),
        ),
      ]),
    ];
  });
  return { kernel: { name: identifier(node.name), layer: node.name, body }, constants: divisors.constants };
}

export const typeOf = (input: RowRing): "f32" | "i32" => (input.tensor.dtype === "f32" ? "f32" : "i32");

/** `acc` = Σ (x − zero point) over the taps that `loops` visits. */
export function sum(
  input: RowRing,
  loops: (visit: (index: Expr) => readonly Stmt[]) => readonly Stmt[],
): Stmt[] {
  const zeroPoint = input.tensor.quantization?.zeroPoint ?? 0;
  const type = typeOf(input);
  const visit = (index: Expr): Stmt[] => {
    const x = load(input.buffer, index);
    return [assign("acc", add(v("acc", type), zeroPoint === 0 ? x : sub(x, zeroPoint)))];
  };
  return [declare("acc", type === "f32" ? f(0) : c(0)), ...loops(visit)];
}

/** `mean` = acc / n: float as it is; integer to the nearest, halves to even, plus the zero point. */
export function divided(input: RowRing, n: Expr): Stmt[] {
  const zeroPoint = input.tensor.quantization?.zeroPoint ?? 0;
  if (typeOf(input) === "f32") return [declare("mean", binary("/", v("acc", "f32"), n))];
  const isOdd = n.kind === "const" && n.value % 2 === 1;
  const above = sub(mul(v("up"), n), v("size"));
  return [
    declare("size", max(v("acc"), sub(0, v("acc")))),
    declare("up", div(add(v("size"), div(n, 2)), n)),
    // A half was rounded up: the even neighbour is the one below where that is odd.
    declare("near", isOdd ? v("up") : select(less(mul(above, 2), n), v("up"), binary("&", v("up"), c(-2)))),
    declare("mean", add(select(less(v("acc"), 0), sub(0, v("near")), v("near")), zeroPoint)),
  ];
}

export function divisorsOf(node: AvgPool2d, input: RowRing, rows: Axis, columns: Axis) {
  const { shape, dtype } = input.tensor;
  const all = Array.from({ length: rows.positions * columns.positions }, (_, i) =>
    poolDivisor(node, shape, Math.floor(i / columns.positions), i % columns.positions),
  );
  return divisorTable(node.name, dtype, all, columns.positions);
}

/** What the window at (y, px) is divided by: one constant, or a table (OH, OW) where windows differ. */
export function divisorTable(layer: string, dtype: DType, all: readonly number[], width: number) {
  const only = new Set(all).size === 1 ? all[0] : undefined;
  if (only !== undefined) return { constants: [], at: () => (dtype === "f32" ? f(only) : c(only)) };
  const table = constant(layer, "divisor", dtype === "f32" ? Float32Array.from(all) : Int32Array.from(all));
  const at = (px: Expr, y: Operand = row): Expr => constantAt(table, add(mul(y, width), px));
  return { constants: [table], at };
}
