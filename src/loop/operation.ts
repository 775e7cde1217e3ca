/**
 * The operations a counter counts and a core prices. One list for all: a core that leaves one out does not compile.
 *
 * Loads and stores are named by width; those that read constants (flash on most parts) are counted apart, because
 * flash has wait states and the arena has not. `add` is every i32 addition, subtraction, shift, mask and comparison
 * left after address arithmetic is folded into the load; `address` is index arithmetic. `loop` is one turn of a loop (increment, compare, taken
 * branch); `loopExit` one entry of a loop (set-up and the branch that falls through). `call` is one kernel call.
 */
export const operations = [
  "load8", "load16", "load32", "loadConst8", "loadConst16", "loadConst32",
  "store8", "store16", "store32",
  "add", "address", "mul", "mac", "minMax", "select", "divide",
  "requantize",
  "fadd", "fmul", "fmac", "fminMax",
  "widen2", "widen8", "widenConst2", "widenConst8", "dot2", "dot8", "lanes", "sumLanes",
  "loop", "loopExit", "call",
] as const; // prettier-ignore

export type Operation = (typeof operations)[number];

/** How often each operation runs. */
export type Counts = Readonly<Record<Operation, number>>;

/** The counts of one layer: all calls of all kernels whose `layer` it is. */
export interface LayerCounts {
  readonly layer: string;
  readonly counts: Counts;
}
