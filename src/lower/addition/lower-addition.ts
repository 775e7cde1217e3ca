/** A row of sums or differences, each by its linear form: four at a time, and what is left of the row. */
import {
  add,
  assign,
  c,
  clamp,
  declare,
  intrinsic,
  load,
  mul,
  row,
  shr,
  store,
  v,
  wideBytes,
} from "../../loop/build.ts";
import type { Expr, Stmt } from "../../loop/ir.ts";
import type { Add, Sub } from "../../graph/graph.ts";
import { turns } from "../axis.ts";
import type { Lowered } from "../lowered.ts";
import { identifier } from "../name.ts";
import { rowStart, type RowRing } from "../ring.ts";
import { clampOf, type Form } from "./form.ts";

export interface AdditionOptions {
  /** 4: vectors of four sums, for cores with Helium. */
  readonly lanes: 1 | 4;
}

interface Work {
  readonly form: Form;
  readonly left: RowRing;
  readonly right: RowRing;
  readonly output: RowRing;
  readonly low: number;
  readonly high: number;
}

const atOnce = 4;

export function lowerAddition(
  node: Add | Sub,
  [left, right]: readonly [RowRing, RowRing],
  output: RowRing,
  form: Form,
  { lanes }: AdditionOptions,
): Lowered {
  const { min: low, max: high } = clampOf(node, output.tensor);
  const work: Work = { form, left, right, output, low, high };
  const whole = Math.floor(output.rowLength / atOnce);
  const rest = Array.from({ length: output.rowLength % atOnce }, (_, i) => whole * atOnce + i);
  const several = (at: Expr): readonly Stmt[] =>
    lanes === 4
      ? fourSums(work, at)
      : Array.from({ length: atOnce }, (_, i) => oneSum(work, add(at, i), `i${i}`)).flat();
  const body = [
    declare("a", rowStart(left, row)),
    declare("b", rowStart(right, row)),
    declare("to", rowStart(output, row)),
    ...(whole > 0 ? turns("px", whole, (px) => several(mul(px, atOnce))) : []),
    ...rest.flatMap((at, i) => oneSum(work, c(at), `r${i}`)),
  ];
  return { kernel: { name: identifier(node.name), layer: node.name, ordered: true, body }, constants: [] };
}

/** `+%` of products: an addition at a time, so that a core with MLA takes it. */
function oneSum({ form, left, right, output, low, high }: Work, at: Expr, tag: string): readonly Stmt[] {
  const sum = `sum${tag}`;
  const plus = (x: Expr, factor: number): Stmt => assign(sum, add(v(sum), mul(x, factor)));
  return [
    declare(sum, form.constant),
    plus(load(left.buffer, add(v("a"), at)), form.left),
    plus(load(right.buffer, add(v("b"), at)), form.right),
    store(output.buffer, add(v("to"), at), clamp(shr(v(sum), form.shift), low, high)),
  ];
}

function fourSums({ form, left, right, output, low, high }: Work, at: Expr): readonly Stmt[] {
  const plus = (sums: Expr, x: Expr, factor: number): Expr => intrinsic("mulAdd4", sums, x, factor);
  const a = wideBytes(left.buffer, add(v("a"), at));
  const b = wideBytes(right.buffer, add(v("b"), at));
  const sums = plus(plus(intrinsic("splat4", form.constant), a, form.left), b, form.right);
  return [store(output.buffer, add(v("to"), at), intrinsic("shifted4", sums, form.shift, low, high))];
}
