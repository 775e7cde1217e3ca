import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { packageRoot } from "../support/package-root.ts";
import { pingpool } from "../support/pingpool.ts";

const folder = mkdtempSync(join(tmpdir(), "pingpool-refuse-"));
after(() => {
  rmSync(folder, { recursive: true });
});

const lenet = readFileSync(join(packageRoot(), "models/lenet5.pt"));

function file(name: string, bytes: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

/** The case's name, the words typed after `compile`, and what the one sentence must hold. */
const cases: readonly (readonly [string, () => readonly string[], RegExp])[] = [
  ["a missing file", () => ["nowhere.pt"], /nowhere\.pt: no such file/],
  ["a folder", () => [folder], /is a folder/],
  ["an empty file", () => [file("empty.pt", "")], /empty/],
  [
    "a truncated zip",
    () => [file("cut.pt", lenet.subarray(0, 100_000))],
    /truncated|cut off|central directory/,
  ],
  [
    "a git LFS pointer",
    () => [file("lfs.pt", "version https://git-lfs.github.com/spec/v1\noid sha256:0\n")],
    /LFS/,
  ],
  ["a text file", () => [file("text.pt", "hello")], /text\.pt|not a/],
  ["too few channels", () => ["models/cifar_testnet.pt", "--input", "1x1x32x32"], /channels/],
  ["an input smaller than a kernel", () => ["models/lenet5.pt", "--input", "1x1x4x4"], /kernel|larger|input/],
  [
    "bits that there are not",
    () => ["models/lenet5.pt", "--weights", "7=3"],
    /--weights 7=3: expected 8, 4 or 1/,
  ],
  [
    "bits of no layer",
    () => ["models/lenet5.pt", "--weights", "fc9=4"],
    /no .* layer is called fc9; .* 7, 9, 11/,
  ],
  [
    "activations of 12 bits",
    () => ["models/lenet5.pt", "--activations", "int12"],
    /--activations int12: unknown; one of int8, int16, auto/,
  ],
  [
    "weights that cannot be so small",
    () => ["models/lenet5.pt", "--weights", "auto:1k"],
    /constants take at least \d+ bytes, more than the 1024/,
  ],
  ["a pruned part of 1", () => ["models/lenet5.pt", "--prune", "1"], /--prune 1: expected .* below 1/],
  ["an input shape of letters", () => ["models/lenet5.pt", "--input", "axb"], /--input axb/],
  ["an unknown plan", () => ["models/lenet5.pt", "--plan", "magic"], /--plan magic: unknown; one of naive/],
  ["an unknown option", () => ["models/lenet5.pt", "--fast"], /--fast/],
  ["two files", () => ["models/lenet5.pt", "models/lenet5.pt"], /one model file, got 2/],
  ["too little RAM", () => ["models/cifar_testnet.pt", "--ram", "4k"], /needs 5,696 bytes of RAM.*4,096/],
  ["too little flash", () => ["models/lenet5.pt", "--flash", "10k"], /bytes of flash/],
  [
    "calibration of another shape",
    () => ["models/lenet5.pt", "--calib", "models/cifar_testnet.calibration.npy"],
    /expected N x 1 x/,
  ],
];

for (const [name, words, sentence] of cases)
  test(`${name} is one sentence, exit code 1, and nothing is written`, () => {
    const out = join(folder, "engine");
    const { status, stdout, stderr } = pingpool("compile", ...words(), "--out", out);
    assert.equal(status, 1, stderr);
    assert.match(stderr, sentence);
    assert.ok(!/\n\s+at /.test(stderr), "a stack trace reached the user");
    assert.equal(stdout, "");
    assert.ok(!existsSync(out));
  });

test("an engine that cannot be written leaves no temporary file behind", () => {
  const blocked = file("blocked", "");
  const { status, stderr } = pingpool("compile", "models/lenet5.pt", "--out", blocked);
  assert.equal(status, 1);
  assert.match(stderr, /cannot be written/);
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.startsWith(".")),
    [],
  );
});

test("an unknown command names those there are", () => {
  const { status, stderr } = pingpool("fly");
  assert.equal(status, 1);
  assert.match(stderr, /fly: unknown command; one of compile, plan, bench, inspect, verify, diff/);
});
