import type { Expr, Kernel, Stmt } from "../ir.ts";
import { add, assign, declare, div, intrinsic, max, mod, mul, sub, v, widen } from "../build.ts";
import { defineIndex, defineLet, rangeOf } from "../range.ts";
import { simplifyExpr } from "../simplify.ts";
import { isZero, mapExprs, substitute } from "../walk.ts";
import { type Context, type Loop, contextOf, releaseNames } from "./context.ts";
import { originOf, takeName } from "./names.ts";
import { type Product, type Reduction, reductionOf } from "./reduction.ts";
import { reductionRegions } from "./region.ts";
import { shareBlock } from "./share.ts";

/**
 * Turns loops of `acc = acc + (x − zp) × w` over adjacent bytes into dot products of `lanes` bytes, and the turns left over
 * into a scalar loop.
 *
 * Eight lanes: each accumulator gets a vector beside it, zero where the accumulator is declared, added to it after the
 * last reduction; i32 addition wraps, so the order of the sum does not matter. Two lanes: a dot product is an i32 and
 * goes straight to the accumulator. Floats are left alone: their order matters.
 */
export function vectorize(kernel: Kernel, name: string, lanes: 2 | 8, rows?: number): Kernel {
  const context = contextOf(kernel, rows);
  const regions = reductionRegions(kernel.body, context.assigned);
  const vectors = new Map<string, string>();
  const allows = (acc: string, loop: string): boolean =>
    lanes === 2 || regions.get(acc)?.loops.has(loop) === true;
  const plan: Plan = { context, name, lanes, vectors, allows };
  const body = rewriteBlock(kernel.body, plan);
  return { ...kernel, body: vectors.size === 0 ? body : withVectors(body, vectors, context) };
}

interface Plan {
  readonly context: Context;
  readonly name: string;
  readonly lanes: 2 | 8;
  /** Name of the vector beside an accumulator, for those that have one. */
  readonly vectors: Map<string, string>;
  /** Whether the loop of this index only adds to the accumulator, and so does all that runs until it is read. */
  readonly allows: (acc: string, loop: string) => boolean;
}

function rewriteBlock(block: readonly Stmt[], plan: Plan): readonly Stmt[] {
  return block.flatMap((s): readonly Stmt[] => {
    if (s.kind !== "for") return [s];
    if (originOf(s.index) !== plan.name) return [{ ...s, body: rewriteBlock(s.body, plan) }];
    const reduction = reductionOf(s, plan.context);
    if (!reduction?.every(({ acc }) => plan.allows(acc, s.index))) return [s];
    return vectorLoop(s, reduction, plan) ?? [s];
  });
}

/** The loop over whole vectors and the loop over the rest; undefined where there is no whole vector. */
function vectorLoop(loop: Loop, reduction: Reduction, plan: Plan): readonly Stmt[] | undefined {
  const { context, lanes } = plan;
  const { scope, names } = context;
  const range = rangeOf(loop.count, scope);
  if (range.hi < lanes) return undefined;
  const elements = range.lo >= 0 ? loop.count : max(loop.count, 0);
  const isMultiple = isZero(simplifyExpr(mod(elements, lanes), scope));
  const before: Stmt[] = [];
  let turns = simplifyExpr(div(elements, lanes), scope);
  if (turns.kind !== "const" && !isMultiple) {
    const name = takeName(names, "turns");
    before.push(declare(name, turns));
    defineLet(scope, name, turns);
    turns = v(name);
  }
  releaseNames(loop, names);
  const main = takeName(names, loop.index);
  defineIndex(scope, main, turns);
  const body = reduction.map((product) => vectorStep(product, loop.index, main, plan));
  const written: Stmt[] = [
    ...before,
    { kind: "for", index: main, count: turns, body: shareBlock(body, names, context.assigned) },
  ];
  if (isMultiple) return written;
  const whole = mul(turns, lanes);
  return [...written, scalarRest(loop, reduction, whole, simplifyExpr(sub(elements, whole), scope), plan)];
}

function vectorStep(product: Product, index: string, main: string, plan: Plan): Stmt {
  const { lanes, context } = plan;
  const at = new Map([[index, mul(v(main), lanes)]]);
  const [a, b] = product.factors.map(({ buffer, index: from, zeroPoint }) => {
    const wide = widen(buffer, simplifyExpr(substitute(from, at), context.scope), lanes);
    return zeroPoint === 0
      ? wide
      : intrinsic("subLanes", wide, intrinsic(lanes === 8 ? "splat" : "splat2", zeroPoint));
  });
  const dot = intrinsic("dot", a!, b!);
  if (lanes === 2) return assign(product.acc, add(v(product.acc), dot));
  let vector = plan.vectors.get(product.acc);
  if (vector === undefined) {
    vector = takeName(context.names, `${originOf(product.acc)}_sums`);
    plan.vectors.set(product.acc, vector);
  }
  return assign(vector, intrinsic("addLanes", v(vector, "i32x4"), dot));
}

function scalarRest(loop: Loop, reduction: Reduction, start: Expr, count: Expr, plan: Plan): Stmt {
  const { names, scope } = plan.context;
  const index = takeName(names, loop.index);
  defineIndex(scope, index, count);
  const at = new Map([[loop.index, add(start, v(index))]]);
  const body = reduction.map(({ original }) =>
    mapExprs(original, (e) => simplifyExpr(substitute(e, at), scope)),
  );
  return { kind: "for", index, count, body };
}

/** Declares every vector after its accumulator and adds it up before the accumulator is first read. */
function withVectors(
  block: readonly Stmt[],
  vectors: ReadonlyMap<string, string>,
  context: Context,
): readonly Stmt[] {
  const regions = reductionRegions(block, context.assigned);
  const place = (inner: readonly Stmt[]): readonly Stmt[] => {
    const written: Stmt[] = [];
    const sums = new Map<number, Stmt[]>();
    inner.forEach((s, i) => {
      written.push(...(sums.get(i) ?? []));
      written.push(s.kind === "for" ? { ...s, body: place(s.body) } : s);
      const vector = s.kind === "let" ? vectors.get(s.name) : undefined;
      if (s.kind !== "let" || vector === undefined) return;
      written.push(declare(vector, intrinsic("zero")));
      const end = regions.get(s.name)!.end;
      const sum = assign(s.name, add(v(s.name), intrinsic("sum", v(vector, "i32x4"))));
      sums.set(end, [...(sums.get(end) ?? []), sum]);
    });
    return [...written, ...(sums.get(inner.length) ?? [])];
  };
  return place(block);
}
