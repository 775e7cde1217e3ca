/**
 * Paired timing: two engines in one task, so that whatever slows the machine slows both.
 *
 * One iteration of a tinybench task is an ABBA block: a batch of A, two of B, one of A, each batch about a millisecond.
 * The sample handed to tinybench is the block's ratio (time of A / time of B), so tinybench's own median is the median of
 * the block ratios; the block's whole cost is handed over too, so tinybench's time budget holds. Timing A and B as two
 * tasks would lose the pairing: tinybench runs tasks one after another and sorts their samples.
 *
 * What the numbers mean on a microcontroller is not this file's business: nothing, mostly.
 */
import { Bench } from "tinybench";
import { bootstrapInterval, quantile } from "./statistics.ts";

/** One thing to time. `run` does one inference; foreign engines may need a promise, ours never do. */
export type Side =
  | { readonly name: string; readonly run: () => void; readonly isAsync?: false }
  | { readonly name: string; readonly run: () => Promise<void>; readonly isAsync: true };

export interface PairOptions {
  /** Time spent on one pair, after warm-up. */
  readonly budgetMs?: number;
  /** Length of one batch; the shorter, the less the machine changes within a block. */
  readonly batchMs?: number;
  /** Warm-up of each side: long enough for V8 to have optimised the Wasm. */
  readonly warmUpMs?: number;
  readonly minBlocks?: number;
  /** Of the bootstrap. */
  readonly seed?: number;
  /** Milliseconds; another clock is for tests. */
  readonly clock?: () => number;
}

export interface PairResult {
  /** How many times faster `b` is than `a`: median of the block ratios. */
  readonly ratio: number;
  /** 95 % bootstrap interval of `ratio`. */
  readonly low: number;
  readonly high: number;
  /** 25th percentile of the batches of each side, nanoseconds a call. */
  readonly aNs: number;
  readonly bNs: number;
  readonly blocks: number;
}

export interface TimeResult {
  /** 25th percentile of the batches, nanoseconds a call. */
  readonly ns: number;
  /** 95 % bootstrap interval of `ns`. */
  readonly low: number;
  readonly high: number;
  readonly batches: number;
}

type Settings = Required<PairOptions>;

/** Times `a` and `b` against each other. */
export async function comparePair(a: Side, b: Side, options: PairOptions = {}): Promise<PairResult> {
  const settings = withDefaults(options);
  const callsA = await warmUp(a, settings);
  const callsB = await warmUp(b, settings);
  const aMs: number[] = [];
  const bMs: number[] = [];
  const { median, samples } = await sample(
    `${a.name} : ${b.name}`,
    settings,
    () => {
      aMs.length = 0;
      bMs.length = 0;
    },
    async () => {
      const first = await batch(a, callsA, settings.clock);
      const second = await batch(b, callsB, settings.clock);
      const third = await batch(b, callsB, settings.clock);
      const fourth = await batch(a, callsA, settings.clock);
      aMs.push(first / callsA, fourth / callsA);
      bMs.push(second / callsB, third / callsB);
      const ratio = (first + fourth) / callsA / ((second + third) / callsB);
      return { overriddenDuration: ratio, overriddenIterationCost: first + second + third + fourth };
    },
  );
  const { low, high } = bootstrapInterval(samples, 0.5, settings.seed);
  return {
    ratio: median,
    low,
    high,
    aNs: quantile(aMs, 0.25) * 1e6,
    bNs: quantile(bMs, 0.25) * 1e6,
    blocks: samples.length,
  };
}

/** Every variant against one baseline, each as a pair of its own with the whole budget; results in the variants' order. */
export async function compareToBaseline(
  baseline: Side,
  variants: readonly Side[],
  options: PairOptions = {},
): Promise<PairResult[]> {
  const results: PairResult[] = [];
  for (const variant of variants) results.push(await comparePair(baseline, variant, options));
  return results;
}

/** Times one engine alone. Two such times are not a ratio: use `comparePair`. */
export async function timeOne(side: Side, options: PairOptions = {}): Promise<TimeResult> {
  const settings = withDefaults(options);
  const calls = await warmUp(side, settings);
  const { samples } = await sample(
    side.name,
    settings,
    () => undefined,
    async () => {
      const elapsed = await batch(side, calls, settings.clock);
      return { overriddenDuration: elapsed / calls, overriddenIterationCost: elapsed };
    },
  );
  const { low, high } = bootstrapInterval(samples, 0.25, settings.seed);
  return {
    ns: quantile(samples, 0.25) * 1e6,
    low: low * 1e6,
    high: high * 1e6,
    batches: samples.length,
  };
}

function withDefaults(options: PairOptions): Settings {
  return {
    budgetMs: options.budgetMs ?? 400,
    batchMs: options.batchMs ?? 1,
    warmUpMs: options.warmUpMs ?? 60,
    minBlocks: options.minBlocks ?? 16,
    seed: options.seed ?? 1,
    clock: options.clock ?? (() => performance.now()),
  };
}

interface Sample {
  readonly overriddenDuration: number;
  readonly overriddenIterationCost: number;
}

async function sample(
  name: string,
  settings: Settings,
  beforeAll: () => void,
  block: () => Promise<Sample>,
): Promise<{ median: number; samples: readonly number[] }> {
  const bench = new Bench({
    time: settings.budgetMs,
    iterations: settings.minBlocks,
    warmupTime: 0,
    warmupIterations: 2,
    retainSamples: true,
    throws: true,
    now: settings.clock,
  });
  bench.add(name, block, { async: true, beforeAll });
  await bench.run();
  const result = bench.tasks[0]!.result;
  if (!("latency" in result)) throw new Error(`${name}: tinybench ended as ${result.state}`);
  return { median: result.latency.p50, samples: result.latency.samples ?? [] };
}

/** Milliseconds of `calls` calls. A side without promises is not awaited inside the timed region. */
async function batch(side: Side, calls: number, clock: () => number): Promise<number> {
  if (side.isAsync) {
    const start = clock();
    for (let i = 0; i < calls; i++) await side.run();
    return clock() - start;
  }
  const start = clock();
  for (let i = 0; i < calls; i++) side.run();
  return clock() - start;
}

/** Runs a side for `warmUpMs` in growing batches; gives the calls that fill one batch, at the speed of the last. */
async function warmUp(side: Side, { warmUpMs, batchMs, clock }: Settings): Promise<number> {
  let calls = 1;
  let spent = 0;
  for (;;) {
    const elapsed = await batch(side, calls, clock);
    spent += elapsed;
    if (elapsed > 0 && spent >= warmUpMs) return Math.max(1, Math.round((batchMs * calls) / elapsed));
    if (elapsed < batchMs) calls *= 2;
    else calls = Math.max(1, Math.round((batchMs * calls) / elapsed));
  }
}
