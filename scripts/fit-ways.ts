/**
 * Fits what counting operations does not see of each way to compute a layer (spills, addresses, what a compiler merges):
 *
 *     node dist/scripts/fit-ways.js measured.jsonl > src/choose/fitted.ts
 *
 * Builds the bundled networks with every family of recipes wherever it fits, runs them on emulated cores (GCC -O2, QEMU),
 * keeps what it measured in the file, measures what is not in there yet, and prints by core and family five factors, on
 * the parts of `choose/work.ts`, with least squared relative error of the instructions emulated, and the mean code bytes.
 * Needs the device toolchains, and an hour.
 */
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { devices } from "../src/bench/device/list.ts";
import { workOf } from "../src/choose/work.ts";
import type { Core } from "../src/core/core.ts";
import { cores } from "../src/core/cores.ts";
import { fitCoefficients } from "./calibrate/least-squares.ts";
import { type Measured, measureWays } from "./fit/measure-ways.ts";

const models = ["lenet5", "cifar_testnet", "dscnn", "mobilenetv1_025", "resnet8", "autoencoder"];
/** By device, the core whose prices and tiles it is fitted with. */
const fits = {
  "cortex-m0plus": "cortex-m0plus",
  "cortex-m3": "cortex-m3",
  "cortex-m4": "cortex-m4",
  "cortex-m55": "cortex-m55",
  rv32imc: "hazard3",
};
const mostTurns = 14;
/** Draws what few layers tell apart to the mean. */
const pullToPrior = 0.01;

const path = process.argv[2];
if (path === undefined)
  throw new Error("say in which file measurements are kept: fit-ways.js measured.jsonl");

async function measureMissing(path: string): Promise<readonly Measured[]> {
  const known = existsSync(path)
    ? readFileSync(path, "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Measured)
    : [];
  const all = [...known];
  for (const [deviceId, coreId] of Object.entries(fits)) {
    const device = devices.find(({ id }) => id === deviceId)!;
    for (const model of models) {
      if (known.some((one) => one.device === deviceId && one.model === model)) continue;
      const found = await measureWays(model, device, coreNamed(coreId).features, mostTurns);
      all.push(...found);
      appendFileSync(path, found.map((one) => `${JSON.stringify(one)}\n`).join(""));
      console.error(`${deviceId} ${model}: ${found.length} layers`);
    }
  }
  return all;
}

const coreNamed = (id: string): Core => cores.find((core) => core.id === id)!;

/** `[factors, code bytes]`: what a file of data is made of. */
function fitOf(list: readonly Measured[], core: Core): readonly (number | readonly number[])[] {
  const rows = list.map(({ counts, instructions }) =>
    workOf(counts, core).map((cycles) => cycles / instructions),
  );
  const all = rows.map((row) => row.reduce((sum, x) => sum + x, 0));
  const prior = 1 / geometricMean(all);
  const factors = fitCoefficients(
    rows,
    rows.map(() => 1),
    rows[0]!.map(() => prior),
    pullToPrior,
  );
  const code = geometricMean(list.map(({ codeBytes }) => codeBytes));
  return [factors.map((x) => Number(x.toFixed(3))), Math.round(code)];
}

const geometricMean = (list: readonly number[]): number =>
  Math.exp(list.reduce((sum, x) => sum + Math.log(x), 0) / list.length);

const measured = (await measureMissing(path)).filter(({ instructions }) => instructions > 0);
const result = Object.entries(fits).map(([deviceId, coreId]) => {
  const own = measured.filter(({ device }) => device === deviceId);
  const keys = [...new Set(own.map(({ key }) => key))].sort();
  const lines = keys.map((key) => {
    const fit = fitOf(
      own.filter((one) => one.key === key),
      coreNamed(coreId),
    );
    return `    ${JSON.stringify(key)}: ${JSON.stringify(fit)},`;
  });
  return [`  ${JSON.stringify(deviceId)}: {`, ...lines, "  },"].join("\n");
});
console.log(`/**
 * By core, kind of layer and family of recipes: factors on the parts of \`work.ts\` with which they are instructions emulated
 * (GCC 12.2 -O2, QEMU, the bundled networks' layers), and the mean bytes of code. Written by \`scripts/fit-ways.ts\`.
 */
export type Fit = readonly [factors: readonly number[], codeBytes: number];

// prettier-ignore
export const fitted: Readonly<Record<string, Readonly<Record<string, Fit>>>> = {
${result.join("\n")}
};`);
