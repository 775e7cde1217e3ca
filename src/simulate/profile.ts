/** Reads the counters that a timed run left in the simulator's memory. */
import { instructionKinds } from "./exports.ts";
import type { SimulatorExports } from "./exports.ts";
import { readRegions } from "./regions.ts";
import type { MemoryRegion } from "./region.ts";
import { granuleBytes } from "./region.ts";
import type { CallNode, Cycles, InstructionCount, Timing } from "./simulation.ts";

/** Offsets in an entry and in a call node, as `assembly/machine/code.ts` and `calls.ts` lay them out. */
const entryBytes = 96;
const entry = {
  length: 5, cost: 6, takenCost: 7, immediate: 8, pc: 12, target: 16, hazard: 22, unaligned: 23,
  executed: 24, taken: 32, busy: 40, fetch: 48, data: 56, hazards: 64, control: 72, paired: 88,
} as const; // prettier-ignore
const node = {
  function: 0, part: 4, callee: 8, sibling: 12, entered: 16, cycles: 24, instructions: 32, folded: 40,
} as const; // prettier-ignore

export function readTiming(exported: SimulatorExports, regions: readonly MemoryRegion[]): Timing {
  const view = new DataView(exported.memory.buffer);
  return {
    cycles: Number(exported.cycleCount()),
    counts: regions.flatMap((region) => countsOf(exported, view, region)),
    calls: readNode(view, exported.callTree()),
    regions: readRegions(exported, (at) => count(view, at)),
  };
}

function countsOf(exported: SimulatorExports, view: DataView, region: MemoryRegion): InstructionCount[] {
  const counts: InstructionCount[] = [];
  for (let address = region.address; address < region.address + region.bytes; address += granuleBytes) {
    const page = exported.codePage(address) >>> 0;
    if (page === 0) continue;
    for (let i = 0; i < granuleBytes / 2; i++) {
      const at = page + i * entryBytes;
      if (view.getBigUint64(at + entry.executed, true) > 0n) counts.push(readEntry(exported, view, at));
    }
  }
  return counts;
}

function readEntry(exported: SimulatorExports, view: DataView, at: number): InstructionCount {
  const target = view.getUint32(at + entry.target, true);
  return {
    address: view.getUint32(at + entry.pc, true),
    bytes: view.getUint8(at + entry.length),
    kind: instructionKinds[exported.kindOf(at)]!,
    executed: count(view, at + entry.executed),
    taken: count(view, at + entry.taken),
    target: target === 0 ? undefined : view.getUint32(target + entry.pc, true),
    cycles: readCycles(view, at),
  };
}

/**
 * Splits the two static costs by what they are made of, and adds what was counted as it happened; where less than the
 * cost went by, as of an instruction whose condition fails, that is negative.
 */
function readCycles(view: DataView, at: number): Cycles {
  const taken = count(view, at + entry.taken);
  const executed = count(view, at + entry.executed);
  const hazard = view.getUint8(at + entry.hazard);
  const unaligned = view.getUint8(at + entry.unaligned);
  const busy = view.getUint8(at + entry.cost) - 1 - hazard;
  const control = view.getUint8(at + entry.takenCost) - 1 - unaligned;
  return {
    issue: executed - count(view, at + entry.paired),
    hazard: (executed - taken) * hazard + count(view, at + entry.hazards),
    busy: (executed - taken) * busy + count(view, at + entry.busy),
    control: taken * control + count(view, at + entry.control),
    fetch: taken * unaligned + count(view, at + entry.fetch),
    data: count(view, at + entry.data),
  };
}

function readNode(view: DataView, at: number): CallNode {
  const callees: CallNode[] = [];
  for (
    let next = view.getUint32(at + node.callee, true);
    next !== 0;
    next = view.getUint32(next + node.sibling, true)
  )
    callees.push(readNode(view, next));
  const part = view.getUint32(at + node.part, true);
  return {
    address: view.getUint32(at + node.function, true),
    region: part === 0 ? undefined : part - 1,
    calls: count(view, at + node.entered),
    cycles: count(view, at + node.cycles),
    instructions: count(view, at + node.instructions),
    folded: count(view, at + node.folded),
    callees: callees.sort((a, b) => (a.region ?? -1) - (b.region ?? -1) || a.address - b.address),
  };
}

function count(view: DataView, at: number): number {
  return Number(view.getBigInt64(at, true));
}
