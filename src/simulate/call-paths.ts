/** The tree of calls by name: where cycles went, path by path. */
import { hex } from "./hex.ts";
import type { ProgramSymbol } from "./image.ts";
import type { CallNode } from "./simulation.ts";
import { symbolAt } from "./symbols.ts";

/** A function within its caller, or a region that the program's marks delimit within its function. */
export interface CallPath {
  /** The function's, or `layer 3`. */
  readonly name: string;
  readonly address: number;
  /** Of a region: its number. */
  readonly region: number | undefined;
  /** By call instructions; 0 of what is only jumped to. Of a region, times entered. */
  readonly calls: number;
  readonly ownCycles: number;
  readonly totalCycles: number;
  /** Without those of callees, as `ownCycles`. */
  readonly instructions: number;
  /** Calls that were too deep or led to too many functions to be kept apart: their cycles are among this one's own. */
  readonly folded: number;
  /** Most cycles first. */
  readonly callees: readonly CallPath[];
}

/**
 * Names the tree; what one caller calls by several addresses within one function is one path. A region below which
 * another begins is none any more: it ended there, and its cycles are its function's.
 */
export function nameCalls(root: CallNode, symbols: readonly ProgramSymbol[]): CallPath {
  return pathOf(nameOf(root, symbols), [innermostRegions(root).node], symbols);
}

function innermostRegions(node: CallNode): { readonly node: CallNode; readonly hasRegion: boolean } {
  const below = node.callees.map(innermostRegions);
  const ended = below.filter(({ node: { region }, hasRegion }) => region !== undefined && hasRegion);
  const kept = below.filter((one) => !ended.includes(one));
  const sum = (of: (node: CallNode) => number): number =>
    ended.reduce((all, one) => all + of(one.node), of(node));
  return {
    node: {
      ...node,
      cycles: sum(({ cycles }) => cycles),
      instructions: sum(({ instructions }) => instructions),
      folded: sum(({ folded }) => folded),
      callees: [...kept.map((one) => one.node), ...ended.flatMap((one) => one.node.callees)],
    },
    hasRegion: below.some((one) => one.hasRegion || one.node.region !== undefined),
  };
}

function nameOf({ address, region }: CallNode, symbols: readonly ProgramSymbol[]): string {
  if (region !== undefined) return `layer ${region}`;
  return symbolAt(address, symbols)?.name ?? hex(address);
}

function pathOf(name: string, nodes: readonly CallNode[], symbols: readonly ProgramSymbol[]): CallPath {
  const groups = new Map<string, CallNode[]>();
  for (const callee of nodes.flatMap(({ callees }) => callees)) {
    const calleeName = nameOf(callee, symbols);
    groups.set(calleeName, [...(groups.get(calleeName) ?? []), callee]);
  }
  const callees = [...groups]
    .map(([calleeName, group]) => pathOf(calleeName, group, symbols))
    .sort((a, b) => b.totalCycles - a.totalCycles || a.address - b.address);
  const sum = (of: (node: CallNode) => number): number => nodes.reduce((all, node) => all + of(node), 0);
  const ownCycles = sum(({ cycles }) => cycles);
  const { address, region } = nodes[0]!;
  return {
    name,
    address,
    region,
    calls: sum(({ calls }) => calls),
    ownCycles,
    totalCycles: callees.reduce((all, { totalCycles }) => all + totalCycles, ownCycles),
    instructions: sum(({ instructions }) => instructions),
    folded: sum(({ folded }) => folded),
    callees,
  };
}

/** Calls of the whole tree that have no path of their own. */
export function foldedCalls({ folded, callees }: CallPath): number {
  return callees.reduce((sum, callee) => sum + foldedCalls(callee), folded);
}
