/**
 * Holds the loader against a folder of real PyTorch files, which is not part of the project:
 *
 *     node dist/scripts/check-zoo.js MODELS [--write FEATURES.md | --check FEATURES.md]
 *
 * Every file of `zoo/` must compute what PyTorch computed (`output.npy` beside it) or be refused in the words of
 * `zoo-expectations.ts`; so must every file of `bad/` that its README lists. Then each network must compile, in float and
 * in int8, and in int8 do what it does in float (`zoo-agreement.ts`). Writes a table of all files into the document, or
 * checks that the one there says the same. Ends with "N passed, N failed".
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { compile, prepare } from "../src/compile.ts";
import { CompileError } from "../src/error.ts";
import { toImage } from "../src/load/layout.ts";
import { loadModel } from "../src/load/load-model.ts";
import type { LoadedModel } from "../src/load/load-model.ts";
import { readNpy } from "../src/load/npy.ts";
import { schedules } from "../src/lower/schedule.ts";
import { scheduled } from "../src/lower/scheduled.ts";
import { sniffContainer, sniffZip } from "../src/load/sniff.ts";
import { ZipArchive } from "../src/load/zip.ts";
import { packageRoot } from "../test/support/package-root.ts";
import { agreementOf } from "./zoo-agreement.ts";
import { badFiles, zooAnswer } from "./zoo-expectations.ts";
import type { BadFile } from "./zoo-expectations.ts";
import { readOutputs, readSamples, worstError, worstSteps } from "./zoo-samples.ts";
import { withGenerated } from "./generated.ts";
import { renderZoo, type BadRow, type ZooRow } from "./zoo-table.ts";

const slowestMs = 5000;
const calibrationSamples = 32;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { write: { type: "string" }, check: { type: "string" } },
});
const models = positionals[0];
if (models === undefined) {
  console.error(
    "usage: check-zoo MODELS [--write FILE | --check FILE] (MODELS: a folder with zoo/ and bad/)",
  );
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

const zooRows: ZooRow[] = [];
const badRows: BadRow[] = [];

const zipNames = { torchscript: "TorchScript", torchSave: "torch.save", exported: "torch.export" } as const;

/** By content, in the words of FEATURES.md. */
function containerOf(path: string): string {
  const bytes = readFileSync(path);
  const kind = sniffContainer(bytes);
  if (kind !== "zip") return { legacyTorchSave: "torch.save, legacy", gzip: "gzip", onnx: "ONNX" }[kind];
  const inside = sniffZip(new ZipArchive(bytes).names);
  return inside in zipNames ? zipNames[inside as keyof typeof zipNames] : inside;
}

const mostQuoted = 110;

/** A refusal as a table has it: the beginning of its first problem, without the file's name. */
function quoted(problems: readonly string[]): string {
  const text = shortened(problems.slice(0, 1))
    .replace(/^[^ ]+: /, "")
    .replaceAll("`", "'");
  return `refused: \`${text.length > mostQuoted ? `${text.slice(0, mostQuoted).trim()}...` : text}\``;
}

function checkZooFile(network: string, file: string): void {
  const folder = join(models!, "zoo", network);
  const name = `${network}/${file}`;
  const inputs = readSamples(join(folder, "input.npy"));
  const arch = file.endsWith(".pth") ? architecture(network) : undefined;
  const outcome = tryLoad(join(folder, file), { arch, inputShapes: [inputs.shape] });
  const answer = zooAnswer(network, file);
  const isFast = outcome.milliseconds < slowestMs;
  const tell = (result: string): void =>
    void zooRows.push({ network, file, container: containerOf(join(folder, file)), result });
  if (outcome.crash !== undefined) return report(false, `${name}: ${outcome.crash}`);
  if (outcome.problems) {
    const text = outcome.problems.join("\n");
    tell(quoted(outcome.problems));
    const isRight = answer.kind === "refused" && answer.words.test(text);
    return report(isRight && isFast, `${name}: ${shortened(outcome.problems)}`);
  }
  if (answer.kind === "bytes") {
    const expected = readSamples(
      join(folder, file.replace(/(\.(script|trace|frozen))?\.(onnx|pt)$/, ".output.npy")),
    );
    const steps = worstSteps(outcome.loaded!, inputs, expected);
    tell(`int8, ${steps} LSB`);
    return report(
      isFast && steps <= answer.steps,
      `${name}: in bytes, worst error ${steps} steps of its scale`,
    );
  }
  if (answer.kind !== "values") return report(false, `${name}: loads, and was expected to be refused`);
  const worst = worstError(outcome.loaded!, inputs, readOutputs(folder));
  tell(`float, ${worst.toExponential(1)}`);
  report(isFast && worst <= answer.tolerance, `${name}: worst relative error ${worst.toExponential(2)}`);
}

/** @returns what was answered, for the table. */
function checkBadFile(file: string, question: BadFile): string {
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
    : loaded !== undefined && hasNote && agrees(file, loaded) && isNetwork(loaded, question.network);
  report(isRight && isFast, `bad/${file}: ${crash ?? (problems ? shortened(problems) : `loads; ${notes}`)}`);
  const given = [
    ...(question.inputShapes
      ? [`--input ${question.inputShapes.map((shape) => shape.join("x")).join(",")}`]
      : []),
    ...(question.arch ? [`--arch ${question.arch}.json`] : []),
  ].map((option) => `with \`${option}\` `);
  const loads = notes === "" ? "loads" : `loads, noting \`${notes}\``;
  return `${given.join("")}${problems ? quoted(problems) : loads}`;
}

/** The files `bad/README.md` lists, and what it says of them. */
function listedBadFiles(): ReadonlyMap<string, string> {
  const lines = readFileSync(join(models!, "bad", "README.md"), "utf8").split("\n");
  const cells = lines.map((line) => line.split("|").map((cell) => cell.trim()));
  return new Map(cells.filter((row) => /\.\w+$/.test(row[1] ?? "")).map((row) => [row[1]!, row[3]!]));
}

function isNetwork(loaded: LoadedModel, network: string | undefined): boolean {
  if (network === undefined) return true;
  const folder = join(models!, "zoo", network);
  return worstError(loaded, readSamples(join(folder, "input.npy")), readOutputs(folder)) <= 1e-4;
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
for (const [file, what] of listedBadFiles()) {
  const answers = (badFiles[file] ?? []).map((question) => checkBadFile(file, question));
  if (answers.length === 0) report(false, `bad/${file}: no answer is expected in zoo-expectations.ts`);
  badRows.push({ file, what, answers });
}
for (const network of networks) checkCompiles(network);

const document = values.write ?? values.check;
if (document !== undefined) {
  const before = readFileSync(document, "utf8");
  const after = withGenerated(before, "check-zoo.js", renderZoo(zooRows, badRows));
  if (values.write !== undefined && after !== undefined) writeFileSync(document, after);
  const isRight = after !== undefined && (values.write !== undefined || after === before);
  report(isRight, `${document}: ${isRight ? "says the same" : "says something else; write it with --write"}`);
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
