import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { pingpool, pingpoolJson } from "../support/pingpool.ts";

const folder = mkdtempSync(join(tmpdir(), "pingpool-compile-"));
after(() => {
  rmSync(folder, { recursive: true });
});

test("compile writes the four files, says what they need, and writes the same bytes again", () => {
  const [first, second] = [join(folder, "a"), join(folder, "b")];
  const words = ["compile", "models/lenet5.pt", "--frame", "pushed"];
  const facts = pingpoolJson(...words, "--out", first) as { arenaBytes: number; files: string[] };
  assert.equal(facts.arenaBytes, 1016);
  assert.deepEqual(readdirSync(first).sort(), [
    "lenet5.c",
    "lenet5.h",
    "lenet5_selftest.c",
    "lenet5_weights.c",
  ]);
  pingpoolJson(...words, "--out", second);
  const text = (from: string, name: string): string =>
    readFileSync(join(from, name), "utf8").replace(/^.*command:.*$/m, "");
  for (const name of facts.files) assert.equal(text(second, name), text(first, name));
});

test("the header says tool, command line, model hash, plan and schedule, and the sizes as macros", () => {
  const header = readFileSync(join(folder, "a", "lenet5.h"), "utf8");
  assert.match(header, /pingpool \d+\.\d+\.\d+/);
  assert.match(header, /command: {2}pingpool compile models\/lenet5\.pt --frame pushed/);
  assert.match(header, /sha256 [0-9a-f]{64}/);
  assert.match(header, /plan: +stream, frame pushed/);
  assert.match(header, /schedule: blocked/);
  assert.match(header, /#define LENET5_ARENA_BYTES 1016/);
});

test("inspect counts the paper's parameters and MACs", () => {
  const facts = pingpoolJson("inspect", "models/lenet5.pt") as { parameters: number; macs: number };
  assert.equal(facts.parameters, 61706);
  assert.equal(facts.macs, 416520);
});

test("verify finds every reader in agreement, and PyTorch within 1e-5", () => {
  const { status, stdout, stderr } = pingpool(
    ...["verify", "models/lenet5.pt", "--json"],
    ...["--data", "models/lenet5.check-input.npy", "--expect", "models/lenet5.check-output.npy"],
  );
  assert.equal(status, 0, stderr);
  const facts = JSON.parse(stdout) as {
    readers: { frames: number; equal: number; skipped?: string }[];
    reference: { worst: number };
  };
  assert.ok(facts.readers.length >= 4);
  for (const { frames, equal, skipped } of facts.readers)
    assert.ok(skipped !== undefined || equal === frames);
  assert.ok(facts.reference.worst < 1e-5);
});

test("pruned layers and layers of few bits take fewer bytes; with activations of 16 bits every reader agrees on them", () => {
  const fewer = ["--prune", "0.9", "--weights", "7=4,9=4", "--activations", "int16"];
  const of = (...words: readonly string[]): number =>
    (pingpoolJson("compile", "models/lenet5.pt", "--out", folder, ...words) as { constantBytes: number })
      .constantBytes;
  assert.ok(of(...fewer) < 17_000 && of("--weights", "1") < 10_500, "bytes of constants");
  const { status, stdout, stderr } = pingpool("verify", "models/lenet5.pt", "--json", ...fewer);
  assert.equal(status, 0, stderr);
  const { readers } = JSON.parse(stdout) as {
    readers: { frames: number; equal: number; skipped?: string }[];
  };
  for (const { frames, equal, skipped } of readers) assert.ok(skipped !== undefined || equal === frames);
});
