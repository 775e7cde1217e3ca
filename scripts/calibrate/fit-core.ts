/** All that is fitted of one core, with what it was fitted on. */
import { calibrationBuild } from "../../src/bench/device/calibration-build.ts";
import { compilerOf } from "../../src/bench/device/build.ts";
import type { CoreFit, FamilyFit } from "../../src/core/coefficients.ts";
import { errorBar } from "../../src/core/error-bar.ts";
import { fitFamily, grouped, truthOf, type LeftOut } from "./fit.ts";
import type { Row } from "./rows.ts";
import type { CalibratedTarget } from "./targets.ts";

export function fitCore(
  { device, priced }: CalibratedTarget,
  rows: readonly Row[],
  leftOut: readonly LeftOut[],
): CoreFit {
  const errors = grouped(leftOut, ({ row }) => row.family);
  const families = [...grouped(rows, ({ family }) => family)].map(([family, own]): [string, FamilyFit] => {
    const error = leftOutError(errors.get(family) ?? []);
    return [family, { ...fitFamily(own, priced), ...(error && { leftOut: error }) }];
  });
  const { version } = compilerOf(device, calibrationBuild);
  return {
    core: rows[0]!.core,
    compiler: `GCC ${/\d+\.\d+/.exec(version!.replace(/\(.*\)/, ""))![0]} ${calibrationBuild.optimisation} ${calibrationBuild.flags!.join(" ")}`,
    kernels: rows.length,
    networks: new Set(rows.map(({ network }) => network)).size,
    families: Object.fromEntries(families),
  };
}

function leftOutError(all: readonly LeftOut[]): FamilyFit["leftOut"] {
  const errors = all.flatMap(({ row, found }) => (found === undefined ? [] : [found / truthOf(row) - 1]));
  if (errors.length === 0) return undefined;
  const networks = new Set(all.map(({ row }) => row.network)).size;
  return errorBar(errors, `${errors.length} kernels of ${networks} networks`);
}
