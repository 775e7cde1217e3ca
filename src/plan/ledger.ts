/**
 * Runs row steps and keeps count: which rows exist, how many reads each still awaits, how many bytes are alive.
 *
 * This is the cheap simulation that searches for orders use; `lifetimes.ts` and `floor.ts` look at a finished order.
 */
import type { Flow, FlowNode, Reach } from "./flow.ts";
import type { Event } from "./plan.ts";

export interface Ledger {
  /** By tensor: rows there are so far; rows come in order. */
  readonly produced: Int32Array;
  /** By row (see `FlowTensor.base`): steps that have yet to read it, and one more that never comes for an output. */
  readonly awaited: Int32Array;
  /** By tensor: rows that hold bytes or did; those of a concatenation may do so before they are complete. */
  readonly begun: Int32Array;
  /** Bytes of rows alive now, and of what stays in the arena for good. */
  live: number;
  /** The most bytes alive at any event so far, scratch and accumulators included. */
  peak: number;
}

/** Takes an event as it happens. */
export type Emit = (event: Event) => void;

/** Before the first event: no row is there. */
export function openLedger(flow: Flow): Ledger {
  const awaited = new Int32Array(flow.rows);
  for (const node of flow.nodes) {
    for (const reads of node.reads) {
      for (const reach of reads) {
        const { base } = flow.tensors[reach.tensor]!;
        for (let row = reach.from; row < reach.to; row++) awaited[base + row]! += 1;
      }
    }
  }
  for (const output of flow.outputs) {
    const { base, rows } = flow.tensors[output]!;
    for (let row = 0; row < rows; row++) awaited[base + row]! += 1;
  }
  const perTensor = (): Int32Array => new Int32Array(flow.tensors.length);
  return { produced: perTensor(), begun: perTensor(), awaited, live: flow.residentBytes, peak: 0 };
}

export function copyLedger(ledger: Ledger): Ledger {
  const { produced, begun, awaited } = ledger;
  return { ...ledger, produced: produced.slice(), begun: begun.slice(), awaited: awaited.slice() };
}

/** Lets all frames arrive, before anything runs. */
export function receiveFrames(flow: Flow, ledger: Ledger, emit: Emit): void {
  for (const input of flow.inputs) {
    const { name, rows, rowBytes } = flow.tensors[input]!;
    ledger.live += rows * rowBytes;
    for (let row = 0; row < rows; row++) emit({ kind: "input", tensor: name, row });
  }
  ledger.peak = Math.max(ledger.peak, ledger.live);
  for (const input of flow.inputs) {
    const { base, rows, rowBytes } = flow.tensors[input]!;
    ledger.produced[input] = rows;
    for (let row = 0; row < rows; row++) if (ledger.awaited[base + row] === 0) ledger.live -= rowBytes;
  }
}

/**
 * What a step that reads several tensors pulls first: the one that needs the most new bytes, so that a shortcut's row
 * is made just before the sum that takes it, or the one that needs the fewest, so that what the shortcut reads dies
 * early. Neither is always better.
 */
export type PullOrder = "most first" | "fewest first";

/** Has rows 0 … `row` of a tensor made, and before each of them only what it cannot do without, depth first. */
export function pull(
  flow: Flow,
  ledger: Ledger,
  tensor: number,
  row: number,
  order: PullOrder,
  emit: Emit,
): void {
  const { producer } = flow.tensors[tensor]!;
  for (let next = ledger.produced[tensor]!; next <= row; next = ledger.produced[tensor]!) {
    if (producer < 0) receiveRow(flow, ledger, tensor, next, emit);
    else {
      const node = flow.nodes[producer]!;
      for (const step of stepsFor(node, next)) {
        pullReads(flow, ledger, node, step, order, emit);
        runStep(flow, ledger, node, step, emit);
      }
    }
  }
}

/**
 * Has made what a step reads. Before the first of several parts of a concatenation begins to fill its row, there is all
 * that any of them needs.
 */
function pullReads(
  flow: Flow,
  ledger: Ledger,
  node: FlowNode,
  step: number,
  order: PullOrder,
  emit: Emit,
): void {
  const reads = sortReads(flow, ledger, node.reads[step]!, order);
  for (const { tensor, to } of reads) {
    const { part, producer } = flow.tensors[tensor]!;
    if (!part || ledger.produced[tensor]! >= to) continue;
    const writer = flow.nodes[producer]!;
    for (const first of stepsFor(writer, ledger.produced[tensor]!)) {
      pullReads(flow, ledger, writer, first, order, emit);
    }
  }
  for (const { tensor, to } of reads) pull(flow, ledger, tensor, to - 1, order, emit);
}

/** The steps that make a row: an accumulating node takes all of them, one after the other. */
function stepsFor(node: FlowNode, row: number): Iterable<number> {
  return node.accumulatorBytes === 0 ? [Math.floor(row / node.rowsPerStep)] : node.reads.keys();
}

function sortReads(flow: Flow, ledger: Ledger, reads: readonly Reach[], order: PullOrder): readonly Reach[] {
  if (reads.every((reach) => reach.tensor === reads[0]!.tensor)) return reads;
  const need = new Map(reads.map((reach) => [reach, pullBytes(flow, ledger, reach.tensor, reach.to - 1)]));
  const sign = order === "fewest first" ? 1 : -1;
  return [...reads].sort((a, b) => sign * (need.get(a)! - need.get(b)!));
}

/** One event: a row of a graph input arrives. */
function receiveRow(flow: Flow, ledger: Ledger, tensor: number, row: number, emit: Emit): void {
  const { name, base, rowBytes } = flow.tensors[tensor]!;
  ledger.produced[tensor] = row + 1;
  ledger.live += rowBytes;
  ledger.peak = Math.max(ledger.peak, ledger.live);
  emit({ kind: "input", tensor: name, row });
  if (ledger.awaited[base + row] === 0) ledger.live -= rowBytes;
}

/**
 * One event: the rows a step writes come to be, its scratch comes and goes, and rows read for the last time die. Where
 * it overwrites one of them the two are never alive together.
 */
function runStep(flow: Flow, ledger: Ledger, node: FlowNode, step: number, emit: Emit): void {
  const { base, rowBytes } = flow.tensors[node.output]!;
  const { from, to } = node.writes[step]!;
  if (step === 0) ledger.live += node.accumulatorBytes;
  ledger.produced[node.output] = to;
  ledger.live += begin(flow, ledger, node.output, to);
  const reused = overwritesRow(flow, ledger, node, step) ? rowBytes : 0;
  ledger.peak = Math.max(ledger.peak, ledger.live - reused + node.scratchBytes);
  emit(node.events[step]!);
  for (let row = from; row < to; row++) if (ledger.awaited[base + row] === 0) ledger.live -= rowBytes;
  for (const reach of node.reads[step]!) {
    const read = flow.tensors[reach.tensor]!;
    for (let r = reach.from; r < reach.to; r++) {
      ledger.awaited[read.base + r]! -= 1;
      if (ledger.awaited[read.base + r] === 0) ledger.live -= read.rowBytes;
    }
  }
  if (step === node.reads.length - 1) ledger.live -= node.accumulatorBytes;
}

/** Bytes that come to be held with rows up to `to` of a tensor, or of the one whose rows these are part of. */
function begin(flow: Flow, ledger: Ledger, tensor: number, to: number): number {
  const held = flow.tensors[tensor]!.part?.within ?? tensor;
  const more = Math.max(0, to - ledger.begun[held]!);
  ledger.begun[held]! += more;
  return more * flow.tensors[held]!.rowBytes;
}

/** Whether a step is the last to read a row that it may overwrite. */
function overwritesRow(flow: Flow, ledger: Ledger, node: FlowNode, step: number): boolean {
  return node.overwrites.some((input) => ledger.awaited[flow.tensors[input]!.base + step] === 1);
}

/** Bytes of the rows that `pull` would have made. */
export function pullBytes(flow: Flow, ledger: Ledger, tensor: number, row: number): number {
  const produced = ledger.produced.slice();
  const visit = (t: number, last: number): number => {
    const { producer, rows, rowBytes } = flow.tensors[t]!;
    let bytes = 0;
    for (let next = produced[t]!; next <= last; next = produced[t]!) {
      const node = flow.nodes[producer];
      produced[t] = node ? Math.min(next + node.rowsPerStep, rows) : next + 1;
      bytes += rowBytes * (produced[t]! - next);
      if (!node) continue;
      for (const step of stepsFor(node, next)) {
        for (const reach of node.reads[step]!) bytes += visit(reach.tensor, reach.to - 1);
      }
    }
    return bytes;
  };
  return visit(tensor, row);
}
