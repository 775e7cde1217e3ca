import assert from "node:assert/strict";
import { test } from "node:test";
import { boards } from "../../src/cli/board-fit.ts";
import { pingpool } from "../support/pingpool.ts";

interface Board {
  readonly chip: string;
  readonly fits: boolean;
  readonly ramBytes: number;
  readonly flashBytes: number;
  readonly why?: string;
  readonly engine?: {
    readonly ramBytes: number;
    readonly ramLeftBytes: number;
    readonly flashBytes: number;
    readonly flashLeftBytes: number;
    readonly seconds?: number;
    readonly estimate: { readonly kind: string; readonly error?: object; readonly why?: string };
  };
}

const jsonOf = (...argv: readonly string[]): readonly Board[] => {
  const { status, stdout, stderr } = pingpool("boards", ...argv, "--json");
  assert.equal(status, 0, stderr);
  return (JSON.parse(stdout) as { boards: readonly Board[] }).boards;
};

test("LeNet-5 on every chip: what fits has room left and an estimate with its error, or says why there is none", () => {
  const all = jsonOf("models/lenet5.pt");
  assert.deepEqual(
    [...new Set(all.map(({ chip }) => chip))],
    boards.map(({ id }) => id),
  );
  assert.ok(all.some(({ engine }) => engine?.estimate.kind === "estimated"));
  for (const { chip, fits, engine, why, ramBytes, flashBytes } of all) {
    assert.equal(fits, engine !== undefined, chip);
    if (!engine) {
      assert.match(why!, /bytes/, chip);
      continue;
    }
    assert.equal(engine.ramBytes + engine.ramLeftBytes, ramBytes, chip);
    assert.equal(engine.flashBytes + engine.flashLeftBytes, flashBytes, chip);
    assert.ok(engine.ramLeftBytes >= 0 && engine.flashLeftBytes >= 0, chip);
    const { kind, error, why: none } = engine.estimate;
    assert.ok(kind === "estimated" ? error && engine.seconds! > 0 : none, chip);
  }
});

test("a float network of more weights than a chip has flash does not fit, and the sentence says so", () => {
  const small = jsonOf("models/lenet5.pt", "--dtype", "f32").filter(({ flashBytes }) => flashBytes < 200_000);
  assert.ok(small.length > 0);
  assert.ok(small.every(({ fits }) => !fits));
  assert.match(
    small.find(({ chip }) => chip === "stm32f103")!.why!,
    /flash budget of \d+ bytes is too small/,
  );
});

test("the text names what is not in its figures", () => {
  const { status, stdout } = pingpool("boards", "models/lenet5.pt");
  assert.equal(status, 0);
  assert.match(stdout, /^fits \d+ of \d+ pairs of chip and core\n/);
  assert.match(stdout, /Wait states are not in these figures/);
});
