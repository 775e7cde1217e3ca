/** From which event to which each row, and each node's scratch, holds bytes. */
import type { Flow } from "./flow.ts";
import type { Event, FramePolicy } from "./plan.ts";

/** Events [first, last], both inclusive. */
export interface Interval {
  readonly first: number;
  readonly last: number;
}

export interface Lifetimes {
  /**
   * By tensor, by row: from the event that writes it to the last that reads it; of a concatenation from the event that
   * writes the first of the parts that lie in it.
   */
  readonly rows: readonly (readonly Interval[])[];
  /** By node: the runs of events that are its steps. */
  readonly steps: readonly (readonly Interval[])[];
  /** By tensor, by row: whether the last step that reads it writes a row that may lie at its very bytes. */
  readonly overwritten: readonly (readonly boolean[])[];
}

/**
 * Lifetimes in an order of events. A row nobody reads lives at its own event only, an output's until it is handed
 * over, and a resident frame's from the first event on, for the caller may write it all at once.
 */
export function lifetimesOf(flow: Flow, events: readonly Event[], frame: FramePolicy): Lifetimes {
  const first = new Int32Array(flow.rows).fill(-1);
  const last = new Int32Array(flow.rows).fill(-1);
  const steps: Interval[][] = flow.nodes.map(() => []);
  const write = (tensor: number, row: number, at: number): void => {
    const { base, producer, part } = flow.tensors[tensor]!;
    const place = base + row;
    if (first[place] === -1) first[place] = producer < 0 && frame === "resident" ? 0 : at;
    last[place] = Math.max(last[place]!, at);
    if (part) write(part.within, row, at);
  };
  const read = (tensor: number, from: number, to: number, at: number): void => {
    const { base } = flow.tensors[tensor]!;
    last.fill(at, base + from, base + to);
  };
  events.forEach((event, at) => {
    switch (event.kind) {
      case "input":
        write(flow.tensorNumber.get(event.tensor)!, event.row, at);
        break;
      case "output": {
        const tensor = flow.tensorNumber.get(event.tensor)!;
        read(tensor, 0, flow.tensors[tensor]!.rows, at);
        break;
      }
      case "step": {
        const number = flow.nodeNumber.get(event.node)!;
        const node = flow.nodes[number]!;
        const { from, to } = node.writes[event.step]!;
        for (let row = from; row < to; row++) write(node.output, row, at);
        for (const reach of node.reads[event.step]!) read(reach.tensor, reach.from, reach.to, at);
        extend(steps[number]!, at);
      }
    }
  });
  const rows = flow.tensors.map((tensor) =>
    Array.from({ length: tensor.rows }, (_, row) => ({
      first: first[tensor.base + row]!,
      last: last[tensor.base + row]!,
    })),
  );
  return { rows, steps, overwritten: overwrittenRows(flow, rows) };
}

/** A step may overwrite several of the rows it reads; it overwrites one of those that die, the first. */
function overwrittenRows(flow: Flow, rows: Lifetimes["rows"]): readonly (readonly boolean[])[] {
  const overwritten = flow.tensors.map((tensor) => new Array<boolean>(tensor.rows).fill(false));
  for (const node of flow.nodes) {
    rows[node.output]!.forEach(({ first }, row) => {
      const input = node.overwrites.find((tensor) => rows[tensor]![row]!.last === first);
      if (input !== undefined) overwritten[input]![row] = true;
    });
  }
  return overwritten;
}

/** From a node's first step to its last: as long as accumulators are held. */
export function span(runs: readonly Interval[]): Interval {
  return { first: runs[0]!.first, last: runs.at(-1)!.last };
}

/** The lifetimes of a planner that knows tensors, not rows: each row lives as long as its tensor. */
export function wholeTensors(lifetimes: Lifetimes): Lifetimes {
  const rows = lifetimes.rows.map((intervals) => {
    const whole = {
      first: Math.min(...intervals.map((i) => i.first)),
      last: Math.max(...intervals.map((i) => i.last)),
    };
    return intervals.map(() => whole);
  });
  return { ...lifetimes, rows };
}

/** Adds an event to the end of a list of intervals, joining it to the last if it follows. */
function extend(intervals: Interval[], at: number): void {
  const previous = intervals.at(-1);
  if (previous && previous.last === at - 1)
    intervals[intervals.length - 1] = { first: previous.first, last: at };
  else intervals.push({ first: at, last: at });
}
