import { prepare } from "../compile.ts";
import { CompileError } from "../error.ts";
import { progressOn } from "../bench/progress.ts";
import { isQuantized } from "../graph/byte-type.ts";
import { describe } from "../graph/describe.ts";
import type { Graph } from "../graph/graph.ts";
import { compareGraphs, type Comparison } from "../pass/compare.ts";
import { cureOf } from "../pass/cure.ts";
import { accuracyOf, labelledData, type Accuracy } from "./accuracy.ts";
import { describeCures, measureCures } from "./cures.ts";
import { oneFile } from "./choices.ts";
import type { Command } from "./command.ts";
import { readModelFile } from "./model-file.ts";
import { quantisingOptions, readQuantising } from "./quantising.ts";
import { readSamples } from "./samples.ts";
import { table } from "./table.ts";

/** How many of the worst layers get a suggestion. */
const cured = 3;

/** `pingpool diff`: where int8 loses what float has, layer by layer, worst first. */
export const diffCommand: Command = {
  name: "diff",
  summary:
    "print what int8 costs each layer against float: signal-to-noise, worst first, with suggested cures",
  usage: "pingpool diff MODEL.pt [--data FILE|FOLDER] [--accuracy [--labels FILE.npy]]",
  options: ["input", "arch", ...quantisingOptions, "name", "data", "labels", "accuracy"],
  notes: [
    "",
    "A step is what one byte more or less stands for. In JSON, decibels are null where all values are exact or 0.",
  ],
  async run(typed) {
    const file = readModelFile(oneFile(typed, "diff"), typed);
    if (isQuantized(file.graph))
      throw new CompileError(
        `${file.path}: comes quantised and has no float form to compare with; give the float model`,
      );
    const labelled = typed.flags.has("accuracy") ? labelledData(file, typed) : undefined;
    const samples = typed.values.data
      ? readSamples(typed.values.data, file.graph, file.inputs, file.sidecar.preprocessing)
      : file.calibration;
    const progress = progressOn();
    progress.step("quantising");
    const how = readQuantising(typed);
    const prepared = {
      float: prepare(file.graph, "f32", file.calibration),
      int8: prepare(file.graph, "int8", file.calibration, how),
    };
    const float = prepared.float.graph;
    const quantized = prepared.int8.graph;
    progress.step(`running float and int8 on ${samples.length} samples`);
    const comparison = compareGraphs(float, quantized, samples);
    progress.step("measuring cures");
    const cures = measureCures(float, file.calibration, samples, how);
    if (labelled) progress.step(`running both engines on ${labelled.inputs.length} labelled samples`);
    const accuracy = labelled && (await accuracyOf(prepared.float, prepared.int8, labelled));
    progress.done();
    const layers = layersOf(quantized, comparison);
    const outputs = quantized.outputs.map((tensor, i) => ({
      name: file.outputs[i]!.name,
      argmaxEqual: comparison.argmaxEqual.get(tensor)!,
    }));
    const json = {
      model: file.path,
      samples: samples.length,
      outputs,
      layers,
      cures,
      ...(accuracy && { accuracy }),
      notes: file.notes,
    };
    const rows = layers.map(({ path, what, decibels, largestError }) => [
      path,
      what,
      decibels?.toFixed(1) ?? (largestError === 0 ? "exact" : "no signal"),
      largestError.toFixed(1),
    ]);
    const text = [
      `${file.path}: int8 against float on ${samples.length} samples`,
      "",
      table([["layer", "what", "dB", "largest error in steps"], ...rows]),
      "",
      ...layers.flatMap(({ path, cure }) => (cure === undefined ? [] : [`${path}: ${cure}`])),
      "",
      describeCures(cures),
      "",
      ...outputs.map(
        ({ name, argmaxEqual }) =>
          `${outputs.length > 1 ? `output ${name}: ` : ""}argmax equal on ${argmaxEqual} of ${samples.length} samples`,
      ),
      ...(accuracy ? [describeAccuracy(accuracy)] : []),
      ...file.notes.map((note) => `note: ${note}`),
    ].join("\n");
    return { json, text };
  },
};

function describeAccuracy({ samples, data, float, int8, agreement }: Accuracy): string {
  const percent = (part: number): string => `${(100 * part).toFixed(2)} %`;
  return (
    `accuracy on ${samples} samples: float ${percent(float)}, int8 ${percent(int8)}, ` +
    `the same class on ${percent(agreement)} (counted; ${data})`
  );
}

function layersOf(quantized: Graph, comparison: Comparison) {
  return comparison.tensors.map((noise, rank) => {
    const { tensor, decibels, largestError } = noise;
    const node = quantized.nodes.find(({ output }) => output === tensor);
    return {
      path: node?.name ?? tensor,
      what: node ? describe(node, quantized.tensors.get(tensor)) : "input",
      decibels: Number.isFinite(decibels) ? decibels : null,
      largestError,
      ...(rank < cured && largestError > 0 && { cure: cureOf(noise, quantized, comparison) }),
    };
  });
}
