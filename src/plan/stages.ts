/**
 * Chooses where to cut a network into stages.
 *
 * What is alive at a cut depends on the cut alone, not on how its nodes came to be done; so the peak of a stage depends
 * on its two ends alone. There are few such pairs: all are simulated, and the smallest possible floor follows by
 * dynamic programming, exactly, for any graph whose nodes stay in order.
 */
import type { Flow } from "./flow.ts";
import { copyLedger, openLedger, receiveFrames, type PullOrder } from "./ledger.ts";
import { runStage, type Cuts, type Staging } from "./order.ts";
import type { FramePolicy } from "./plan.ts";

/**
 * Up to so many cuttings are all tried; of more, a few and their neighbours. Planning one takes time with the square of
 * the number of tensors: 520 of a network of 11 layers, 83 of one of 29.
 */
function maxCuttings(nodes: number): number {
  return Math.floor(75_000 / (nodes + 1) ** 2);
}

/** `peaks[from][to]`: the most bytes alive while the stage of nodes [from, to) runs. */
export type Peaks = readonly (readonly number[])[];

/** Simulates every possible stage. */
export function stagePeaks(flow: Flow, frame: FramePolicy, pulls: PullOrder): Peaks {
  const ignore = (): void => undefined;
  const count = flow.nodes.length;
  const atCut = openLedger(flow);
  if (frame === "resident") receiveFrames(flow, atCut, ignore);
  return flow.nodes.map((_, from) => {
    const row: number[] = [];
    for (let to = from + 1; to <= count; to++) {
      const ledger = copyLedger(atCut);
      runStage(flow, ledger, from, to, pulls, ignore);
      row[to] = ledger.peak;
    }
    runStage(flow, atCut, from, from + 1, pulls, ignore);
    atCut.peak = 0;
    return row;
  });
}

/** The smallest floor of any cutting. */
export function smallestFloor(peaks: Peaks): number {
  const count = peaks.length;
  const floors = [0];
  for (let to = 1; to <= count; to++) {
    floors[to] = Math.min(...floors.slice(0, to).map((before, from) => Math.max(before, peaks[from]![to]!)));
  }
  return floors[count]!;
}

/** The smallest floor of any staging, whatever is pulled first. */
export function smallestFloorOf(flow: Flow, frame: FramePolicy): number {
  return Math.min(...pullOrdersOf(flow).map((pulls) => smallestFloor(stagePeaks(flow, frame, pulls))));
}

/** What is pulled first matters only where a node reads several tensors. */
function pullOrdersOf(flow: Flow): readonly PullOrder[] {
  const joins = flow.nodes.some((node) =>
    node.reads.some((reads) => new Set(reads.map((r) => r.tensor)).size > 1),
  );
  return joins ? pullOrders : pullOrders.slice(0, 1);
}

/**
 * The smallest plan of stagings whose floor is the smallest of all or, with a `slack` above 1, at most so many times
 * that: `size` plans one and says how many bytes it needs. What is pulled first is tried both ways where a node reads
 * several tensors; with no slack the order of pulls whose floor is smaller is taken in any case.
 */
export function chooseStaging(
  flow: Flow,
  frame: FramePolicy,
  size: (staging: Staging) => number,
  slack = 1,
): Staging {
  const choices = pullOrdersOf(flow).map((pulls) => {
    const peaks = stagePeaks(flow, frame, pulls);
    return { pulls, peaks, floor: smallestFloor(peaks) };
  });
  const least = Math.min(...choices.map(({ floor }) => floor));
  const sized = choices
    .filter(({ floor }) => floor <= slack * least)
    .map(({ pulls, peaks }) => {
      const few = Math.floor(maxCuttings(peaks.length) / (slack === 1 ? 1 : 4));
      const { cuts, bytes } = chooseCuts(peaks, slack * least, few, (some) => size({ cuts: some, pulls }));
      return { staging: { cuts, pulls }, bytes };
    });
  return sized.reduce((a, b) => (b.bytes < a.bytes ? b : a)).staging;
}

const pullOrders: readonly PullOrder[] = ["most first", "fewest first"];

/**
 * The cutting whose plan is smallest among those whose stages do not exceed `floor`. All of them are tried if they are
 * no more than `few`. Of many, the ones with the fewest and the most cuts are, and from the better one a cut is made or undone for as
 * long as that helps.
 */
function chooseCuts(peaks: Peaks, floor: number, few: number, size: (cuts: Cuts) => number): Sized {
  const all = cuttings(peaks, floor, few + 1);
  if (all.length <= few) return smallest(all, size, floor);
  let best = smallest([all[0]!, mostCuts(peaks, floor)], size, floor);
  for (let improved = true; improved && best.bytes > floor;) {
    const next = smallest(neighbours(best.cuts, peaks, floor), size, floor);
    improved = next.bytes < best.bytes;
    if (improved) best = next;
  }
  return best;
}

interface Sized {
  readonly cuts: Cuts;
  readonly bytes: number;
}

/** The smallest of some cuttings, the first of equals; looks no further once one needs no more than the floor. */
function smallest(cuttings: readonly Cuts[], size: (cuts: Cuts) => number, floor: number): Sized {
  let best: Sized = { cuts: [], bytes: Infinity };
  for (const cuts of cuttings) {
    const bytes = size(cuts);
    if (bytes < best.bytes) best = { cuts, bytes };
    if (bytes <= floor) break;
  }
  return best;
}

/** Cuttings none of whose stages exceeds `floor`, longest stages first, at most `limit`. */
function cuttings(peaks: Peaks, floor: number, limit: number): readonly Cuts[] {
  const count = peaks.length;
  const reaches = reachesEnd(peaks, floor);
  const found: Cuts[] = [];
  const extend = (cuts: Cuts, from: number): void => {
    for (let to = count; to > from && found.length < limit; to--) {
      if (peaks[from]![to]! > floor || !reaches[to]) continue;
      if (to === count) found.push(cuts);
      else extend([...cuts, to], to);
    }
  };
  extend([], 0);
  return found;
}

/** By cut: whether stages within `floor` lead from it to the end. */
function reachesEnd(peaks: Peaks, floor: number): readonly boolean[] {
  const count = peaks.length;
  const reaches: boolean[] = [];
  reaches[count] = true;
  for (let from = count - 1; from >= 0; from--) {
    reaches[from] = peaks[from]!.some((peak, to) => peak <= floor && reaches[to]);
  }
  return reaches;
}

/** Shortest stages first: as near to layer by layer as the floor allows. */
function mostCuts(peaks: Peaks, floor: number): Cuts {
  const reaches = reachesEnd(peaks, floor);
  const cuts: number[] = [];
  for (let from = 0; from < peaks.length;) {
    from = peaks[from]!.findIndex((peak, to) => peak <= floor && reaches[to]);
    if (from < peaks.length) cuts.push(from);
  }
  return cuts;
}

/** The cuttings within `floor` that have one cut more or less. */
function neighbours(cuts: Cuts, peaks: Peaks, floor: number): readonly Cuts[] {
  const toggled = peaks
    .slice(1)
    .map((_, n) => n + 1)
    .map((cut) =>
      cuts.includes(cut) ? cuts.filter((c) => c !== cut) : [...cuts, cut].sort((a, b) => a - b),
    );
  return toggled.filter((candidate) => {
    const bounds = [0, ...candidate, peaks.length];
    return bounds.slice(1).every((to, s) => peaks[bounds[s]!]![to]! <= floor);
  });
}
