/** What changes the size of an image, through every reader: each kind in its odd forms, alone and between others. */
import { test } from "node:test";
import { optimize } from "../../src/pass/passes.ts";
import { hasCompiler } from "../support/cc.ts";
import type { Dtype } from "../support/engines.ts";
import { byteFrame, frame, int8 } from "../support/frames.ts";
import { nativeC } from "../support/native-reader.ts";
import { net } from "../support/networks.ts";
import { random } from "../support/random.ts";
import { assemblyScript, interpreter } from "../support/readers.ts";
import { full } from "../support/tools.ts";
import { assertAgrees, networkOf, trialsOf, type Network, type Trial } from "../support/trial.ts";
import { share, waysOf } from "../support/ways.ts";

const texts: readonly string[] = [
  "in 5x6x3 | pad 1,2,0,3",
  "in 5x6x3 | conv 3x3 4 | pad 2,0,1,1 0.3 | maxpool 3 s2",
  "in 7x5x2 | pad 2x1 reflect | conv 3x3 5 s2x1 | relu",
  "in 6x6x3 | conv 1x1 2 | pad 3,1,0,2 reflect | pad 1,2,3,4 replicate | conv 5x3 3",
  "in 4x9x1 | pad 0,3,2,0 replicate | avgpool 2",
  "in 9x1x4 | conv 3x1 3 p1x0 | pad 2x0 reflect | conv 5x1 2",
  "in 4x5x3 | up 2",
  "in 5x4x3 | conv 3x3 4 p1 | relu | up 1.5x2.3 | conv 3x3 2",
  "in 7x9x2 | up to5x4 | up to10x13",
  "in 4x5x3 | up 2 bilinear | conv 3x3 2 p1",
  "in 4x5x3 | conv 1x1 3 | up 3x1.7 bilinear corners | up 2x1 bilinear",
  "in 7x6x2 | up to3x11 bilinear | up to9x4 bilinear corners | up to1x1 bilinear corners",
  "in 8x1x4 | conv 3x1 4 p1x0 | up 2x1 bilinear | conv 1x1 1 | up to1x9 bilinear",
  "in 4x3x8 | shuffle 2 | conv 3x3 2 p1",
  "in 3x3x2 | conv 3x3 9 p1 | relu | shuffle 3 | maxpool 2",
  "in 4x5x3 | deconv 2x2 4 s2 | relu",
  "in 4x5x3 | conv 1x1 4 | relu | deconv 3x3 8 s2 p1 o1 | deconv 4x4 2 s2 p1",
  "in 5x3x4 | deconv 3x2 6 g2 s1x3 p2x0 d1x2 o0x1 | clamp -1 1",
  "in 3x4x2 | deconv 2x3 4 g2 s2x3 d3x2 p1 | conv 1x1 2",
  "in 6x4x3 | deconv 5x3 3 p4,0,1,2 | bn | deconv 1x1 2 s3x2",
  "in 9x1x3 | deconv 4x1 5 s2x1 p1x0 | relu",
  "in 7x5x3 | adaptive 3x2",
  "in 7x5x3 | conv 3x3 4 p1 | adaptive 3x4 max | adaptive 2x3 | flatten | linear 3",
  "in 3x2x2 | adaptive 5x7 | adaptive 1x1 max",
  "in 6x6x3 | avgpool 3 s2 p1 sum | conv 1x1 2 | avgpool 2 sum",
  "in 6x8x3 | conv 3x3 3 p1 | relu | as a | maxpool 2 | conv 3x3 6 p1 | relu | deconv 2x2 3 s2 | add a | up 2 | pad 1 reflect | conv 3x3 2",
  "in 8x6x4 | as a | avgpool 2 | conv 1x1 16 | shuffle 2 | concat a | conv 3x3 4 p1 g2 | up 2 bilinear | maxpool 3 s2",
];

function networkFor(text: string, dtype: Dtype, seed: number): Network {
  const numbers = random(seed);
  const float = net(text, { seed });
  if (dtype === "f32") {
    const graph = optimize(float, { fusePool: false });
    return networkOf(`f32 ${text}`, graph, [frame(graph, numbers)]);
  }
  const graph = int8(float, numbers);
  const some = byteFrame(graph, numbers);
  const [low, high] = some instanceof Int8Array ? [-128, 127] : [0, 255];
  return networkOf(`int8 ${text}`, graph, [some, some.map(() => (numbers.next() < 0.5 ? low : high))]);
}

/** Each network in `count` ways, by rotation. */
function trials(dtype: Dtype, language: "any" | "C", count: number): readonly Trial[] {
  const ways = waysOf(dtype, language);
  return texts.flatMap((text, turn) => trialsOf(networkFor(text, dtype, turn + 1), share(ways, turn, count)));
}

/** Compilers get each network in one type, by turns, unless all is to be run. */
function compiled(language: "any" | "C"): readonly Trial[] {
  const all = [trials("int8", language, 1), trials("f32", language, 1)] as const;
  if (full) return all.flat();
  return texts.flatMap((text, turn) => all[turn % 2]!.filter((trial) => trial.text.endsWith(` ${text}`)));
}

test("the checked interpreter gives the evaluator's bytes for what resizes", async (t) => {
  await assertAgrees(
    t,
    [...trials("int8", "any", full ? 42 : 5), ...trials("f32", "any", full ? 30 : 3)],
    interpreter,
  );
});

test("AssemblyScript gives the evaluator's bytes for what resizes", async (t) => {
  await assertAgrees(t, compiled("any"), assemblyScript);
});

test("C on this machine gives the evaluator's bytes for what resizes", async (t) => {
  if (!hasCompiler(t, "gcc")) return;
  await assertAgrees(t, compiled("C"), nativeC);
});
