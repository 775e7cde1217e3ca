/**
 * Proves that a program touches only what it may: every kernel well-formed, every buffer inside the arena or backed by
 * data, every access of every call inside its buffer.
 *
 * Indices that steer a count or stand under `min`, `%` and the like are run through; the others enter an address only
 * as multiples and are bounded by a box, and what follows from memory by all it can be. So, but for look-ups in tables, the proof is exact and takes a small part of the time of a run. What it leaves to others:
 * whether the bytes read are still the right ones (the plan's replay) or written at all (the interpreter).
 */
import { type Affine, affineOf } from "./affine.ts";
import { checkKernel } from "./check.ts";
import { evaluateIndex } from "./evaluate-index.ts";
import type { Buffer, Expr, Kernel, Stmt } from "./ir.ts";
import { printExpr } from "./print.ts";
import type { Program } from "./program.ts";
import { type Scope, defineBlock, expandLets, isIndexValue, newScope, rangeOfAffine } from "./range.ts";
import { steeringNames } from "./steer.ts";
import { verifyLayout } from "./verify-layout.ts";
import { lanesOf, typeOf } from "./type-of.ts";
import { assignedIn, exprsOf, visitExpr } from "./walk.ts";

/** @throws Error naming the kernel, the access and the index: our bug. */
export function verifyProgram(program: Program): void {
  for (const kernel of program.kernels) checkKernel(kernel);
  verifyLayout(program);
  for (const [i, kernel] of program.kernels.entries()) {
    const rows = new Set(program.calls.filter((call) => call.kernel === i).map((call) => call.row));
    verifyAccesses(kernel, rows);
  }
}

/** @throws Error where a call of the kernel with one of these rows leaves a buffer. */
export function verifyAccesses(kernel: Kernel, rows: Iterable<number>): void {
  const scope = newScope();
  defineBlock(scope, kernel.body, assignedIn(kernel.body));
  const steering = steeringNames(kernel.body, (s) => steeringExprs(s, scope));
  const run = compileBlock(kernel.body, { kernel, scope, steering });
  for (const row of rows) run({ values: new Map([["row", row]]), boxes: new Map() });
}

interface Compiling {
  readonly kernel: Kernel;
  readonly scope: Scope;
  readonly steering: ReadonlySet<string>;
}

interface State {
  /** Of `row`, steering indices and the lets between them. */
  readonly values: Map<string, number>;
  /** The last value of every other index. */
  readonly boxes: Map<string, number>;
}

type Step = (state: State) => void;

/** The expressions of a statement whose value has to be known exactly. */
function steeringExprs(s: Stmt, scope: Scope): readonly Expr[] {
  const roots: Expr[] = s.kind === "for" ? [s.count] : [];
  const addNonlinear = (e: Expr): void => {
    for (const { atom } of affineOf(e).terms.values()) {
      if (atom.kind !== "var" && isIndexValue(atom, scope)) roots.push(atom);
    }
  };
  for (const { index } of accessesOf(s)) addNonlinear(index);
  if (s.kind === "let" && isIndexValue(s.value, scope)) addNonlinear(s.value);
  return roots;
}

interface Access {
  readonly buffer: Buffer;
  readonly index: Expr;
  /** Elements from the index on. */
  readonly length: number;
}

function accessesOf(s: Stmt): readonly Access[] {
  const accesses: Access[] = [];
  if (s.kind === "store")
    accesses.push({
      buffer: s.buffer,
      index: s.index,
      length: (lanesOf(typeOf(s.value)) - 1) * (s.pitch ?? 1) + 1,
    });
  if (s.kind === "copy") {
    accesses.push({ buffer: s.to, index: s.toIndex, length: s.count });
    accesses.push({ buffer: s.from, index: s.fromIndex, length: s.count });
  }
  for (const e of exprsOf(s)) {
    visitExpr(e, (x) => {
      if (x.kind === "load") accesses.push({ buffer: x.buffer, index: x.index, length: 1 });
      if (x.kind === "widen") accesses.push({ buffer: x.buffer, index: x.index, length: x.lanes });
    });
  }
  return accesses;
}

/** Accesses of one buffer whose addresses differ by a constant: one check serves all. */
interface Span {
  readonly buffer: Buffer;
  readonly terms: Affine["terms"];
  low: number;
  high: number;
  readonly example: Expr;
}

function compileBlock(block: readonly Stmt[], compiling: Compiling): Step {
  const steps: Step[] = [];
  const spans = new Map<string, Span>();
  for (const s of block) {
    for (const access of accessesOf(s)) addSpan(spans, access, compiling);
    if (s.kind === "for") steps.push(compileLoop(s, compiling));
    else if (s.kind === "let" && compiling.steering.has(s.name)) {
      const what = `the value of ${s.name}`;
      steps.push(({ values }) => void values.set(s.name, valueOf(s.value, values, what, compiling.kernel)));
    }
  }
  // Addresses use the block's lets, so they are checked once those have their values.
  const checks = [...spans.values()].map((span) => compileSpan(span, compiling));
  return (state) => {
    for (const step of steps) step(state);
    for (const check of checks) check(state);
  };
}

function addSpan(spans: Map<string, Span>, { buffer, index, length }: Access, { scope }: Compiling): void {
  const { terms, constant } = affineOf(index, expandLets(scope));
  const key = `${buffer.name} ${[...terms]
    .map(([name, t]) => `${name}*${t.coefficient}`)
    .sort()
    .join(" ")}`;
  const span = spans.get(key);
  if (!span) {
    spans.set(key, { buffer, terms, low: constant, high: constant + length, example: index });
    return;
  }
  span.low = Math.min(span.low, constant);
  span.high = Math.max(span.high, constant + length);
}

function compileLoop(s: Extract<Stmt, { kind: "for" }>, compiling: Compiling): Step {
  const body = compileBlock(s.body, compiling);
  const isSteering = compiling.steering.has(s.index);
  const what = `the count of loop ${s.index}`;
  return (state) => {
    const turns = valueOf(s.count, state.values, what, compiling.kernel);
    if (turns <= 0) return;
    if (!isSteering) {
      state.boxes.set(s.index, turns - 1);
      body(state);
      return;
    }
    for (let i = 0; i < turns; i++) {
      state.values.set(s.index, i);
      body(state);
    }
  };
}

function valueOf(e: Expr, values: ReadonlyMap<string, number>, what: string, kernel: Kernel): number {
  const value = evaluateIndex(e, values);
  if (value === undefined) {
    throw new Error(
      `kernel ${kernel.name}: ${what}, ${printExpr(e)}, is not known, or divides a negative number`,
    );
  }
  return value;
}

function compileSpan(span: Span, compiling: Compiling): Step {
  const all = [...span.terms].map(([name, t]) => ({ name, ...t }));
  const terms = all.filter(({ atom }) => isIndexValue(atom, compiling.scope));
  const data = { terms: new Map(all.filter((t) => !terms.includes(t)).map((t) => [t.name, t])), constant: 0 };
  const looked = rangeOfAffine(data, compiling.scope);
  const what = `an index into ${span.buffer.name}`;
  return ({ values, boxes }) => {
    let low = span.low + looked.lo;
    let high = span.high + looked.hi;
    for (const { name, atom, coefficient } of terms) {
      const box = atom.kind === "var" && !values.has(name) ? boxes.get(name) : undefined;
      if (box === undefined) {
        const value = coefficient * valueOf(atom, values, what, compiling.kernel);
        low += value;
        high += value;
      } else if (coefficient > 0) high += coefficient * box;
      else low += coefficient * box;
    }
    if (low < 0 || high > span.buffer.length) throw outside(span, low, high, values, compiling.kernel);
  };
}

function outside(
  span: Span,
  low: number,
  high: number,
  values: ReadonlyMap<string, number>,
  kernel: Kernel,
): Error {
  const at = [...values].map(([name, value]) => `${name} = ${value}`).join(", ");
  return new Error(
    `kernel ${kernel.name}: ${span.buffer.name}[${printExpr(span.example)}] reaches elements ${low} to ${high - 1} ` +
      `of ${span.buffer.length} where ${at}`,
  );
}
