/** `pingpool bench`: studies the bundled models, or a user's own, and writes the HTML reports. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { openCmsisNn } from "../bench/cmsis-nn/library.ts";
import { devices, parts } from "../bench/device/list.ts";
import { progressOn } from "../bench/progress.ts";
import { readChartJs } from "../bench/report-assets.ts";
import type { DeviceOptions } from "../bench/study/devices.ts";
import { study, type Subject } from "../bench/study/study.ts";
import { CompileError } from "../error.ts";
import type { ModelReport } from "../report/data.ts";
import { overviewEngines, summariseDevices } from "../report/device-summary.ts";
import { renderIndex } from "../report/index-page.ts";
import { renderModelReport } from "../report/page.ts";
import { renderValidation } from "../report/validation-page.ts";
import { comparisonSets } from "../truth/sets.ts";
import type { Arguments } from "./arguments.ts";
import { citedAccuracy, citedVariants } from "./cited.ts";
import type { Command } from "./command.ts";
import { chooseDevices } from "./emulate.ts";
import { readModelFile } from "./model-file.ts";
import { grouped } from "./table.ts";
import { readTestSet } from "./test-set.ts";
import { packageFile, toolVersion } from "./version.ts";
import { writeFiles } from "./write-files.ts";

/** The models in `models/`: the paper's two networks and the four shapes of MLPerf Tiny. */
export const bundled = [
  "lenet5",
  "cifar_testnet",
  "resnet8",
  "mobilenetv1_025",
  "dscnn",
  "autoencoder",
] as const;

export const benchCommand: Command = {
  name: "bench",
  summary: "measure every variant and write the HTML reports",
  usage:
    "pingpool bench [MODEL.pt ...] [--input 1xCxHxW] [--calib FILE.npy] [--out reports] [--devices [--cmsis-nn FOLDER]]",
  options: ["input", "arch", "calib", "name", "out", "quick", "devices", "device", "clang", "cmsis-nn"],
  notes: [
    "",
    "Without a model it studies the six bundled ones.",
    "--devices also runs the engines on emulated cores and parts (npm run setup:devices), those of --device or all.",
  ],
  async run(typed, commandLine) {
    const progress = progressOn();
    const started = performance.now();
    const reports: ModelReport[] = [];
    const paths =
      typed.files.length > 0 ? typed.files : bundled.map((name) => packageFile(`models/${name}.pt`));
    const onDevices = deviceOptions(typed);
    const subjects = paths.map((path) => readSubject(path, typed));
    for (const subject of subjects) {
      const timing = { budgetMs: typed.flags.has("quick") ? 60 : 300 };
      reports.push(
        await study(subject, {
          toolVersion: toolVersion(),
          command: commandLine,
          timing,
          progress,
          ...(onDevices && { devices: onDevices }),
        }),
      );
    }
    const folder = typed.values.out ?? "reports";
    writeReports(folder, reports);
    progress.done(`${reports.length} reports in ${((performance.now() - started) / 1000).toFixed(0)} s`);
    const index = join(folder, "index.html");
    return { json: { index, reports }, text: [...reports.map(summary), `open ${index}`].join("\n") };
  },
};

function deviceOptions(typed: Arguments): DeviceOptions | undefined {
  const folder = typed.values["cmsis-nn"];
  if (!typed.flags.has("devices")) {
    if (folder !== undefined) throw new CompileError("--cmsis-nn runs on emulated cores: add --devices");
    return undefined;
  }
  return {
    devices: typed.values.device === undefined ? [...devices, ...parts] : chooseDevices(typed.values.device),
    clang: typed.flags.has("clang"),
    engines: typed.flags.has("quick") ? overviewEngines : undefined,
    cmsisNn: folder === undefined ? undefined : openCmsisNn(folder),
  };
}

function writeReports(folder: string, reports: readonly ModelReport[]): void {
  const chartJs = readChartJs();
  const data = reports.map(
    (report) => [`${report.name}.json`, `${JSON.stringify(report, null, 1)}\n`] as const,
  );
  const pages = reports.map(
    (report) => [`${report.name}.html`, renderModelReport(report, { chartJs })] as const,
  );
  const { command, environment, toolVersion: version } = reports[0]!;
  const index = renderIndex(
    reports.map((report) => ({ fileName: `${report.name}.html`, report })),
    { command, environment, toolVersion: version },
  );
  const devicesJson = summariseDevices(reports);
  writeFiles(join(folder, "data"), {
    ...Object.fromEntries(data),
    ...(devicesJson && { "devices.json": `${JSON.stringify(devicesJson, null, 1)}\n` }),
  });
  const validation = renderValidation(comparisonSets, version, { chartJs });
  writeFiles(folder, { ...Object.fromEntries(pages), "index.html": index, "validation.html": validation });
}

function readSubject(path: string, typed: Arguments): Subject {
  const file = readModelFile(path, typed);
  const { graph, sidecar } = file;
  const shape = graph.tensors.get(graph.inputs[0]!)!.shape;
  const testSet = readTestSet(path, sidecar, shape);
  const shown = existsSync(path) && path.includes("models/") ? path.slice(path.lastIndexOf("models/")) : path;
  return {
    name: graph.name,
    description: sidecar.description ?? `${path}, given by the user`,
    file: { path: shown, sha256: file.sha256, bytes: file.bytes },
    input: file.inputs.map((port) => port.shape.join("x")).join(", "),
    graph,
    notes: [
      ...file.notes,
      ...(sidecar.calibration ? [`int8 ranges were calibrated on ${sidecar.calibration}`] : []),
    ],
    calibration: file.calibration,
    ...(testSet && { testSet }),
    cited: { variants: citedVariants(sidecar), accuracy: citedAccuracy(sidecar) },
  };
}

function summary({ name, variants }: ModelReport): string {
  const arena = (id: string): string => {
    const found = variants.find((variant) => variant.id === id);
    const bytes = found?.measurements.find(({ metric }) => metric === "arenaBytes")?.value;
    return bytes === undefined ? "does not apply" : `${grouped(bytes)} B`;
  };
  return (
    `${name}: int8 RAM ${arena("int8-naive-resident")} naive, ${arena("int8-paper-resident")} paper, ` +
    `${arena("int8-stream-resident")} streamed, ${arena("int8-stream-pushed")} with rows pushed`
  );
}
