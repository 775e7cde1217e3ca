/**
 * Counts what a program does, exactly, without doing it: each statement's operations times the turns of its loops.
 *
 * Only indices that steer a count are run through; all other loops are multiplied. What is counted is defined in
 * `loop/operation.ts`.
 */
import { type Charge, chargeStmt } from "../loop/cost.ts";
import { evaluateIndex } from "../loop/evaluate-index.ts";
import type { Kernel, Stmt } from "../loop/ir.ts";
import {
  type Counts,
  type KernelWork,
  type LayerCounts,
  type Operation,
  operations,
} from "../loop/operation.ts";
import type { Program } from "../loop/program.ts";
import { type Scope, defineBlock, newScope } from "../loop/range.ts";
import { steeringNames } from "../loop/steer.ts";
import { assignedIn, visitStmts } from "../loop/walk.ts";

/** One entry a layer, in the order of the program's kernels. */
export function countProgram(program: Program): readonly LayerCounts[] {
  const layers = new Map<string, Float64Array>();
  for (const [i, kernel] of program.kernels.entries()) {
    const total = layers.get(kernel.layer) ?? new Float64Array(operations.length);
    layers.set(kernel.layer, total);
    const rows = program.calls.filter((call) => call.kernel === i).map((call) => call.row);
    addCalls(kernel, rows, total);
  }
  return [...layers].map(([layer, counts]) => ({ layer, counts: recordOf(counts) }));
}

/** Calls of one kernel, each with its row. */
export function countCalls(kernel: Kernel, rows: readonly number[]): Counts {
  const total = new Float64Array(operations.length);
  addCalls(kernel, rows, total);
  return recordOf(total);
}

/** The operations in the text of a kernel, each once: what its code is made from. */
export function countWritten({ body }: Kernel): Counts {
  const scope = newScope();
  defineBlock(scope, body, assignedIn(body));
  const total = new Float64Array(operations.length);
  const charge: Charge = (operation, times) => {
    total[indexOf.get(operation)!]! += times;
  };
  charge("call", 1);
  visitStmts(body, (s) => {
    chargeStmt(s, scope, charge);
    if (s.kind === "for") charge("loop", 1);
  });
  return recordOf(total);
}

/** Every kernel of a program with what it does in one inference. */
export function workOf({ kernels, calls }: Program): readonly KernelWork[] {
  return kernels.map((kernel, index) => ({
    layer: kernel.layer,
    family: kernel.family ?? kernel.name,
    done: countCalls(
      kernel,
      calls.filter((call) => call.kernel === index).map(({ row }) => row),
    ),
    written: countWritten(kernel),
  }));
}

function addCalls(kernel: Kernel, rows: readonly number[], total: Float64Array): void {
  const times = new Map<number, number>();
  for (const row of rows) times.set(row, (times.get(row) ?? 0) + 1);
  const count = kernelCounter(kernel);
  for (const [row, calls] of times) {
    const once = count(row);
    for (let o = 0; o < total.length; o++) total[o]! += calls * once[o]!;
    total[indexOf.get("call")!]! += calls;
  }
}

const indexOf: ReadonlyMap<Operation, number> = new Map(operations.map((o, i) => [o, i]));

function recordOf(counts: Float64Array): Counts {
  return Object.fromEntries(operations.map((o, i) => [o, counts[i]!])) as Record<Operation, number>;
}

/** Counts one call of a kernel, by row. */
function kernelCounter(kernel: Kernel): (row: number) => Float64Array {
  const scope = newScope();
  defineBlock(scope, kernel.body, assignedIn(kernel.body));
  const steering = steeringNames(kernel.body, (s) => (s.kind === "for" ? [s.count] : []));
  const run = compileBlock(kernel.body, scope, steering);
  return (row) => {
    const counts = new Float64Array(operations.length);
    run(new Map([["row", row]]), 1, counts);
    return counts;
  };
}

/** Adds `times` the operations of a block to `counts`. */
type Counting = (names: Map<string, number>, times: number, counts: Float64Array) => void;

function compileBlock(block: readonly Stmt[], scope: Scope, steering: ReadonlySet<string>): Counting {
  const fixed = new Float64Array(operations.length);
  const charge: Charge = (operation, times) => {
    fixed[indexOf.get(operation)!]! += times;
  };
  const steps: Counting[] = [];
  for (const s of block) {
    chargeStmt(s, scope, charge);
    if (s.kind === "for") {
      charge("loopExit", 1);
      steps.push(compileLoop(s, scope, steering));
    } else if (s.kind === "let" && steering.has(s.name)) {
      steps.push((names) => {
        const value = evaluateIndex(s.value, names);
        if (value === undefined)
          throw new Error(`${s.name} steers a loop, but its value follows from memory`);
        names.set(s.name, value);
      });
    }
  }
  return (names, times, counts) => {
    for (let o = 0; o < counts.length; o++) counts[o]! += times * fixed[o]!;
    for (const step of steps) step(names, times, counts);
  };
}

function compileLoop(
  s: Extract<Stmt, { kind: "for" }>,
  scope: Scope,
  steering: ReadonlySet<string>,
): Counting {
  const body = compileBlock(s.body, scope, steering);
  const loop = indexOf.get("loop")!;
  return (names, times, counts) => {
    const turns = evaluateIndex(s.count, names);
    if (turns === undefined) throw new Error(`the count of loop ${s.index} follows from memory`);
    if (turns <= 0) return;
    counts[loop]! += times * turns;
    if (!steering.has(s.index)) {
      body(names, times * turns, counts);
      return;
    }
    for (let i = 0; i < turns; i++) {
      names.set(s.index, i);
      body(names, times, counts);
    }
  };
}
