/**
 * What printers of every language ask of a program: which names and buffers a kernel uses, and which calls hand results
 * out. Nothing here knows a language, and nothing decides.
 */
import type { Buffer, Kernel } from "../loop/ir.ts";
import type { Call, Program } from "../loop/program.ts";
import { visitExprs, visitStmts } from "../loop/walk.ts";

/** The buffers a kernel touches, each once: those it writes, then those it reads. */
export function buffersOf(kernel: Kernel): readonly Buffer[] {
  const found = new Map<string, Buffer>();
  visitStmts(kernel.body, (s) => {
    if (s.kind === "store") found.set(s.buffer.name, s.buffer);
    if (s.kind === "copy") found.set(s.to.name, s.to).set(s.from.name, s.from);
  });
  visitExprs(kernel.body, (e) => {
    if (e.kind === "load" || e.kind === "widen") found.set(e.buffer.name, e.buffer);
  });
  return [...found.values()];
}

/** Whether a kernel reads or writes memory of the caller. */
export function touches(kernel: Kernel, space: "input" | "output"): boolean {
  return buffersOf(kernel).some((buffer) => buffer.space === space);
}

export function usesName(kernel: Kernel, name: string): boolean {
  let used = false;
  visitExprs(kernel.body, (e) => {
    if (e.kind === "var" && e.name === name) used = true;
  });
  return used;
}

/** The calls of one inference, those that copy results out apart: a printer makes them a function of their own. */
export function splitCalls(program: Program): {
  readonly work: readonly Call[];
  readonly results: readonly Call[];
} {
  const handsOut = program.kernels.map((kernel) => touches(kernel, "output"));
  const first = program.calls.findIndex((call) => handsOut[call.kernel]);
  const results = program.calls.slice(first);
  if (first < 0 || results.some((call) => !handsOut[call.kernel])) {
    throw new Error(`${program.name}: results are not copied out last`);
  }
  return { work: program.calls.slice(0, first), results };
}

/** `count` calls of one kernel on consecutive rows. */
export interface Run {
  readonly kernel: number;
  readonly row: number;
  readonly count: number;
}

/** Run-length code of a call list; no run is longer than `longest`. */
export function runsOf(calls: readonly Call[], longest: number): readonly Run[] {
  const runs: Run[] = [];
  for (const { kernel, row } of calls) {
    const last = runs[runs.length - 1];
    if (last && last.kernel === kernel && last.row + last.count === row && last.count < longest) {
      runs[runs.length - 1] = { ...last, count: last.count + 1 };
    } else runs.push({ kernel, row, count: 1 });
  }
  return runs;
}
