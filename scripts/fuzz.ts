/**
 * Loads damaged files and bombs, to show that each is refused in words or gives a valid graph:
 *
 *     node dist/scripts/fuzz.js [--count N] [--seed S] [--only INDEX] [FOLDER_OR_FILE...]
 *
 * Starts from the project's own models of every container, architecture files and NumPy arrays, or from those given. A
 * crash, a load of over 5 s of processor time (a busy machine makes any load slow), over 1 GB of memory or a changed
 * prototype is a failure, printed with the index that `--only` repeats under the same seed; memory is the peak of the whole
 * process, so only the first file over the limit is to blame. Exits with 1 after any failure.
 */
import { parseArgs } from "node:util";
import { loadOutcome } from "../test/support/load-outcome.ts";
import { mutateRecord, mutators, splice } from "../test/support/mutate.ts";
import { random } from "../test/support/random.ts";
import { bombs, bombShape } from "./fuzz-bombs.ts";
import { readSamples, type Sample } from "./fuzz-samples.ts";

const longestMs = 5000;
const mostMegabytes = 1024;
/** One file of so many is a bomb. */
const bombEvery = 16;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: "string", default: "1000" },
    seed: { type: "string", default: "1" },
    only: { type: "string" },
  },
});
const seed = Number(values.seed);
const samples = readSamples(positionals);
const first = Number(values.only ?? 0);
const last = values.only === undefined ? Number(values.count) : first + 1;
if (![seed, first, last].every(Number.isInteger) || samples.length === 0) {
  console.error("usage: fuzz [--count N] [--seed S] [--only INDEX] [FOLDER_OR_FILE...]");
  process.exit(1);
}

const counts = { passed: 0, failed: 0, valid: 0 };
const refusals = new Map<string, number>();
const slowest = { ms: 0, what: "" };
const untouched = prototypes();
let isOverMemory = false;

const start = performance.now();
for (let index = first; index < last; ++index) check(index);
summarise(performance.now() - start);
process.exitCode = counts.failed === 0 ? 0 : 1;

interface Damaged extends Sample {
  readonly how: string;
}

function check(index: number): void {
  const { name, how, bytes, open } = damaged(index);
  const what = `index ${index}: ${name}, ${how}`;
  const before = processorMs();
  const faults: string[] = [];
  try {
    const refusal = open(bytes);
    if (values.only !== undefined) console.log(`${what}: ${refusal ?? "valid"}`);
    if (refusal === undefined) counts.valid += 1;
    else count(refusal);
  } catch (error) {
    faults.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  const ms = processorMs() - before;
  if (ms > slowest.ms) Object.assign(slowest, { ms, what });
  if (ms > longestMs) faults.push(`took ${ms.toFixed(0)} ms of processor time`);
  if (peakMegabytes() > mostMegabytes && !isOverMemory) {
    isOverMemory = true;
    faults.push(`the process has grown to ${peakMegabytes()} MB`);
  }
  if (prototypes().some((value, n) => value !== untouched[n])) faults.push("a prototype was changed");
  for (const fault of faults) console.log(`FAIL  --seed ${seed} --only ${index} (${name}, ${how}): ${fault}`);
  counts[faults.length === 0 ? "passed" : "failed"] += 1;
}

/** The same file for the same seed and index, whatever came before. */
function damaged(index: number): Damaged {
  const rng = random((Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b)) >>> 0);
  const pick = <T>(list: readonly T[]): T => list[rng.int(0, list.length - 1)]!;
  rng.next();
  const changeSeed = rng.int(0, 2 ** 31);
  if (rng.int(1, bombEvery) === 1) {
    const [name, make] = pick(Object.entries(bombs));
    const options = { fileName: "m", ...(rng.int(1, 8) > 1 ? { inputShape: bombShape } : {}) };
    const open = (bytes: Uint8Array): string | undefined => loadOutcome(bytes, options);
    return { name, how: "a bomb", bytes: make(random(changeSeed)), open };
  }
  const sample = pick(samples);
  const other = pick(samples);
  if (rng.int(1, 8) === 1)
    return {
      ...sample,
      how: `spliced with ${other.name}`,
      bytes: splice(sample.bytes, other.bytes, changeSeed),
    };
  const [how, change] = pick(Object.entries(mutators));
  if (rng.int(0, 1) === 0) return { ...sample, how, bytes: change(sample.bytes, changeSeed) };
  return { ...sample, how: `${how} in a record`, bytes: mutateRecord(sample.bytes, change, changeSeed) };
}

/** Sorted by what a refusal says once its places and numbers are gone. */
function count(refusal: string): void {
  const sentence = refusal.split(": ").slice(1).at(-1) ?? refusal;
  const words = sentence
    .replace(/[^a-zA-Z ]+/g, " ")
    .trim()
    .split(/\s+/)
    .slice(0, 3)
    .join(" ");
  refusals.set(words, (refusals.get(words) ?? 0) + 1);
}

/** Names and values of what every object and array inherits, in turn. */
function prototypes(): readonly unknown[] {
  return [Object.prototype, Array.prototype, Function.prototype].flatMap((prototype) =>
    Reflect.ownKeys(prototype).flatMap((key) => [
      key,
      Object.getOwnPropertyDescriptor(prototype, key)?.value as unknown,
    ]),
  );
}

function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function peakMegabytes(): number {
  return Math.round(process.resourceUsage().maxRSS / 1024);
}

function summarise(ms: number): void {
  const common = [...refusals].toSorted(([, a], [, b]) => b - a);
  for (const [words, times] of common.slice(0, 25))
    console.log(`refused  ${String(times).padStart(6)}  ${words} ...`);
  console.log(
    `${common.length} kinds of refusal, ${counts.valid} valid graphs and arrays, from ${samples.length} files`,
  );
  console.log(
    `slowest ${slowest.ms.toFixed(0)} ms of processor time (${slowest.what}), peak ${peakMegabytes()} MB`,
  );
  console.log(`${(ms / 1000).toFixed(1)} s, ${((last - first) / (ms / 1000)).toFixed(0)} files a second`);
  console.log(`${counts.passed} passed, ${counts.failed} failed`);
}
