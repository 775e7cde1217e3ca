import type { Flow } from "./flow.ts";
import { span, type Lifetimes } from "./lifetimes.ts";

/** The most bytes alive at any event, and the first event where that is: no placement of this order can be smaller. */
export interface Floor {
  readonly bytes: number;
  readonly event: number;
}

/** Adds up rows, scratch, accumulators and resident constants event by event; of a row and the one that overwrites it, the latter counts. */
export function floorOf(flow: Flow, lifetimes: Lifetimes, eventCount: number): Floor {
  const change = new Float64Array(eventCount + 1);
  const add = (interval: { readonly first: number; readonly last: number }, bytes: number): void => {
    change[interval.first]! += bytes;
    change[interval.last + 1]! -= bytes;
  };
  flow.tensors.forEach((tensor, t) => {
    lifetimes.rows[t]!.forEach(({ first, last }, row) => {
      add({ first, last: lifetimes.overwritten[t]![row] ? last - 1 : last }, tensor.rowBytes);
    });
  });
  flow.nodes.forEach((node, n) => {
    for (const run of lifetimes.steps[n]!) add(run, node.scratchBytes);
    if (node.accumulatorBytes > 0) add(span(lifetimes.steps[n]!), node.accumulatorBytes);
  });
  let live = flow.residentBytes;
  let floor: Floor = { bytes: 0, event: 0 };
  for (let event = 0; event < eventCount; event++) {
    live += change[event]!;
    if (live > floor.bytes) floor = { bytes: live, event };
  }
  return floor;
}
