/** The generated C on this machine, compiled by gcc with sanitizers: many engines in one program, one compiler a core. */
import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { sanitizeFlags } from "../../src/bench/native-cc.ts";
import { bytesOf } from "../../src/bench/engine.ts";
import { engineUnits, hostDoor } from "./c-batch.ts";
import type { Answer, Reader, Trial } from "./trial.ts";

const run = promisify(execFile);
const compilers = 2;
const language = ["-std=c99", "-ffp-contract=off"];
/** Neither debug information nor optimisation: three times as fast to compile, and nothing undefined is folded away. */
const sanitized = [
  ...language,
  ...sanitizeFlags.map((flag) => (flag === "-O1" ? "-O0" : flag === "-g" ? "-g1" : flag)),
];

/** Undefined behaviour and bad addresses end the program with a report. */
export const nativeC: Reader = (trials) => runNative(trials, sanitized);

/** As a user compiles it. */
export const optimizedC: Reader = (trials) => runNative(trials, [...language, "-O2"]);

const runNative = async (trials: readonly Trial[], flags: readonly string[]): ReturnType<Reader> => {
  const folder = mkdtempSync(join(tmpdir(), "pingpool-agree-"));
  try {
    await compileIn(folder, trials, flags);
    const stdin = Buffer.concat(trials.flatMap(({ frames }) => frames.map((frame) => bytesOf(frame))));
    const { status, stdout, stderr } = spawnSync(join(folder, "engines"), {
      input: stdin,
      maxBuffer: 1 << 28,
    });
    if (status !== 0) throw new Error(explain(stderr.toString(), trials));
    return cut(stdout, trials);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

async function compileIn(folder: string, trials: readonly Trial[], flags: readonly string[]): Promise<void> {
  const files = { ...engineUnits(trials), ...hostDoor };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const sources = Object.keys(files).filter((name) => name.endsWith(".c"));
  const shares = Array.from({ length: compilers }, (_, i) => sources.filter((_, s) => s % compilers === i));
  const gcc = (args: readonly string[]) => run("gcc", [...flags, ...args], { cwd: folder });
  await Promise.all(shares.map((share) => gcc(["-c", ...share])));
  await gcc([...sources.map((name) => name.replace(/c$/, "o")), "-o", "engines"]);
}

/** A sanitizer names `p3.c`: says which trial that is. */
function explain(stderr: string, trials: readonly Trial[]): string {
  const unit = /\bp(\d+)\.c/.exec(stderr)?.[1];
  return `${unit === undefined ? "" : trials[Number(unit)]!.what}\n${stderr}`;
}

/** Two results a frame, one after another. */
function cut(stdout: Uint8Array, trials: readonly Trial[]): readonly (readonly Answer[])[] {
  let at = 0;
  const take = (bytes: number): Uint8Array => stdout.subarray(at, (at += bytes));
  return trials.map(({ expected }) =>
    expected.map(({ length }): Answer => ({ whole: take(length), pushed: take(length) })),
  );
}
