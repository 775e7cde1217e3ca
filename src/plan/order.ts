/**
 * Orders of events: the network, in the order of its nodes, is cut into stages. Inside a stage rows are pulled on
 * demand from its last tensors, depth first; at a cut every tensor so far is complete. Layer by layer is the order
 * with a cut after every node.
 */
import type { Flow } from "./flow.ts";
import {
  openLedger,
  pull,
  pullBytes,
  receiveFrames,
  type Emit,
  type Ledger,
  type PullOrder,
} from "./ledger.ts";
import type { Event, FramePolicy } from "./plan.ts";

/** Cuts by number, ascending: cut c lies before node c. The ends, 0 and the number of nodes, are not among them. */
export type Cuts = readonly number[];

/** Layer by layer: a cut before every node but the first. */
export function layerByLayer(flow: Flow): Staging {
  return { cuts: flow.nodes.slice(1).map((_, n) => n + 1), pulls: "most first" };
}

/** How a network is cut and what its stages pull first. */
export interface Staging {
  readonly cuts: Cuts;
  readonly pulls: PullOrder;
}

/** All events of an inference in these stages. Outputs are handed over last. */
export function orderOf(flow: Flow, staging: Staging, frame: FramePolicy): readonly Event[] {
  const events: Event[] = [];
  const emit: Emit = (event) => events.push(event);
  const ledger = openLedger(flow);
  if (frame === "resident") receiveFrames(flow, ledger, emit);
  const bounds = [0, ...staging.cuts, flow.nodes.length];
  for (let s = 0; s + 1 < bounds.length; s++) {
    runStage(flow, ledger, bounds[s]!, bounds[s + 1]!, staging.pulls, emit);
  }
  for (const output of flow.outputs) events.push({ kind: "output", tensor: flow.tensors[output]!.name });
  return events;
}

/** Runs nodes [from, to) to their last row. Inputs nobody will read any more arrive to their last row, too. */
export function runStage(
  flow: Flow,
  ledger: Ledger,
  from: number,
  to: number,
  pulls: PullOrder,
  emit: Emit,
): void {
  const inStage = (node: number): boolean => node >= from && node < to;
  const written = flow.nodes.slice(from, to).map((node) => node.output);
  const ends = written.filter((tensor) => !flow.tensors[tensor]!.readers.some(inStage));
  for (let end = nextEnd(flow, ledger, ends); end !== undefined; end = nextEnd(flow, ledger, ends)) {
    pull(flow, ledger, end, ledger.produced[end]!, pulls, emit);
  }
  const done = flow.inputs.filter((input) => flow.tensors[input]!.readers.every((node) => node < to));
  for (const tensor of [...done, ...written])
    pull(flow, ledger, tensor, flow.tensors[tensor]!.rows - 1, pulls, emit);
}

/** Of a stage's last tensors, the one whose next row needs the fewest new bytes; of equals, the one furthest behind. */
function nextEnd(flow: Flow, ledger: Ledger, ends: readonly number[]): number | undefined {
  const open = ends.filter((end) => ledger.produced[end]! < flow.tensors[end]!.rows);
  if (open.length <= 1) return open[0];
  const ranked = open.map((end) => ({
    end,
    bytes: pullBytes(flow, ledger, end, ledger.produced[end]!),
    progress: ledger.produced[end]! / flow.tensors[end]!.rows,
  }));
  return ranked.reduce((a, b) =>
    b.bytes < a.bytes || (b.bytes === a.bytes && b.progress < a.progress) ? b : a,
  ).end;
}
