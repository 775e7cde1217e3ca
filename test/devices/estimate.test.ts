import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { versionOf } from "../../src/bench/device/execute.ts";
import { costOf } from "../../src/core/coefficients.ts";
import { errorOfNetworks } from "../../src/core/error-bar.ts";
import { fits } from "../../src/core/fits/fits.ts";
import { shownKinds } from "../../scripts/calibrate/engines.ts";
import { grouped } from "../../scripts/calibrate/fit.ts";
import { rowsOf } from "../../scripts/calibrate/rows.ts";
import { bundledSubjects } from "../../scripts/calibrate/subjects.ts";
import { targets } from "../../scripts/calibrate/targets.ts";
import { skipFor } from "../support/tools.ts";

for (const target of targets) {
  const { device } = target;
  const calibrated = target.runners.filter(({ id }) => errorOfNetworks(id) !== undefined);
  const compiler = `${device.target}-gcc`;
  const skip = skipFor(versionOf(compiler) ? "" : `${compiler} not found; npm run setup:devices`);
  for (const core of calibrated) {
    const most = errorOfNetworks(core.id)!.worstPercent;
    test(
      `${core.id}: LeNet-5, compiled and simulated anew, takes as many cycles as estimated, within ${most} %`,
      { skip },
      async () => {
        const cache = mkdtempSync(join(tmpdir(), "pingpool-estimate-"));
        try {
          const [subject] = [...bundledSubjects("int8", ["lenet5"])];
          const kinds = shownKinds(subject!.prepared, target.priced).filter(({ name }) =>
            ["blocked", "plain"].includes(name),
          );
          for (const kind of kinds) {
            const rows = await rowsOf(subject!, kind, { ...target, runners: [core] }, cache);
            const { families } = fits.get(core.id)!;
            const sum = (list: readonly number[]): number => list.reduce((total, x) => total + x, 0);
            const truth = sum(rows.map(({ cycles }) => cycles!));
            const found = sum(rows.map(({ family, done }) => costOf(done, families[family]!.cycles!)));
            const error = 100 * Math.abs(found / truth - 1);
            assert.equal(grouped(rows, (row) => row.core).size, 1);
            assert.ok(error <= most, `${kind.name}: off by ${error.toFixed(1)} %`);
          }
        } finally {
          rmSync(cache, { recursive: true, force: true });
        }
      },
    );
  }
}
