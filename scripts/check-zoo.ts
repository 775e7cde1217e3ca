/**
 * Holds the loader against a folder of real PyTorch files, which is not part of the project:
 *
 *     node dist/scripts/check-zoo.js MODELS
 *
 * Every file of `zoo/` must compute what PyTorch computed (`output.npy` beside it) or be refused in the words of
 * `zoo-expectations.ts`; so must every file of `bad/`. Then each network must compile, in float and in int8, and in int8
 * do what it does in float (`zoo-agreement.ts`).
 * Prints a table of container by network with the worst relative error. Ends with "N passed, N failed".
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { compile, prepare } from "../src/compile.ts";
import { CompileError } from "../src/error.ts";
import { toImage } from "../src/load/layout.ts";
import { loadModel } from "../src/load/load-model.ts";
import type { LoadedModel } from "../src/load/load-model.ts";
import { readNpy } from "../src/load/npy.ts";
import { schedules } from "../src/lower/schedule.ts";
import { scheduled } from "../src/lower/scheduled.ts";
import { ZipArchive } from "../src/load/zip.ts";
import { packageRoot } from "../test/support/package-root.ts";
import { agreementOf } from "./zoo-agreement.ts";
import { badFiles, zooAnswer } from "./zoo-expectations.ts";
import type { BadFile } from "./zoo-expectations.ts";
import { readOutputs, readSamples, worstError, worstSteps } from "./zoo-samples.ts";

const slowestMs = 5000;
const calibrationSamples = 32;

const models = process.argv[2];
if (models === undefined) {
  console.error("usage: check-zoo MODELS (a folder with zoo/ and bad/)");
  process.exit(1);
}

let passed = 0;
let failed = 0;

function report(ok: boolean, line: string): void {
  if (ok) passed += 1;
  else failed += 1;
  console.log(`${ok ? "pass" : "FAIL"}  ${line}`);
}

function architecture(name: string): string | undefined {
  const path = join(packageRoot(), "test/fixtures/architectures", `${name}.json`);
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

interface Outcome {
  readonly loaded?: LoadedModel;
  readonly problems?: readonly string[];
  /** An exception that is not a sentence. */
  readonly crash?: string;
  readonly milliseconds: number;
}

function tryLoad(
  path: string,
  options: {
    readonly arch?: string | undefined;
    readonly inputShapes?: readonly (readonly number[])[] | undefined;
  },
): Outcome {
  const { arch, inputShapes } = options;
  const bytes = readFileSync(path);
  const start = performance.now();
  const milliseconds = (): number => performance.now() - start;
  try {
    const readBeside = (name: string): Uint8Array => readFileSync(join(dirname(path), name));
    const given = { readBeside, ...(arch !== undefined && { arch }), ...(inputShapes && { inputShapes }) };
    return { loaded: loadModel(bytes, { fileName: path, ...given }), milliseconds: milliseconds() };
  } catch (error) {
    if (error instanceof CompileError) return { problems: error.problems, milliseconds: milliseconds() };
    return { crash: (error as Error).stack ?? String(error), milliseconds: milliseconds() };
  }
}

const shortened = (problems: readonly string[]): string =>
  problems
    .map((problem) => problem.replace(/^.*\/(?=[^/:]+: )/, "").replaceAll("\n", " "))
    .join(" | ")
    .slice(0, 200);

/** Worst error by container, one row a network. */
const tableRows = new Map<string, Map<string, string>>();

function checkZooFile(network: string, file: string): void {
  const folder = join(models!, "zoo", network);
  const name = `${network}/${file}`;
  const inputs = readSamples(join(folder, "input.npy"));
  const arch = file.endsWith(".pth") ? architecture(network) : undefined;
  const outcome = tryLoad(join(folder, file), { arch, inputShapes: [inputs.shape] });
  const answer = zooAnswer(network, file);
  const isFast = outcome.milliseconds < slowestMs;
  if (outcome.crash !== undefined) return report(false, `${name}: ${outcome.crash}`);
  if (outcome.problems) {
    const text = outcome.problems.join("\n");
    const isRight = answer.kind === "any" || (answer.kind === "refused" && answer.words.test(text));
    return report(isRight && isFast, `${name}: ${shortened(outcome.problems)}`);
  }
  if (answer.kind === "bytes") {
    const expected = readSamples(join(folder, file.replace(/\.onnx$/, ".output.npy")));
    const steps = worstSteps(outcome.loaded!, inputs, expected);
    return report(
      isFast && steps <= answer.steps,
      `${name}: in bytes, worst error ${steps} steps of its scale`,
    );
  }
  if (answer.kind !== "values") return report(answer.kind === "any" && isFast, `${name}: loads`);
  const worst = worstError(outcome.loaded!, inputs, readOutputs(folder));
  const row = tableRows.get(network) ?? new Map<string, string>();
  tableRows.set(network, row.set(file.replace(/\.(pth?|ptl)$/, ""), worst.toExponential(1)));
  report(isFast && worst <= answer.tolerance, `${name}: worst relative error ${worst.toExponential(2)}`);
}

function checkBadFile(file: string, question: BadFile): void {
  const folder = join(models!, "bad");
  const arch = question.arch === undefined ? undefined : architecture(question.arch);
  const { loaded, problems, crash, milliseconds } = tryLoad(join(folder, file), {
    arch,
    inputShapes: question.inputShapes,
  });
  const isFast = milliseconds < slowestMs;
  const text = problems?.join("\n") ?? "";
  const notes = loaded?.notes.join("\n") ?? "";
  const hasNote = question.note === undefined || question.note.test(notes);
  const isRight = question.words
    ? question.words.test(text)
    : loaded !== undefined && hasNote && agrees(file, loaded);
  report(isRight && isFast, `bad/${file}: ${crash ?? (problems ? shortened(problems) : `loads; ${notes}`)}`);
}

/** Where the folder knows what a file that loads must compute or hold, whether it does. */
function agrees(file: string, loaded: LoadedModel): boolean {
  const folder = join(models!, "bad");
  const stem = file.replace(/\.(script|trace)\.pt$|\.pth$/, "");
  if (existsSync(join(folder, `${stem}.output.npy`))) {
    const output = readSamples(join(folder, `${stem}.output.npy`));
    return worstError(loaded, readSamples(join(folder, `${stem}.input.npy`)), [output]) <= 1e-4;
  }
  if (!existsSync(join(folder, `${stem}.expect.npz`))) return true;
  const expected = new ZipArchive(readFileSync(join(folder, `${stem}.expect.npz`)));
  return loaded.graph.nodes.every((node) => {
    if (node.kind !== "linear") return true;
    const { data } = readNpy(expected.read(`${node.name}.weight.npy`));
    return node.weight.data.every((value, i) => value === data[i]);
  });
}

/** Compiles a network, and in int8 compares it with float on samples it was not calibrated on. */
function checkCompiles(network: string): void {
  const folder = join(models!, "zoo", network);
  const inputs = readSamples(join(folder, "input.npy"));
  const { loaded } = tryLoad(join(folder, "model.script.pt"), { inputShapes: [inputs.shape] });
  if (!loaded) return report(false, `${network}: does not load, so it does not compile`);
  const toImages = (items: readonly Float32Array[]): readonly Float32Array[] =>
    items.map((item) => toImage(item, loaded.inputs[0]!));
  const ownCalibration = join(folder, "calib.npy");
  // Where there are no others, half of the samples calibrate.
  const half = inputs.items.length >> 1;
  const [calibration, tested] = existsSync(ownCalibration)
    ? [readSamples(ownCalibration, calibrationSamples).items, inputs.items]
    : [inputs.items.slice(0, half), inputs.items.slice(half)];
  const samples = toImages(calibration).map((image) => [image]);
  for (const dtype of ["f32", "int8"] as const) {
    try {
      const prepared = prepare(loaded.graph, dtype, samples);
      compile(prepared, {
        strategy: "stream",
        frame: "resident",
        fusePool: true,
        recipes: scheduled(schedules.blocked),
      });
      if (dtype === "f32") {
        report(true, `${network}: f32 compiles`);
        continue;
      }
      const { isEnough, words } = agreementOf(loaded, prepared.graph, toImages(tested));
      report(isEnough, `${network}: int8 compiles; ${words}, calibrated on ${calibration.length} others`);
    } catch (error) {
      report(
        false,
        `${network}: ${dtype}: ${error instanceof CompileError ? error.problems.join(" | ") : String((error as Error).stack)}`,
      );
    }
  }
}

const networks = readdirSync(join(models, "zoo"));
for (const network of networks) {
  const files = readdirSync(join(models, "zoo", network)).filter((name) =>
    /\.(pt|pth|ptl|pt2|onnx)$/.test(name),
  );
  for (const file of files) checkZooFile(network, file);
}
for (const file of readdirSync(join(models, "bad")).filter((name) => /\.(pt|pth|onnx)$/.test(name))) {
  for (const question of badFiles[file] ?? []) checkBadFile(file, question);
}
for (const network of networks) checkCompiles(network);

console.log("\nworst relative error by network and file:");
for (const [network, row] of tableRows) {
  const cells = [...row].map(([file, error]) => `${file.replace("model.", "")} ${error}`);
  console.log(`${network.padEnd(20)} ${cells.join(", ")}`);
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
