import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { costOf } from "../../src/core/coefficients.ts";
import { cores } from "../../src/core/cores.ts";
import { errorBar, errorOfNetworks, errorWords } from "../../src/core/error-bar.ts";
import { estimate, estimateLayer, provenanceWords } from "../../src/core/estimate.ts";
import { fits } from "../../src/core/fits/fits.ts";
import { operations, type Counts, type KernelWork, type Operation } from "../../src/loop/operation.ts";
import { errorOf } from "../../src/truth/comparison.ts";
import { networks } from "../../src/truth/networks.ts";
import { packageRoot } from "../support/package-root.ts";

/** A kernel as `npm run calibrate` ran it on a core. */
interface SampleRow {
  readonly core: string;
  readonly network: string;
  readonly layer: string;
  readonly family: string;
  readonly cycles?: number;
  readonly instructions: number;
  readonly codeBytes?: number;
  readonly done: Partial<Counts>;
  readonly written: Partial<Counts>;
}

const samplesOf = (core: string): readonly SampleRow[] =>
  JSON.parse(readFileSync(join(packageRoot(), `test/core/rows/${core}.json`), "utf8")) as SampleRow[];

const whole = (some: Partial<Counts>): Counts =>
  Object.fromEntries(operations.map((o) => [o, some[o] ?? 0])) as Record<Operation, number>;

for (const [id, fit] of fits) {
  test(`${id}: kernels that were simulated are met as closely as their family says`, () => {
    const samples = samplesOf(id);
    assert.ok(samples.length >= 20, `${samples.length} rows`);
    for (const { family, cycles, instructions, done, network, layer } of samples) {
      const { worstPercent, ...coefficients } = fit.families[family]!;
      const found = costOf(whole(done), coefficients.cycles ?? coefficients.instructions);
      const error = 100 * Math.abs(found / (cycles ?? instructions) - 1);
      // Coefficients are written with four digits.
      assert.ok(error <= worstPercent + 0.2, `${network}, ${layer}, ${family}: off by ${error.toFixed(2)} %`);
    }
  });

  test(`${id}: coefficients are not negative, and every family tells its residual`, () => {
    for (const [family, one] of Object.entries(fit.families)) {
      assert.ok(one.kernels > 0 && one.mapePercent <= one.worstPercent, family);
      for (const of of [one.cycles ?? {}, one.instructions, one.codeBytes])
        for (const value of Object.values(of)) assert.ok(value > 0, family);
    }
  });

  if (Object.values(fit.families).some(({ cycles }) => cycles))
    test(`${id}: networks left out of the fit are met within the issue's bounds`, () => {
      const errors = networks.rows.filter(({ core }) => core === id).map(errorOf);
      const bar = errorBar(errors, "");
      assert.ok(bar.mapePercent <= 5, `MAPE ${bar.mapePercent} %`);
      assert.ok(bar.worstPercent <= 12, `worst ${bar.worstPercent} %`);
    });
}

const hazard3 = cores.find(({ id }) => id === "hazard3")!;

const kernel = (family: string): KernelWork => ({
  layer: "conv1",
  family,
  done: whole({ call: 4, load8: 1000, mac: 1000, loop: 300, loopExit: 40, requantize: 16, store8: 16 }),
  written: whole({ call: 1, load8: 2, mac: 1, loop: 3, requantize: 1, store8: 1 }),
});

test("an estimate says how far off it may be, and how it was obtained", () => {
  const found = estimate([kernel("int8 conv2d plain")], hazard3);
  assert.ok(found.kind === "estimated");
  assert.ok(found.cycles > found.instructions && found.instructions > 3000, `${found.cycles}`);
  assert.deepEqual(found.error, errorOfNetworks("hazard3-rp2350"));
  const words = provenanceWords(found);
  assert.match(words, /^estimated; GCC \d+\.\d+ -O2 .*; no wait states; leave-one-network-out MAPE \d/);
});

test("a layer's error is its family's, not that of whole networks", () => {
  const found = estimateLayer([kernel("int8 conv2d plain")], hazard3);
  assert.ok(found.kind === "estimated");
  assert.match(found.error.over, /^\d+ kernels of \d networks$/);
});

test("a family without coefficients has no estimate, nor has a core", () => {
  assert.deepEqual(estimate([kernel("int8 conv2d plain"), kernel("int8 dream")], hazard3), {
    kind: "none",
    core: "hazard3",
    why: "not calibrated: int8 dream",
  });
  assert.deepEqual(
    estimate([kernel("int8 conv2d plain")], { ...hazard3, simulatedAs: "none", name: "None" }),
    {
      kind: "none",
      core: "hazard3",
      why: "None has not been calibrated",
    },
  );
});

test("an error bar is made of what was off", () => {
  const errors = [0.01, -0.02, 0.03, 0, 0, 0, 0, 0, 0, -0.1];
  const bar = errorBar(errors, "10 engines of 6 networks");
  assert.deepEqual(bar, {
    withinPercent: 3,
    mapePercent: 1.6,
    worstPercent: 10,
    over: "10 engines of 6 networks",
  });
  assert.equal(errorWords(bar), "leave-one-network-out MAPE 1.6 %, worst 10 %, 10 engines of 6 networks");
});
