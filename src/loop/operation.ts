/**
 * The operations a counter counts and a core prices. One list for all: a core that leaves one out does not compile.
 *
 * Loads and stores are named by width; those that read constants (flash on most parts) are counted apart, because
 * flash has wait states and the arena has not. What else is counted, exactly (`cost.ts` is this text in code):
 *
 * - A value is *index arithmetic* if it follows from `row`, loop indices and constants alone; all else is *data*.
 * - `address`: each `+ − × << >> & <` of index arithmetic, in an index, a count or a `let`. A constant added last to an
 *   index is part of the load or store and costs nothing.
 * - `mac`, `fmac`: `a + b × c` of data, both operations together. `mul`, `fmul`: any other product of data.
 * - `add`, `fadd`: each other `+ − << >> & <` of data; `<` of floats is not in the IR. `i32 + dot2` is the dot alone.
 * - `minMax`, `fminMax`, `select`, `divide` (`/` and `%` of i32), `fdiv`: each one, of index arithmetic too. A
 *   `select` evaluates both its branches. `/ % ×` by a power of two count as any other.
 * - `bits`: each bitsOf and fromBits, a move between an integer and a float register where there are two kinds.
 * - `lanes`: each addLanes, subLanes, splat, splat2, zero. `sumLanes`: each sum.
 * - `word`: each load of four bytes as one word, which not every core can make wherever they lie.
 * - `bytes2`: each evens, odds and oddsUnsigned. `pack2`: each pack2 and tops2. Halves and wordOf cost nothing: registers are words.
 * - `load128`, `loadConst128`, `store128`: a vector of 16 bytes or four words. `dot16`: sixteen products and their sum, added to
 *   another. `four`: four numbers in a vector; `scaled4`; `vector`: each other intrinsic on such vectors, and five for a scaledOnce4.
 * - A copy of n bytes is n / 4 loads and stores of words and n mod 4 of bytes.
 * - `loop`: one turn of a loop (increment, compare, taken branch). `loopExit`: one entry of a loop, turns or not (set-up and the
 *   branch that falls through). `call`: one kernel call. Names and constants cost nothing, nor does assigning them.
 */
export const operations = [
  "load8", "load16", "load32", "word", "loadConst8", "loadConst16", "loadConst32",
  "store8", "store16", "store32",
  "add", "address", "mul", "mac", "minMax", "select", "divide",
  "requantize", "requantizeOnce", "requantizeNearest",
  "fadd", "fmul", "fmac", "fminMax", "fdiv", "bits",
  "widen2", "widen8", "widenConst2", "widenConst8", "dot2", "dot8", "lanes", "sumLanes", "bytes2", "pack2",
  "load128", "loadConst128", "store128", "dot16", "four", "scaled4", "vector",
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

/** A kernel and its work, all its calls of one inference together. */
export interface KernelWork {
  readonly layer: string;
  /** Of kernels written alike; see `Kernel.family`. */
  readonly family: string;
  readonly done: Counts;
  /** In the kernel's text: every operation once. */
  readonly written: Counts;
}

/** The sum of counts; of none, all zero. */
export function addCounts(...all: readonly Counts[]): Counts {
  const sum = Object.fromEntries(operations.map((o) => [o, 0])) as Record<Operation, number>;
  for (const counts of all) for (const operation of operations) sum[operation] += counts[operation];
  return sum;
}
