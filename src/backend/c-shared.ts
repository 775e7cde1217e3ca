/**
 * Kernels that differ only in the buffers they touch and in a few numbers are one C function.
 *
 * Layers of one shape in a row, as MobileNet has them, do the same work on other rows and weights; where their rings turn,
 * their slots differ too. Kernels whose loops have other counts share only where a program asks for it: what is saved in
 * bytes costs cycles, as a compiler no longer knows the counts. Numbers by which is shifted or divided stay in the text: a
 * compiler makes most of them. What is unrolled is another text, and another function.
 */
import type { BinaryOp, Buffer, Expr, Kernel, Stmt } from "../loop/ir.ts";
import type { Program } from "../loop/program.ts";
import { mapChildren, mapExprs, visitStmts } from "../loop/walk.ts";
import { touches } from "./text.ts";

/** A kernel's call of the function that serves it. */
export interface Served {
  /** Index of the kernel whose text the function is. */
  readonly leader: number;
  /** The kernel's own buffers in the order of the leader's, and its own values of the numbers that differ. */
  readonly buffers: readonly Buffer[];
  readonly numbers: readonly number[];
}

export interface SharedFunction {
  /** The leader, its differing numbers replaced by the parameters `number_0`, `number_1`, …. */
  readonly kernel: Kernel;
  readonly buffers: readonly Buffer[];
  readonly numbers: readonly string[];
}

/** More parameters than this would cost the calls more than the function saves; the second where counts of loops differ. */
const mostNumbers = { alike: 6, counts: 16 } as const;

/** What is shared: by kernel its call, by leader its function. Kernels that are alone are in neither. */
export interface Sharing {
  readonly served: ReadonlyMap<number, Served>;
  readonly functions: ReadonlyMap<number, SharedFunction>;
}

export function shareKernels({
  kernels,
  sharesCounts = false,
}: Pick<Program, "kernels" | "sharesCounts">): Sharing {
  const served = new Map<number, Served>();
  const functions = new Map<number, SharedFunction>();
  for (const group of groupsOf(kernels).flatMap((all) => worthSharing(all, sharesCounts))) {
    const leader = group[0]!;
    const parameters = parametersOf(group);
    for (const { index, buffers, numbers } of group)
      served.set(index, { leader: leader.index, buffers, numbers: parameters.map(([i]) => numbers[i!]!) });
    functions.set(leader.index, withParameters(kernels[leader.index]!, leader.buffers, parameters));
  }
  return { served, functions };
}

interface Shape {
  readonly index: number;
  readonly key: string;
  readonly buffers: readonly Buffer[];
  readonly numbers: readonly number[];
  /** Of loops. */
  readonly counts: readonly number[];
}

/** Kernels of one text that become one function, where that is smaller: those of the same counts, or all. */
function worthSharing(group: readonly Shape[], sharesCounts: boolean): readonly (readonly Shape[])[] {
  if (sharesCounts && isSmaller(group, mostNumbers.counts)) return [group];
  return grouped(group, ({ counts }) => counts.join()).filter((some) => isSmaller(some, mostNumbers.alike));
}

/** A parameter is about two instructions of a call, a node of a kernel's tree about one. */
function isSmaller(group: readonly Shape[], mostNumbers: number): boolean {
  const parameters = parametersOf(group).length;
  const nodes = group[0]!.key.split('"kind"').length;
  return parameters <= mostNumbers && 2 * (1 + parameters) * group.length < nodes * (group.length - 1);
}

function groupsOf(kernels: readonly Kernel[]): readonly (readonly Shape[])[] {
  const shapes = kernels.flatMap((kernel, index) =>
    touches(kernel, "input") || touches(kernel, "output") ? [] : [shapeOf(kernel, index)],
  );
  return grouped(shapes, ({ key }) => key);
}

function grouped(shapes: readonly Shape[], keyOf: (shape: Shape) => string): readonly (readonly Shape[])[] {
  const groups = new Map<string, Shape[]>();
  for (const shape of shapes) {
    const key = keyOf(shape);
    groups.set(key, [...(groups.get(key) ?? []), shape]);
  }
  return [...groups.values()];
}

/** The places of numbers that differ within a group; places where they always differ alike are one parameter. */
function parametersOf(group: readonly Shape[]): readonly (readonly number[])[] {
  const places = new Map<string, number[]>();
  for (const i of group[0]!.numbers.keys()) {
    const values = group.map(({ numbers }) => numbers[i]!);
    if (values.every((value) => value === values[0])) continue;
    const key = values.join();
    places.set(key, [...(places.get(key) ?? []), i]);
  }
  return [...places.values()];
}

/** The kernel without names and numbers, and what they were. */
function shapeOf(kernel: Kernel, index: number): Shape {
  const numbers: number[] = [];
  const body = mapNumbers(kernel.body, (number) => {
    numbers.push(number.value);
    return { kind: "var", type: "i32", name: "#" };
  });
  const counts: number[] = [];
  visitStmts(kernel.body, (s) => {
    if (s.kind === "for" && s.count.kind === "const") counts.push(s.count.value);
  });
  const names = new Map<string, number>();
  const rename = (name: string): number => names.get(name) ?? names.set(name, names.size).get(name)!;
  const buffers = new Map<string, Buffer>();
  const key = JSON.stringify(body, function (this: { kind?: string }, name: string, value: unknown) {
    if (typeof value === "string" && (name === "name" || name === "index") && this.kind !== "intrinsic")
      return value === "#" || value === "row" ? value : rename(value);
    if (name !== "buffer" && name !== "to" && name !== "from") return value;
    const buffer = value as Buffer;
    buffers.set(buffer.name, buffer);
    return [buffer.type, buffer.space, rename(buffer.name)];
  });
  return { index, key, buffers: [...buffers.values()], numbers, counts };
}

function withParameters(
  kernel: Kernel,
  buffers: readonly Buffer[],
  parameters: readonly (readonly number[])[],
): SharedFunction {
  const names = new Map(parameters.flatMap((places, i) => places.map((at) => [at, `number_${i}`] as const)));
  let at = 0;
  const body = mapNumbers(kernel.body, (number) => {
    const name = names.get(at++);
    return name === undefined ? number : { kind: "var", type: "i32", name };
  });
  return { kernel: { ...kernel, body }, buffers, numbers: parameters.map((_, i) => `number_${i}`) };
}

type NumberExpr = Extract<Expr, { kind: "const" }>;

/**
 * Replaces the integers of a block, always in the same order; not those by which is shifted or divided, of which a compiler
 * makes most.
 */
function mapNumbers(block: readonly Stmt[], change: (number: NumberExpr) => Expr): readonly Stmt[] {
  const expr = (e: Expr): Expr => {
    if (e.kind === "const") return e.type === "i32" ? change(e) : e;
    if (e.kind === "binary" && literalRight.has(e.op) && e.right.kind === "const")
      return { ...e, left: expr(e.left) };
    return mapChildren(e, expr);
  };
  return block.map((s) => {
    if (s.kind !== "for") return mapExprs(s, expr);
    return { ...s, count: expr(s.count), body: mapNumbers(s.body, change) };
  });
}

const literalRight: ReadonlySet<BinaryOp> = new Set<BinaryOp>(["<<", ">>", "/", "%"]);
