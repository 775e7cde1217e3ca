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
    readonly estimate: {
      readonly kind: string;
      readonly cycles?: number;
      readonly error?: { readonly withinPercent: number };
    };
    readonly latency: {
      readonly kind: string;
      readonly cycles?: number;
      readonly withinPercent?: number;
      readonly waits?: {
        readonly code: number;
        readonly constants: number;
        readonly error?: { readonly worstPercent: number };
      };
      readonly why?: string;
    };
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
  assert.ok(all.some(({ engine }) => engine?.latency.kind === "estimated"));
  for (const { chip, fits, engine, why, ramBytes, flashBytes } of all) {
    assert.equal(fits, engine !== undefined, chip);
    if (!engine) {
      assert.match(why!, /bytes/, chip);
      continue;
    }
    assert.equal(engine.ramBytes + engine.ramLeftBytes, ramBytes, chip);
    assert.equal(engine.flashBytes + engine.flashLeftBytes, flashBytes, chip);
    assert.ok(engine.ramLeftBytes >= 0 && engine.flashLeftBytes >= 0, chip);
    const { estimate, latency, seconds } = engine;
    if (latency.kind === "none") {
      assert.ok(latency.why !== "" && seconds === undefined, chip);
      continue;
    }
    const { code, constants, error } = latency.waits!;
    assert.equal(latency.cycles, estimate.cycles! + code + constants, chip);
    assert.ok(code > 0 && constants > 0 && seconds! > 0, chip);
    assert.ok(latency.withinPercent! > estimate.error!.withinPercent && error!.worstPercent < 15, chip);
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

test("the text says how far off waits have been, and what each chip's memories make a core wait", () => {
  const { status, stdout } = pingpool("boards", "models/lenet5.pt");
  assert.equal(status, 0);
  assert.match(stdout, /^fits \d+ of \d+ pairs of chip and core\n/);
  assert.match(
    stdout,
    / RP2350, hazard3: waits estimated; off by at most [\d.]+ % on \d+ simulated engines\n/,
  );
  assert.match(stdout, /FE310-G000, .*: no figure: /);
  assert.match(
    stdout,
    / {2}STM32F103: flash \(code: 2 cycles for 8 B behind 16 B of cache, constants: 2 cycles for 8 B, no cache\)/,
  );
});
