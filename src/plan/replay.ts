/**
 * The proof of a plan: its events are replayed over a shadow of the arena in which every byte remembers what was
 * written there last. Nothing here trusts how the plan was made; only the row steps of the graph are believed.
 */
import type { Graph } from "../graph/graph.ts";
import { flowOf, type Flow, type Reach } from "./flow.ts";
import type { Event, Plan, Ring, Scratch } from "./plan.ts";

interface Shadow {
  readonly plan: Plan;
  readonly flow: Flow;
  /** By byte: what lies there, as a row (see `FlowTensor.base`), or below zero for scratch. */
  readonly bytes: Int32Array;
  /** By tensor: rows written so far. */
  readonly written: Int32Array;
}

/** What bytes hold that nobody has written yet. */
const nothing = -1;

/** What bytes of scratch hold. */
const work = -2;

/**
 * Throws unless every row read is still, byte for byte, the row its producer wrote; every step runs once, in order;
 * no step's output or scratch touches what it reads; all lies inside the arena and aligned; every output is whole.
 */
export function replay(graph: Graph, plan: Plan): void {
  const flow = flowOf(graph);
  const shadow: Shadow = {
    plan,
    flow,
    bytes: new Int32Array(plan.arenaBytes).fill(nothing),
    written: new Int32Array(flow.tensors.length),
  };
  checkAddresses(flow, plan);
  const delivered = new Set<string>();
  plan.events.forEach((event, at) => {
    run(shadow, event, at);
    if (event.kind === "output") delivered.add(event.tensor);
  });
  for (const tensor of flow.tensors) {
    const rows = shadow.written[flow.tensorNumber.get(tensor.name)!]!;
    if (rows !== tensor.rows)
      throw new Error(`${tensor.name}: ${rows} of ${tensor.rows} rows are ever written`);
    if (tensor.isOutput && !delivered.has(tensor.name)) throw new Error(`${tensor.name}: never handed over`);
  }
}

function checkAddresses(flow: Flow, plan: Plan): void {
  for (const tensor of flow.tensors) {
    const ring = plan.rings.get(tensor.name);
    if (!ring) throw new Error(`${tensor.name}: has no ring`);
    if (ring.rowBytes !== tensor.rowBytes) throw new Error(`${tensor.name}: rows of ${ring.rowBytes} bytes`);
    if (ring.offset % tensor.elementBytes !== 0) throw new Error(`${tensor.name}: offset ${ring.offset}`);
    checkInside(plan, tensor.name, ring.offset, ring.rows * ring.rowBytes);
  }
  for (const piece of plan.scratch.values()) checkInside(plan, piece.node, piece.offset, piece.bytes);
}

function checkInside(plan: Plan, owner: string, offset: number, bytes: number): void {
  if (offset < 0 || offset + bytes > plan.arenaBytes) {
    throw new Error(`${owner}: bytes ${offset} to ${offset + bytes} of an arena of ${plan.arenaBytes}`);
  }
}

function run(shadow: Shadow, event: Event, at: number): void {
  const { flow, plan } = shadow;
  switch (event.kind) {
    case "input":
      if (plan.frame === "resident" && plan.events.slice(0, at).some((before) => before.kind !== "input")) {
        throw new Error(`event ${at}: a resident frame arrives late`);
      }
      write(shadow, flow.tensorNumber.get(event.tensor)!, event.row, at);
      break;
    case "output": {
      const tensor = flow.tensorNumber.get(event.tensor)!;
      read(shadow, { tensor, from: 0, to: flow.tensors[tensor]!.rows }, at);
      break;
    }
    case "step": {
      const node = flow.nodes[flow.nodeNumber.get(event.node)!]!;
      const reads = node.reads[event.step]!;
      const scratch = plan.scratch.get(event.node);
      if (scratch) shadow.bytes.fill(work, scratch.offset, scratch.offset + scratch.bytes);
      for (const reach of reads) read(shadow, reach, at);
      write(shadow, node.output, event.step, at);
      for (const reach of reads) read(shadow, reach, at);
      if (scratch) checkScratch(shadow, scratch, at);
    }
  }
}

function place(ring: Ring, row: number): number {
  return ring.offset + (row % ring.rows) * ring.rowBytes;
}

function write(shadow: Shadow, tensor: number, row: number, at: number): void {
  const { name, base } = shadow.flow.tensors[tensor]!;
  if (shadow.written[tensor] !== row)
    throw new Error(`event ${at}: ${name} row ${row} is written out of order`);
  shadow.written[tensor] = row + 1;
  const ring = shadow.plan.rings.get(name)!;
  const start = place(ring, row);
  shadow.bytes.fill(base + row, start, start + ring.rowBytes);
}

function read(shadow: Shadow, reach: Reach, at: number): void {
  const { name, base } = shadow.flow.tensors[reach.tensor]!;
  const ring = shadow.plan.rings.get(name)!;
  for (let row = reach.from; row < reach.to; row++) {
    const start = place(ring, row);
    for (let byte = start; byte < start + ring.rowBytes; byte++) {
      if (shadow.bytes[byte] !== base + row) {
        throw new Error(`event ${at}: ${name} row ${row} is not what byte ${byte} holds when it is read`);
      }
    }
  }
}

function checkScratch(shadow: Shadow, scratch: Scratch, at: number): void {
  for (let byte = scratch.offset; byte < scratch.offset + scratch.bytes; byte++) {
    if (shadow.bytes[byte] !== work)
      throw new Error(`event ${at}: ${scratch.node} writes into its own scratch`);
  }
}
