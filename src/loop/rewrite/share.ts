import type { Expr, Kernel, Stmt } from "../ir.ts";
import { v } from "../build.ts";
import { isNameAndConstant } from "../simplify.ts";
import { typeOf } from "../type-of.ts";
import { assignedIn, childrenOf, exprsOf, loadsOf, mapChildren, mapExprs, storesIn } from "../walk.ts";
import { type Names, namesIn, takeName } from "./names.ts";

/**
 * Computes once what the statements of one block compute several times; each loop body is a block of its own. A load
 * is the same load only while nothing is stored in between, an assigned name the same only until it is assigned.
 */
export function share(kernel: Kernel): Kernel {
  return { ...kernel, body: shareBlock(kernel.body, namesIn(kernel), assignedIn(kernel.body)) };
}

/** `assigned`: the names some statement of the kernel assigns. */
export function shareBlock(
  block: readonly Stmt[],
  names: Names,
  assigned: ReadonlySet<string>,
): readonly Stmt[] {
  const graph: ValueGraph = { nodes: new Map(), assigned, versions: new Map(), held: new Map(), epoch: 0 };
  const roots = block.map((s) => {
    const nodes = exprsOf(s).map((e) => intern(e, graph));
    for (const node of nodes) node.uses++;
    if (s.kind === "let" && !assigned.has(s.name)) graph.held.set(s.name, nodes[0]!);
    forget(s, graph);
    return nodes;
  });
  return block.flatMap((s, i) => {
    const inner: Stmt = s.kind === "for" ? { ...s, body: shareBlock(s.body, names, assigned) } : s;
    return rebuild(inner, roots[i]!, names, assigned);
  });
}

/** One value: expressions that compute it are one node, whose operands are nodes again. */
interface Value {
  readonly id: number;
  readonly expr: Expr;
  readonly operands: readonly Value[];
  /** Distinct places that use it. */
  uses: number;
  /** What holds it, once it is declared. */
  name?: string;
}

interface ValueGraph {
  readonly nodes: Map<string, Value>;
  readonly assigned: ReadonlySet<string>;
  /** How often each name has been assigned so far, and memory written. */
  readonly versions: Map<string, number>;
  /** What the lets of the block that never change hold: their names are the same values. */
  readonly held: Map<string, Value>;
  epoch: number;
}

function intern(e: Expr, graph: ValueGraph): Value {
  const held = e.kind === "var" ? graph.held.get(e.name) : undefined;
  if (held) return held;
  const operands = childrenOf(e).map((child) => intern(child, graph));
  const key = `${ownKey(e, graph)}(${operands.map((o) => o.id).join(",")})`;
  const known = graph.nodes.get(key);
  if (known) return known;
  const value: Value = { id: graph.nodes.size, expr: e, operands, uses: 0 };
  for (const operand of operands) operand.uses++;
  graph.nodes.set(key, value);
  return value;
}

function ownKey(e: Expr, graph: ValueGraph): string {
  switch (e.kind) {
    case "const":
      return `${e.type} ${Object.is(e.value, -0) ? "-0" : e.value}`;
    case "var":
      return `${e.name}@${graph.versions.get(e.name) ?? 0}`;
    case "load":
    case "widen": {
      const when = e.buffer.space === "constant" ? "" : `@${graph.epoch}`;
      return `${e.kind} ${e.buffer.name} ${e.kind === "widen" ? e.lanes : ""}${when}`;
    }
    case "binary":
      return e.op;
    case "select":
      return "select";
    case "intrinsic":
      return e.name;
  }
}

/** After `s`, what it changed is another value. */
function forget(s: Stmt, graph: ValueGraph): void {
  const changed = s.kind === "assign" ? [s.name] : s.kind === "for" ? assignedIn(s.body) : [];
  for (const name of changed) graph.versions.set(name, (graph.versions.get(name) ?? 0) + 1);
  if (s.kind !== "for" ? storesIn([s]) : storesIn(s.body)) graph.epoch++;
}

/** `s` preceded by the declarations of the shared values it is the first to use. */
function rebuild(
  s: Stmt,
  roots: readonly Value[],
  names: Names,
  assigned: ReadonlySet<string>,
): readonly Stmt[] {
  const declared: Stmt[] = [];
  const written = (value: Value): Expr => {
    let next = 0;
    return mapChildren(value.expr, () => use(value.operands[next++]!));
  };
  const use = (value: Value): Expr => {
    if (value.name === undefined && value.uses > 1 && isWorthSharing(value.expr)) {
      const expr = written(value);
      value.name = takeName(names, nameFor(value.expr));
      declared.push({ kind: "let", name: value.name, value: expr });
    }
    return value.name === undefined ? written(value) : v(value.name, typeOf(value.expr));
  };
  const root = roots[0];
  if (s.kind === "let" && root && root.name === undefined && !assigned.has(s.name) && root.uses > 1) {
    const expr = written(root);
    if (isWorthSharing(root.expr)) root.name = s.name;
    return [...declared, { ...s, value: expr }];
  }
  let next = 0;
  const rebuilt = mapExprs(s, () => use(roots[next++]!));
  return [...declared, rebuilt];
}

function isWorthSharing(e: Expr): boolean {
  switch (e.kind) {
    case "const":
    case "var":
      return false;
    case "binary":
      return !isNameAndConstant(e);
    case "intrinsic":
      return e.name !== "zero";
    case "load":
    case "widen":
    case "select":
      return true;
  }
}

/** What a shared or moved value is called: `at` an address, `x_value` what was loaded from x, `part` anything else. */
export function nameFor(e: Expr): string {
  if (e.kind === "load" || e.kind === "widen")
    return `${e.buffer.name}_${e.kind === "load" ? "value" : "lanes"}`;
  return typeOf(e) === "i32" && loadsOf(e).length === 0 ? "at" : "part";
}
