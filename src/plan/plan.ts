/**
 * A plan: in which order rows are computed, and where every row lies.
 *
 * It knows which rows a step reads and writes and how many bytes a row has; what is computed is not its business.
 */

/** The named ways to plan; `strategy.ts` says what each is made of. */
export type Strategy = "naive" | "fused-pool" | "ping-pong" | "paper" | "best-fit" | "overlap" | "stream";

/** Whether the whole input lies in the arena before the first layer runs, or rows are pushed as they come. */
export type FramePolicy = "resident" | "pushed";

/**
 * One event of the row program. `input`: a row of a graph input arrives. `step`: step number `step` of `node`, which
 * writes the next row of its output, or the next few (`Plan.rowsPerStep`; see `graph/rows.ts`, or `graph/accumulate.ts` for a node that has accumulators). `output`: graph output `tensor` is handed to the caller.
 */
export type Event =
  | { readonly kind: "input"; readonly tensor: string; readonly row: number }
  | { readonly kind: "step"; readonly node: string; readonly step: number }
  | { readonly kind: "output"; readonly tensor: string };

/** Where a tensor lives: row r occupies `rowBytes` bytes at `offset + ((r × step + phase) mod rows) × pitch`. */
export interface Ring {
  readonly tensor: string;
  /**
   * Height of the ring. One as tall as the tensor, of step 1 and phase 0, is the whole tensor. A ring may be taller than
   * the rows alive together, even than the tensor: rings that turn together (`place/turning.ts`) share a region's
   * bytes as their rows come and go.
   */
  readonly rows: number;
  /** Slots from one row to the next, in [0, rows). */
  readonly step: number;
  /** The slot of row 0, in [0, rows). */
  readonly phase: number;
  /** Bytes from one slot to the next, `rowBytes` or a little more. */
  readonly pitch: number;
  readonly rowBytes: number;
  readonly offset: number;
  /** Where rows lie in the rows of another ring, as all else here says: in runs with other tensors' bytes between them. */
  readonly part?: RingPart;
}

/** An input of a concatenation, written straight into the rows of its output, the tensor `within`. */
export interface RingPart {
  readonly within: string;
  /** Runs of a row, bytes of each, and bytes from the start of one to that of the next. */
  readonly runs: number;
  readonly runBytes: number;
  readonly runPitch: number;
}

/** The sums of a node that takes its input row by row, live from its first step to its last. */
export interface Accumulator {
  readonly node: string;
  readonly bytes: number;
  readonly offset: number;
}

/** Constants copied to the arena once, before the first inference, and never overwritten. */
export interface Resident {
  readonly name: string;
  readonly bytes: number;
  readonly offset: number;
}

/** Working memory of one node, live only while one of its steps runs. Its offset is a multiple of 4. */
export interface Scratch {
  readonly node: string;
  readonly bytes: number;
  readonly offset: number;
}

export interface Plan {
  readonly strategy: Strategy;
  readonly frame: FramePolicy;
  readonly events: readonly Event[];
  readonly rings: ReadonlyMap<string, Ring>;
  readonly scratch: ReadonlyMap<string, Scratch>;
  /** By name: the nodes that run in their accumulating form (see `graph/accumulate.ts`). */
  readonly accumulators: ReadonlyMap<string, Accumulator>;
  /** Rows that each step of a node writes but the last, which may be short, by name; 1 where it is not named. */
  readonly rowsPerStep: ReadonlyMap<string, number>;
  /** By name: the pieces of arena that hold constants for good. */
  readonly resident: ReadonlyMap<string, Resident>;
  readonly arenaBytes: number;
  /** The most bytes alive at any event of this order (rows, scratch, sums and resident constants): no placement of it can be smaller. */
  readonly floorBytes: number;
  /** Index into `events` where that is. */
  readonly floorEvent: number;
  /** How offsets were found: by the strategy's own rule, by exhaustive search, or greedily. */
  readonly placement: "fixed" | "exact" | "greedy";
  /**
   * No placement of these rings in this order needs fewer bytes (exhaustive search, or the floor is met), given what the
   * strategy lets live and die: best-fit knows whole tensors only, so its best may be far above the floor of rows.
   */
  readonly optimal: boolean;
  /** Replay over a shadow arena found every row read to be the row its producer wrote; a plan that fails is never returned. */
  readonly proven: true;
  /** Whether frame bytes are in the arena (resident: the whole frame) and how many the caller holds outside it. */
  readonly frameBytes: { readonly inArena: number; readonly outside: number };
}

/**
 * One rectangle of the memory map: a row (or a node's scratch, its accumulators, or resident constants) that holds these bytes during events
 * [first, last]. A row that is overwritten in place, element by element, ends at the event before.
 */
export interface Life {
  /** Tensor; for scratch and accumulators the node, for resident constants their name. */
  readonly owner: string;
  readonly kind: "row" | "scratch" | "accumulators" | "resident";
  /** Row of the tensor; 0 for anything else. */
  readonly row: number;
  readonly offset: number;
  readonly bytes: number;
  readonly first: number;
  readonly last: number;
}
