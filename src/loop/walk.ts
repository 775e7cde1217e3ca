/** Ways through a kernel's tree that every analysis and rewrite shares; none of them knows what it looks for. */
import type { Buffer, Expr, Stmt } from "./ir.ts";

export const isZero = (e: Expr): boolean => e.kind === "const" && e.value === 0;

/** The expressions directly inside `e`, in the order they are evaluated. */
export function childrenOf(e: Expr): readonly Expr[] {
  switch (e.kind) {
    case "const":
    case "var":
      return [];
    case "load":
    case "widen":
      return [e.index];
    case "binary":
      return [e.left, e.right];
    case "select":
      return [e.condition, e.then, e.else];
    case "intrinsic":
      return e.args;
  }
}

/** `e` with `change` applied to the expressions directly inside it. */
export function mapChildren(e: Expr, change: (child: Expr) => Expr): Expr {
  switch (e.kind) {
    case "const":
    case "var":
      return e;
    case "load":
    case "widen":
      return { ...e, index: change(e.index) };
    case "binary":
      return { ...e, left: change(e.left), right: change(e.right) };
    case "select":
      return { ...e, condition: change(e.condition), then: change(e.then), else: change(e.else) };
    case "intrinsic":
      return { ...e, args: e.args.map(change) };
  }
}

/** Calls `visit` on `e` and everything inside it. */
export function visitExpr(e: Expr, visit: (e: Expr) => void): void {
  visit(e);
  for (const child of childrenOf(e)) visitExpr(child, visit);
}

/** The expressions a statement evaluates itself; not those of a loop's body. */
export function exprsOf(s: Stmt): readonly Expr[] {
  switch (s.kind) {
    case "for":
      return [s.count];
    case "let":
    case "assign":
      return [s.value];
    case "store":
      return [s.index, s.value];
    case "copy":
      return [s.toIndex, s.fromIndex];
  }
}

/** `s` with `change` applied to the expressions it evaluates itself. */
export function mapExprs(s: Stmt, change: (e: Expr) => Expr): Stmt {
  switch (s.kind) {
    case "for":
      return { ...s, count: change(s.count) };
    case "let":
    case "assign":
      return { ...s, value: change(s.value) };
    case "store":
      return { ...s, index: change(s.index), value: change(s.value) };
    case "copy":
      return { ...s, toIndex: change(s.toIndex), fromIndex: change(s.fromIndex) };
  }
}

/** Calls `visit` on every statement of a block and of the loops in it, outer before inner. */
export function visitStmts(block: readonly Stmt[], visit: (s: Stmt) => void): void {
  for (const s of block) {
    visit(s);
    if (s.kind === "for") visitStmts(s.body, visit);
  }
}

/** Calls `visit` on every expression, and everything inside it, of a block and of the loops in it. */
export function visitExprs(block: readonly Stmt[], visit: (e: Expr) => void): void {
  visitStmts(block, (s) => {
    for (const e of exprsOf(s)) visitExpr(e, visit);
  });
}

/** `block` with every loop in it, innermost first, replaced by the statements `change` makes of it. */
export function mapLoops(
  block: readonly Stmt[],
  change: (loop: Extract<Stmt, { kind: "for" }>) => readonly Stmt[],
): readonly Stmt[] {
  return block.flatMap((s) => (s.kind === "for" ? change({ ...s, body: mapLoops(s.body, change) }) : [s]));
}

/** `e` with names replaced. */
export function substitute(e: Expr, names: ReadonlyMap<string, Expr>): Expr {
  if (e.kind === "var") return names.get(e.name) ?? e;
  return mapChildren(e, (child) => substitute(child, names));
}

/** The names an expression uses. */
export function namesOf(e: Expr): ReadonlySet<string> {
  const names = new Set<string>();
  visitExpr(e, (x) => {
    if (x.kind === "var") names.add(x.name);
  });
  return names;
}

/** Names declared in a block and the loops in it: lets and indices. */
export function declaredIn(block: readonly Stmt[]): ReadonlySet<string> {
  const names = new Set<string>();
  visitStmts(block, (s) => {
    if (s.kind === "let") names.add(s.name);
    if (s.kind === "for") names.add(s.index);
  });
  return names;
}

/** Names a block and the loops in it assign. */
export function assignedIn(block: readonly Stmt[]): ReadonlySet<string> {
  const names = new Set<string>();
  visitStmts(block, (s) => {
    if (s.kind === "assign") names.add(s.name);
  });
  return names;
}

/** Whether a block or a loop in it changes memory. */
export function storesIn(block: readonly Stmt[]): boolean {
  let found = false;
  visitStmts(block, (s) => {
    if (s.kind === "store" || s.kind === "copy") found = true;
  });
  return found;
}

/** The memory an expression reads. */
export function loadsOf(e: Expr): readonly Buffer[] {
  const buffers: Buffer[] = [];
  visitExpr(e, (x) => {
    if (x.kind === "load" || x.kind === "widen") buffers.push(x.buffer);
  });
  return buffers;
}

/** The buffers a block and the loops in it load from, store to or copy. */
export function buffersIn(block: readonly Stmt[]): readonly Buffer[] {
  const buffers: Buffer[] = [];
  visitStmts(block, (s) => {
    if (s.kind === "store") buffers.push(s.buffer);
    if (s.kind === "copy") buffers.push(s.from, s.to);
    for (const e of exprsOf(s)) buffers.push(...loadsOf(e));
  });
  return buffers;
}

const keys = new WeakMap<Expr, string>();

/** A text equal for two expressions exactly when they are the same tree. */
export function keyOf(e: Expr): string {
  const known = keys.get(e);
  if (known !== undefined) return known;
  const key = makeKey(e);
  keys.set(e, key);
  return key;
}

function makeKey(e: Expr): string {
  switch (e.kind) {
    case "const":
      return `${e.type === "f32" ? "f" : ""}${Object.is(e.value, -0) ? "-0" : e.value}`;
    case "var":
      return e.name;
    case "load":
      return `${e.buffer.name}[${keyOf(e.index)}]`;
    case "widen":
      return `${e.buffer.name}[${keyOf(e.index)}:${e.lanes}${e.wide ? "w" : ""}]`;
    case "binary":
      return `(${keyOf(e.left)} ${e.op} ${keyOf(e.right)})`;
    case "select":
      return `(${keyOf(e.condition)} ? ${keyOf(e.then)} : ${keyOf(e.else)})`;
    case "intrinsic":
      return `${e.name}(${e.args.map(keyOf).join(", ")})`;
  }
}
