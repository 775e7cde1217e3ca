/**
 * The proof of a plan: its events are replayed over a shadow of the arena in which every byte remembers what was
 * written there last. Nothing here trusts how the plan was made; only the row steps of the graph are believed.
 */
import type { Graph } from "../graph/graph.ts";
import type { Rows } from "../graph/rows.ts";
import { flowOfPlan, type Flow, type FlowNode, type FlowPart, type Reach } from "./flow.ts";
import { wordAlignment } from "./place/shape.ts";
import type { Event, Plan, Resident, Ring, Scratch } from "./plan.ts";
import { rowOffset, rowRuns } from "./ring.ts";

interface Shadow {
  readonly plan: Plan;
  readonly flow: Flow;
  /** By byte: what lies there, as a row (see `FlowTensor.base`), or below zero for scratch. */
  readonly bytes: Int32Array;
  /** By tensor: rows written so far. */
  readonly written: Int32Array;
  /** By accumulating node: its last step so far. */
  readonly steps: Map<string, number>;
}

/** What bytes hold that nobody has written yet. */
const nothing = -1;

/** What bytes of scratch hold. */
const work = -2;

/** What the accumulators of the node that writes tensor number t hold. */
const sums = (t: number): number => -3 - t;

/** What resident constant number i is. */
const constant = (flow: Flow, i: number): number => sums(flow.tensors.length + i);

/**
 * Throws unless every row read is still, byte for byte, the row its producer wrote; every step runs once, in order;
 * no step's output or scratch touches what it reads, save a row that is overwritten element by element and what a
 * concatenation finds where it belongs; accumulators
 * keep their bytes from the first step to the last, and resident constants for good; all lies inside the arena and
 * aligned; every output is whole.
 */
export function replay(graph: Graph, plan: Plan): void {
  const flow = flowOfPlan(graph, plan);
  const shadow: Shadow = {
    plan,
    flow,
    bytes: new Int32Array(plan.arenaBytes).fill(nothing),
    written: new Int32Array(flow.tensors.length),
    steps: new Map(),
  };
  checkAddresses(flow, plan);
  const resident = [...plan.resident.values()];
  for (const [i, { offset, bytes }] of resident.entries()) {
    shadow.bytes.fill(constant(flow, i), offset, offset + bytes);
  }
  const delivered = new Set<string>();
  plan.events.forEach((event, at) => {
    run(shadow, event, at);
    if (event.kind === "output") delivered.add(event.tensor);
  });
  for (const [i, piece] of resident.entries()) checkResident(shadow, piece, constant(flow, i));
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
    if (tensor.part) {
      checkPart(flow, plan, tensor.part, ring);
      continue;
    }
    if (ring.rowBytes !== tensor.rowBytes) throw new Error(`${tensor.name}: rows of ${ring.rowBytes} bytes`);
    if (ring.offset % tensor.elementBytes !== 0) throw new Error(`${tensor.name}: offset ${ring.offset}`);
    if (ring.pitch % tensor.elementBytes !== 0) throw new Error(`${tensor.name}: pitch ${ring.pitch}`);
    checkInside(plan, tensor.name, ring.offset, (ring.rows - 1) * ring.pitch + ring.rowBytes);
  }
  const named = [...plan.scratch.values(), ...plan.accumulators.values()].map((p) => ({
    name: p.node,
    ...p,
  }));
  for (const { name, offset, bytes } of [...named, ...plan.resident.values()]) {
    if (offset % wordAlignment !== 0) throw new Error(`${name}: words at offset ${offset}`);
    checkInside(plan, name, offset, bytes);
  }
}

/** Every row must lie just where the concatenation has it, for it will not be copied there. */
function checkPart(flow: Flow, plan: Plan, part: FlowPart, ring: Ring): void {
  const whole = plan.rings.get(flow.tensors[part.within]!.name);
  const { runs, runBytes, runPitch } = ring.part!;
  const isSame =
    whole?.tensor === ring.part!.within &&
    ring.offset === whole.offset + part.from &&
    (["rows", "step", "phase", "pitch"] as const).every((key) => ring[key] === whole[key]) &&
    runs === part.runs &&
    runBytes === part.runBytes &&
    runPitch === part.runPitch &&
    ring.rowBytes === runs * runBytes;
  if (!isSame) throw new Error(`${ring.tensor}: does not lie in the rows of ${ring.part!.within}`);
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
      runStep(shadow, flow.nodes[flow.nodeNumber.get(event.node)!]!, event.step, at);
    }
  }
}

function runStep(shadow: Shadow, node: FlowNode, step: number, at: number): void {
  const reads = node.reads[step]!;
  const writes = node.writes[step]!;
  const scratch = shadow.plan.scratch.get(node.name);
  if (scratch) shadow.bytes.fill(work, scratch.offset, scratch.offset + scratch.bytes);
  if (node.accumulatorBytes > 0) accumulate(shadow, node, step, at);
  for (const reach of reads) read(shadow, reach, at);
  for (let row = writes.from; row < writes.to; row++) write(shadow, node.output, row, at);
  for (const reach of reads) {
    if (!isOverwritten(shadow, node, reach, writes)) read(shadow, reach, at);
  }
  for (let row = writes.from; row < writes.to; row++) {
    read(shadow, { tensor: node.output, from: row, to: row + 1 }, at);
  }
  if (node.accumulatorBytes > 0) checkSums(shadow, node, at);
  if (scratch) checkScratch(shadow, scratch, at);
}

/**
 * Whether the one row written lies at the very bytes of the same row read, by a node that may do so; or the rows read
 * are part of those written, and in their place.
 */
function isOverwritten({ plan, flow }: Shadow, node: FlowNode, { tensor }: Reach, writes: Rows): boolean {
  if (flow.tensors[tensor]!.part?.within === node.output) return true;
  const place = (t: number): number => rowOffset(plan.rings.get(flow.tensors[t]!.name)!, writes.from);
  return node.overwrites.includes(tensor) && place(tensor) === place(node.output);
}

/** The first step sets the sums, every later one must find them. */
function accumulate(shadow: Shadow, node: FlowNode, step: number, at: number): void {
  const { offset, bytes } = shadow.plan.accumulators.get(node.name)!;
  if (shadow.steps.get(node.name) !== (step === 0 ? undefined : step - 1)) {
    throw new Error(`event ${at}: step ${step} of ${node.name} is out of order`);
  }
  shadow.steps.set(node.name, step);
  if (bytes !== node.accumulatorBytes) throw new Error(`${node.name}: accumulators of ${bytes} bytes`);
  if (step === 0) shadow.bytes.fill(sums(node.output), offset, offset + bytes);
  checkSums(shadow, node, at);
}

function checkSums(shadow: Shadow, node: FlowNode, at: number): void {
  const { offset, bytes } = shadow.plan.accumulators.get(node.name)!;
  for (let byte = offset; byte < offset + bytes; byte++) {
    if (shadow.bytes[byte] !== sums(node.output)) {
      throw new Error(`event ${at}: byte ${byte} does not hold the sums of ${node.name}`);
    }
  }
}

function write(shadow: Shadow, tensor: number, row: number, at: number): void {
  const { name, base } = shadow.flow.tensors[tensor]!;
  if (shadow.written[tensor] !== row)
    throw new Error(`event ${at}: ${name} row ${row} is written out of order`);
  shadow.written[tensor] = row + 1;
  for (const { start, bytes } of rowRuns(shadow.plan.rings.get(name)!, row)) {
    shadow.bytes.fill(base + row, start, start + bytes);
  }
}

function read(shadow: Shadow, reach: Reach, at: number): void {
  const { name, base } = shadow.flow.tensors[reach.tensor]!;
  const ring = shadow.plan.rings.get(name)!;
  for (let row = reach.from; row < reach.to; row++) {
    for (const { start, bytes } of rowRuns(ring, row)) {
      for (let byte = start; byte < start + bytes; byte++) {
        if (shadow.bytes[byte] !== base + row) {
          throw new Error(`event ${at}: ${name} row ${row} is not what byte ${byte} holds when it is read`);
        }
      }
    }
  }
}

function checkResident(shadow: Shadow, { name, offset, bytes }: Resident, value: number): void {
  const lost = shadow.bytes.subarray(offset, offset + bytes).findIndex((byte) => byte !== value);
  if (lost !== -1) throw new Error(`byte ${offset + lost} does not hold the constants of ${name} to the end`);
}

function checkScratch(shadow: Shadow, scratch: Scratch, at: number): void {
  for (let byte = scratch.offset; byte < scratch.offset + scratch.bytes; byte++) {
    if (shadow.bytes[byte] !== work)
      throw new Error(`event ${at}: ${scratch.node} writes into its own scratch`);
  }
}
