/**
 * Runs row steps and keeps count: which rows exist, how many reads each still awaits, how many bytes are alive.
 *
 * This is the cheap simulation that searches for orders use; `lifetimes.ts` and `floor.ts` look at a finished order.
 */
import type { Flow, Reach } from "./flow.ts";
import type { Event } from "./plan.ts";

export interface Ledger {
  /** By tensor: rows there are so far; rows come in order. */
  readonly produced: Int32Array;
  /** By row (see `FlowTensor.base`): steps that have yet to read it, and one more that never comes for an output. */
  readonly awaited: Int32Array;
  /** Bytes of rows alive now. */
  live: number;
  /** The most bytes alive at any event so far, scratch included. */
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
  return { produced: new Int32Array(flow.tensors.length), awaited, live: 0, peak: 0 };
}

export function copyLedger(ledger: Ledger): Ledger {
  return { ...ledger, produced: ledger.produced.slice(), awaited: ledger.awaited.slice() };
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
  for (let next = ledger.produced[tensor]!; next <= row; next++) {
    if (producer >= 0) {
      for (const reach of sortReads(flow, ledger, flow.nodes[producer]!.reads[next]!, order)) {
        pull(flow, ledger, reach.tensor, reach.to - 1, order, emit);
      }
    }
    makeRow(flow, ledger, tensor, next, emit);
  }
}

function sortReads(flow: Flow, ledger: Ledger, reads: readonly Reach[], order: PullOrder): readonly Reach[] {
  if (reads.every((reach) => reach.tensor === reads[0]!.tensor)) return reads;
  const need = new Map(reads.map((reach) => [reach, pullBytes(flow, ledger, reach.tensor, reach.to - 1)]));
  const sign = order === "fewest first" ? 1 : -1;
  return [...reads].sort((a, b) => sign * (need.get(a)! - need.get(b)!));
}

/** One event: a row comes to be, its step's scratch comes and goes, and rows read for the last time die. */
function makeRow(flow: Flow, ledger: Ledger, tensor: number, row: number, emit: Emit): void {
  const { name, base, rowBytes, producer } = flow.tensors[tensor]!;
  const node = producer >= 0 ? flow.nodes[producer]! : undefined;
  ledger.produced[tensor] = row + 1;
  ledger.live += rowBytes;
  ledger.peak = Math.max(ledger.peak, ledger.live + (node?.scratchBytes ?? 0));
  emit(node ? node.events[row]! : { kind: "input", tensor: name, row });
  if (ledger.awaited[base + row] === 0) ledger.live -= rowBytes;
  for (const reach of node?.reads[row] ?? []) {
    const read = flow.tensors[reach.tensor]!;
    for (let r = reach.from; r < reach.to; r++) {
      ledger.awaited[read.base + r]! -= 1;
      if (ledger.awaited[read.base + r] === 0) ledger.live -= read.rowBytes;
    }
  }
}

/** Bytes of the rows that `pull` would have made. */
export function pullBytes(flow: Flow, ledger: Ledger, tensor: number, row: number): number {
  const produced = ledger.produced.slice();
  const visit = (t: number, last: number): number => {
    const { producer, rowBytes } = flow.tensors[t]!;
    let bytes = 0;
    for (let next = produced[t]!; next <= last; next++) {
      bytes += rowBytes;
      produced[t] = next + 1;
      if (producer < 0) continue;
      for (const reach of flow.nodes[producer]!.reads[next]!) bytes += visit(reach.tensor, reach.to - 1);
    }
    return bytes;
  };
  return visit(tensor, row);
}
