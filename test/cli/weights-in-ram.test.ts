import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { pingpool, pingpoolJson } from "../support/pingpool.ts";

const folder = mkdtempSync(join(tmpdir(), "pingpool-in-ram-"));
after(() => {
  rmSync(folder, { recursive: true });
});

interface Facts {
  readonly arenaBytes: number;
  readonly constantBytes: number;
  readonly weightsInRam: readonly {
    readonly node: string;
    readonly bytes: number;
    readonly copiedBytes: number;
    readonly savedCycles?: number;
  }[];
}

const compiled = (...words: readonly string[]): Facts =>
  pingpoolJson("compile", "models/lenet5.pt", "--frame", "pushed", "--out", folder, ...words) as Facts;

test("named layers' constants cost their bytes of arena and are still in flash", () => {
  const [plain, moved] = [compiled(), compiled("--weights-in-ram", "0,3")];
  assert.deepEqual(
    moved.weightsInRam.map(({ node }) => node),
    ["0", "3"],
  );
  const bytes = moved.weightsInRam.reduce((sum, layer) => sum + layer.bytes, 0);
  assert.ok(bytes >= 6 * 25 + 16 * 150 && moved.arenaBytes >= plain.arenaBytes + bytes);
  assert.ok(moved.arenaBytes < plain.arenaBytes + bytes + 8);
  assert.equal(moved.constantBytes, plain.constantBytes);
});

test("what is said to be copied is what the C engine copies, not what the plan sets aside", () => {
  const { status, stdout, stderr } = pingpool(
    ...["compile", "models/lenet5.pt", "--core", "cortex-m4", "--frame", "pushed", "--out", folder],
    ...["--weights-in-ram", "0"],
  );
  assert.equal(status, 0, stderr);
  const arrays = readFileSync(join(folder, "lenet5_weights.c"), "utf8").matchAll(
    /const FLASH (int8_t|int32_t) lenet5_n0_\w+\[(\d+)\] =/g,
  );
  const bytes = [...arrays].reduce(
    (sum, [, type, length]) => sum + Number(length) * (type === "int8_t" ? 1 : 4),
    0,
  );
  assert.equal(bytes % 4, 2, "what is set aside is rounded up");
  assert.match(stdout, new RegExp(` 0: ${bytes} B of constants copied to the arena before each inference`));
});

test("auto moves what waits for flash most, within the budget", () => {
  const words = ["--core", "sifive-e31", "--flash-budget", "66000"];
  const plain = compiled(...words);
  const budget = plain.arenaBytes + 1500;
  const moved = compiled(...words, "--ram-budget", String(budget), "--weights-in-ram", "auto");
  assert.ok(moved.weightsInRam.length > 0 && moved.arenaBytes <= budget);
  for (const { node, savedCycles } of moved.weightsInRam) assert.ok(savedCycles! > 0, node);
});

test("what cannot be moved is refused in words", () => {
  for (const [value, reason] of [
    ["conv9", /--weights-in-ram conv9: no such layer; its layers are 0, 3, 7, 9, 11/],
    ["auto", /--weights-in-ram auto: say for which --core, or name layers/],
  ] as const) {
    const { status, stderr } = pingpool(
      "compile",
      "models/lenet5.pt",
      "--out",
      folder,
      "--weights-in-ram",
      value,
    );
    assert.equal(status, 1);
    assert.match(stderr, reason);
  }
});
