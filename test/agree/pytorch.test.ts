/** The float models against what PyTorch itself computed: `models/NAME.check-output.npy`. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { bundledNames, recordedModel } from "../support/models.ts";
import { assemblyScript, interpreter } from "../support/readers.ts";
import { full } from "../support/tools.ts";
import { assertAgrees, firstFrames, trialsOf } from "../support/trial.ts";

const way = { strategy: "stream", frame: "pushed", schedule: "blocked" } as const;

for (const name of bundledNames) {
  test(`${name} in float is within 1e-5 of PyTorch's largest output, in every recorded sample`, async (t) => {
    const model = recordedModel(name);
    const worst = model.expected.map((bytes, i) => relativeError(floatsOf(bytes), model.pytorch[i]!));
    assert.ok(worst.length >= 2);
    assert.ok(Math.max(...worst) <= 1e-5, String(Math.max(...worst)));
    t.diagnostic(`${worst.length} samples, worst relative error ${Math.max(...worst).toExponential(2)}`);
  });

  test(`${name} in float has the same bits in AssemblyScript and in the interpreter`, async (t) => {
    const model = recordedModel(name);
    await assertAgrees(t, trialsOf(model, [way]), assemblyScript);
    await assertAgrees(t, trialsOf(firstFrames(model, full ? 8 : 1), [way]), interpreter);
  });
}

const floatsOf = (bytes: Uint8Array): Float32Array => new Float32Array(bytes.slice().buffer);

/** The largest difference, relative to the largest value meant: outputs near 0 are sums of large terms. */
function relativeError(got: Float32Array, wanted: Float32Array): number {
  assert.equal(got.length, wanted.length);
  const scale = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return got.reduce((most, value, i) => Math.max(most, Math.abs(value - wanted[i]!)), 0) / scale;
}
