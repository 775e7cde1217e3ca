/**
 * A recipe whose constants are copied to the arena before the first row of every inference and read from there: for cores that
 * wait for their flash and layers that read their weights many times.
 */
import { tensorOf } from "../graph/build.ts";
import type { Graph, Node } from "../graph/graph.ts";
import { copy } from "../loop/build.ts";
import type { Buffer, Expr, Kernel, Stmt } from "../loop/ir.ts";
import { elementBytes } from "../loop/type-of.ts";
import { mapChildren, mapExprs } from "../loop/walk.ts";
import type { Lowered } from "./lowered.ts";
import { identifier } from "./name.ts";
import type { Recipe } from "./recipe.ts";
import { wholeRing } from "./ring.ts";

/** A constant and where in the layer's piece of the arena it is copied to, in bytes. */
export interface Resident {
  readonly from: Buffer;
  readonly buffer: Buffer;
  readonly offset: number;
}

const wordBytes = 4;

/** `recipe` with its constants in RAM. */
export function inRam(graph: Graph, node: Node, recipe: Recipe): Recipe {
  const whole = (name: string) => wholeRing(tensorOf(graph, name));
  const measured = recipe.lower(node, node.inputs.map(whole), whole(node.output), undefined);
  const residentBytes = bytesOf(residentsOf(measured, Infinity));
  return {
    ...recipe,
    name: `${recipe.name}, from RAM`,
    residentBytes,
    lower: (...args) => moved(recipe.lower(...args), residentBytes),
  };
}

/**
 * One constant behind the other, each at a multiple of 4. Those that find no room are left in flash: a pruned layer that takes
 * its input row by row has all of its weights, where room was measured for those that are not 0.
 */
function residentsOf({ constants }: Lowered, room: number): readonly Resident[] {
  let offset = 0;
  return constants.flatMap(({ buffer: from }) => {
    const bytes = sizeOf(from);
    if (offset + bytes > room) return [];
    offset += bytes;
    const buffer = { ...from, name: `${from.name}_in_ram`, space: "arena" as const };
    return [{ from, buffer, offset: offset - bytes }];
  });
}

/** In whole words. */
const sizeOf = ({ length, type }: Buffer): number =>
  Math.ceil((length * elementBytes[type]) / wordBytes) * wordBytes;

export const bytesOf = (residents: readonly Resident[]): number => {
  const last = residents.at(-1);
  return last ? last.offset + sizeOf(last.buffer) : 0;
};

function moved(lowered: Lowered, room: number): Lowered {
  const resident = residentsOf(lowered, room);
  const places = new Map(resident.map(({ from, buffer }) => [from.name, buffer]));
  const expr = (e: Expr): Expr => {
    const inner = mapChildren(e, expr);
    return inner.kind === "load" || inner.kind === "widen"
      ? { ...inner, buffer: places.get(inner.buffer.name) ?? inner.buffer }
      : inner;
  };
  const block = (stmts: readonly Stmt[]): readonly Stmt[] =>
    stmts.map((s) => {
      const changed = mapExprs(s, expr);
      return changed.kind === "for" ? { ...changed, body: block(changed.body) } : changed;
    });
  return { ...lowered, kernel: { ...lowered.kernel, body: block(lowered.kernel.body) }, resident };
}

const residentName = (node: string): string => `${identifier(node)}_to_ram`;

/** Bytes of constants that a program copies for a node: less than the plan sets aside by what is rounded up, or left in flash. */
export function copiedBytes(kernels: readonly Kernel[], node: string): number {
  const body = kernels.find(({ name }) => name === residentName(node))?.body ?? [];
  return body.reduce((sum, s) => sum + (s.kind === "copy" ? s.count * elementBytes[s.from.type] : 0), 0);
}

/** Copies a layer's constants to their places. */
export function residentKernel(node: Node, residents: readonly Resident[]): Kernel {
  return {
    name: residentName(node.name),
    layer: node.name,
    body: residents.map(({ buffer, from }) => copy(buffer, 0, from, 0, from.length)),
  };
}
