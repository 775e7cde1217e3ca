import { checkAgreement } from "../bench/agreement.ts";
import { progressOn } from "../bench/progress.ts";
import { isQuantized } from "../graph/byte-type.ts";
import { againstPyTorch } from "./against-pytorch.ts";
import { chooseEngine, engineOptions } from "./choices.ts";
import type { Command } from "./command.ts";
import { engineInputs } from "../bench/sample.ts";
import { readSamples } from "./samples.ts";
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
    const { file, compiled, strategy, frame, recipes, prepared } = chooseEngine(typed, "verify");
    const { graph } = compiled;
    const real = typed.values.data
      ? readSamples(typed.values.data, file.graph, file.inputs, file.sidecar.preprocessing)
      : file.calibration;
    progress.step("running every reader");
    const readers = await checkAgreement(
      compiled,
      real.slice(0, frames).map((sample) => engineInputs(graph, sample)),
    );
    const reference = typed.values.expect ? againstPyTorch(file, real, typed.values.expect) : undefined;
    progress.done();
    const wrong = readers.filter(({ equal, frames: asked }) => equal !== asked);
    const json = {
      model: file.path,
      dtype: prepared.dtype,
      plan: strategy,
      frame,
      schedule: recipes.name,
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
        `${isQuantized(file.graph) ? "quantised network" : "float"} against ${typed.values.expect ?? ""}: worst error ${reference.worst.toExponential(2)} of the largest output, argmax equal on ${reference.argmaxEqual} of ${reference.samples}`,
      );
    return { json, text: lines.join("\n") };
  },
};
