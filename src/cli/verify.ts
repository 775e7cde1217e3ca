import { checkAgreement } from "../bench/agreement.ts";
import { progressOn } from "../bench/progress.ts";
import { CompileError } from "../error.ts";
import { evaluate } from "../graph/evaluate.ts";
import type { Graph } from "../graph/graph.ts";
import { chooseEngine, engineOptions } from "./choices.ts";
import type { Command } from "./command.ts";
import { readNpyFile } from "./model-file.ts";
import { toRealImages } from "./preprocess.ts";
import { engineInput } from "./sample.ts";
import { table } from "./table.ts";

const frames = 8;

/** `pingpool verify`: every reader of the engine against the evaluator, byte for byte, and PyTorch's output if given. */
export const verifyCommand: Command = {
  name: "verify",
  summary: "run every form of the engine and compare their bytes; with --expect also PyTorch's output",
  usage: "pingpool verify MODEL.pt [engine options] [--data INPUT.npy --expect OUTPUT.npy]",
  options: [...engineOptions, "data", "expect"],
  notes: [],
  async run(typed) {
    const progress = progressOn();
    progress.step("compiling");
    const { file, compiled, strategy, frame, schedule, prepared } = chooseEngine(typed, "verify");
    const { graph } = compiled;
    const real = typed.values.data
      ? toRealImages(
          readNpyFile(typed.values.data),
          graph.tensors.get(graph.inputs[0]!)!.shape,
          file.sidecar.preprocessing,
          typed.values.data,
        )
      : file.calibration;
    progress.step("running every reader");
    const readers = await checkAgreement(
      compiled,
      real.slice(0, frames).map((sample) => engineInput(graph, sample)),
    );
    const reference = typed.values.expect ? againstPyTorch(file.graph, real, typed.values.expect) : undefined;
    progress.done();
    const wrong = readers.filter(({ equal, frames: asked }) => equal !== asked);
    const json = {
      model: file.path,
      dtype: prepared.dtype,
      plan: strategy,
      frame,
      schedule: schedule.name,
      proven: compiled.plan.proven,
      readers,
      ...(reference && { reference }),
    };
    if (wrong.length > 0) throw new Error(`readers disagree with the evaluator: ${JSON.stringify(wrong)}`);
    const rows = readers.map(({ reader, frames: asked, equal, skipped }) => [
      reader,
      skipped ? `skipped: ${skipped}` : `${equal} of ${asked} frames equal`,
    ]);
    const lines = [table([["reader", "against the evaluator"], ...rows])];
    if (reference)
      lines.push(
        `float against ${typed.values.expect ?? ""}: worst error ${reference.worst.toExponential(2)} of the largest output, argmax equal on ${reference.argmaxEqual} of ${reference.samples}`,
      );
    return { json, text: lines.join("\n") };
  },
};

/** The loaded float graph against recorded outputs: worst difference relative to the largest output. */
function againstPyTorch(graph: Graph, inputs: readonly Float32Array[], path: string) {
  const expected = readNpyFile(path);
  const length = expected.data.length / inputs.length;
  if (!Number.isInteger(length) || expected.shape[0] !== inputs.length)
    throw new CompileError(`${path}: holds ${expected.shape.join("x")}, expected ${inputs.length} outputs`);
  const wanted = Array.from(expected.data as ArrayLike<number | bigint>, Number);
  const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  let worst = 0;
  let argmaxEqual = 0;
  inputs.forEach((input, i) => {
    const got = Array.from(evaluate(graph, [input]).get(graph.outputs[0]!)!);
    const want = wanted.slice(i * length, (i + 1) * length);
    got.forEach((value, j) => (worst = Math.max(worst, Math.abs(value - want[j]!) / largest)));
    if (got.indexOf(Math.max(...got)) === want.indexOf(Math.max(...want))) argmaxEqual++;
  });
  return { worst, argmaxEqual, samples: inputs.length };
}
