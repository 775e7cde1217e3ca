import type { Flow } from "./flow.ts";
import type { Lifetimes } from "./lifetimes.ts";

/** The most bytes alive at any event, and the first event where that is: no placement of this order can be smaller. */
export interface Floor {
  readonly bytes: number;
  readonly event: number;
}

/** Adds up rows and scratch event by event. */
export function floorOf(flow: Flow, lifetimes: Lifetimes, eventCount: number): Floor {
  const change = new Float64Array(eventCount + 1);
  const add = (interval: { readonly first: number; readonly last: number }, bytes: number): void => {
    change[interval.first]! += bytes;
    change[interval.last + 1]! -= bytes;
  };
  flow.tensors.forEach((tensor, t) => {
    for (const life of lifetimes.rows[t]!) add(life, tensor.rowBytes);
  });
  flow.nodes.forEach((node, n) => {
    for (const run of lifetimes.steps[n]!) add(run, node.scratchBytes);
  });
  let live = 0;
  let floor: Floor = { bytes: 0, event: 0 };
  for (let event = 0; event < eventCount; event++) {
    live += change[event]!;
    if (live > floor.bytes) floor = { bytes: live, event };
  }
  return floor;
}
