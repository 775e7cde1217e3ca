/** The bundled models through every reader, on calibration images: in the full run LeNet-5 in all plans × frames × schedules. */
import { test } from "node:test";
import { clangWasm, hasCompiler } from "../support/cc.ts";
import type { Dtype, Way } from "../support/engines.ts";
import { bundledNames, modelNames, modelNetwork } from "../support/models.ts";
import { nativeC, optimizedC } from "../support/native-reader.ts";
import { assemblyScript, cAsWasm, interpreter } from "../support/readers.ts";
import { full } from "../support/tools.ts";
import { assertAgrees, firstFrames, trialsOf } from "../support/trial.ts";
import { share, waysInTurn, waysOf } from "../support/ways.ts";

const images = 2;

for (const [turn, name] of modelNames.entries()) {
  for (const dtype of ["int8", "f32"] as const) {
    const network = modelNetwork(name, dtype, images);
    const sample = (language: "any" | "C", count: number): readonly Way[] =>
      share(waysOf(dtype, language), turn, count);

    const waysOfFull = (language: "any" | "C"): readonly Way[] =>
      name === "lenet5" ? waysOf(dtype, language) : waysInTurns(dtype, language, 2);

    test(`${dtype} ${name}: the checked interpreter gives the evaluator's bytes`, async (t) => {
      const ways = full ? waysInTurns(dtype, "any", 2) : sample("any", 1);
      await assertAgrees(t, trialsOf(firstFrames(network, 1), ways), interpreter);
    });

    test(`${dtype} ${name}: AssemblyScript gives the evaluator's bytes`, async (t) => {
      const ways = full ? waysOfFull("any") : sample("any", 3);
      await assertAgrees(t, trialsOf(network, ways), assemblyScript);
    });

    test(`${dtype} ${name}: C on this machine does, and no sanitizer has anything to say`, async (t) => {
      if (!hasCompiler(t, "gcc")) return;
      const ways = full ? waysOfFull("C") : sample("C", 2);
      await assertAgrees(t, trialsOf(network, ways), nativeC);
    });

    test(`${dtype} ${name}: C as Wasm does, and nothing undefined traps`, async (t) => {
      const clang = await clangWasm(t);
      if (!clang) return;
      const ways = full ? waysInTurns(dtype, "C", 1) : sample("C", 1);
      await assertAgrees(t, trialsOf(network, ways), cAsWasm(clang));
    });
  }
}

/** Optimised code is where a compiler may read a program otherwise than we do. */
for (const name of full ? bundledNames : (["mobilenetv1_025"] as const)) {
  test(`int8 ${name}: C at -O2, blocked and streamed, gives the evaluator's bytes`, async (t) => {
    if (!hasCompiler(t, "gcc")) return;
    const ways = (["pushed", "resident"] as const).map((frame): Way => ({
      schedule: "blocked",
      strategy: "stream",
      frame,
    }));
    await assertAgrees(t, trialsOf(modelNetwork(name, "int8", 1), ways), optimizedC);
  });
}

/** Every plan and frame with `turns` schedules, so that every schedule meets every strategy or close to it. */
function waysInTurns(dtype: Dtype, language: "any" | "C", turns: number): readonly Way[] {
  const ways = waysOf(dtype, language);
  return Array.from({ length: turns }, (_, turn) => waysInTurn(ways, 2 * turn)).flat();
}
