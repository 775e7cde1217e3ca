/** What a timed run says about a program: by function, by region, by loop, by sort of instruction. */
import { nameCalls } from "./call-paths.ts";
import type { CallPath } from "./call-paths.ts";
import type { InstructionKind } from "./exports.ts";
import { instructionKinds } from "./exports.ts";
import { hex } from "./hex.ts";
import type { ProgramSymbol } from "./image.ts";
import { findLoops } from "./loops.ts";
import type { LoopCount } from "./loops.ts";
import type { CallNode, Cycles, InstructionCount, Reason, RegionCount, Timing } from "./simulation.ts";
import { reasons } from "./simulation.ts";
import { codeSymbols, placeName, symbolAt } from "./symbols.ts";

/** A function's own cycles by reason, and all cycles from its calls to its returns. */
export interface FunctionCount {
  readonly name: string;
  readonly address: number;
  /** By call instructions; 0 of what is only jumped to. */
  readonly calls: number;
  readonly instructions: number;
  readonly ownCycles: number;
  /** With callees, until it returns or jumps to another function; of a recursive one, of its outermost calls. */
  readonly totalCycles: number;
  readonly cycles: Cycles;
}

export interface RegionSummary extends RegionCount {
  /** The function that its mark lies in. */
  readonly name: string;
}

export interface Analysis {
  readonly functions: readonly FunctionCount[];
  readonly regions: readonly RegionSummary[];
  readonly loops: readonly LoopCount[];
  /** Functions within their callers, and regions within functions. */
  readonly calls: CallPath;
  /** Instructions executed, by sort. */
  readonly mix: Readonly<Record<InstructionKind, number>>;
  readonly cycles: Cycles;
}

/** Without symbols, functions begin where calls lead and are named by their addresses. */
export function analyse(
  timing: Timing,
  symbols: readonly ProgramSymbol[],
  marks: readonly { readonly address: number; readonly region: number }[] = [],
): Analysis {
  const named = codeSymbols(symbols);
  const known = named.length > 0 ? named : unnamedFunctions(timing.calls);
  const calls = nameCalls(timing.calls, known);
  return {
    functions: countFunctions(timing, calls, known),
    regions: timing.regions.map((count) => ({
      ...count,
      name: placeName(marks.find(({ region }) => region === count.region)?.address ?? 0, known),
    })),
    loops: findLoops(timing.counts, known),
    calls,
    mix: countKinds(timing.counts),
    cycles: sumCycles(timing.counts),
  };
}

function unnamedFunctions(root: CallNode): ProgramSymbol[] {
  const addresses = new Set<number>();
  const visit = (node: CallNode): void => {
    addresses.add(node.address);
    node.callees.forEach(visit);
  };
  visit(root);
  return [...addresses]
    .sort((a, b) => a - b)
    .map((address) => ({ name: hex(address), address, bytes: 0, kind: "function" }));
}

export function sumCycles(counts: readonly InstructionCount[]): Cycles {
  const sum: Record<Reason, number> = { issue: 0, hazard: 0, control: 0, busy: 0, fetch: 0, data: 0 };
  for (const { cycles } of counts) for (const reason of reasons) sum[reason] += cycles[reason];
  return sum;
}

export function totalOf(cycles: Cycles): number {
  return reasons.reduce((sum, reason) => sum + cycles[reason], 0);
}

function countFunctions(timing: Timing, calls: CallPath, symbols: readonly ProgramSymbol[]): FunctionCount[] {
  const groups = new Map<string, { readonly address: number; readonly counts: InstructionCount[] }>();
  for (const count of timing.counts) {
    const symbol = symbolAt(count.address, symbols);
    const name = symbol?.name ?? hex(count.address);
    const group = groups.get(name) ?? { address: symbol?.address ?? count.address, counts: [] };
    groups.set(name, group);
    group.counts.push(count);
  }
  const totals = inclusive(calls);
  return [...groups]
    .map(([name, { address, counts }]) => {
      const cycles = sumCycles(counts);
      const ownCycles = totalOf(cycles);
      const total = totals.get(name);
      return {
        name,
        address,
        calls: total?.calls ?? 0,
        instructions: cycles.issue,
        ownCycles,
        totalCycles: Math.max(total?.cycles ?? 0, ownCycles),
        cycles,
      };
    })
    .sort((a, b) => b.totalCycles - a.totalCycles || b.ownCycles - a.ownCycles);
}

/** Calls, and cycles with callees, by function: an inner call of a function that is already running adds only a call. */
function inclusive(root: CallPath): Map<string, { readonly calls: number; readonly cycles: number }> {
  const totals = new Map<string, { calls: number; cycles: number }>();
  const visit = (path: CallPath, running: ReadonlySet<string>): void => {
    const { name } = path;
    if (path.region !== undefined) return path.callees.forEach((callee) => visit(callee, running));
    const total = totals.get(name) ?? { calls: 0, cycles: 0 };
    totals.set(name, total);
    total.calls += path.calls;
    if (!running.has(name)) total.cycles += path.totalCycles;
    const inner = new Set(running).add(name);
    path.callees.forEach((callee) => visit(callee, inner));
  };
  visit(root, new Set());
  return totals;
}

function countKinds(counts: readonly InstructionCount[]): Record<InstructionKind, number> {
  const mix = Object.fromEntries(instructionKinds.map((kind) => [kind, 0])) as Record<
    InstructionKind,
    number
  >;
  for (const { kind, executed } of counts) mix[kind] += executed;
  return mix;
}
