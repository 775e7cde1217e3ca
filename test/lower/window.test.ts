/** Convolutions by a sliding window give the evaluator's bytes in every reader, whatever the shape and the options. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { countProgram } from "../../src/backend/count.ts";
import { compile } from "../../src/compile.ts";
import type { Conv2d, Graph } from "../../src/graph/graph.ts";
import type { Counts } from "../../src/loop/operation.ts";
import { scheduled } from "../../src/lower/scheduled.ts";
import { schedules } from "../../src/lower/schedule.ts";
import type { WindowOptions } from "../../src/lower/window/options.ts";
import { windowed } from "../../src/lower/window/recipe.ts";
import { sumsFit } from "../../src/lower/window/weights.ts";
import { hasCompiler } from "../support/cc.ts";
import { subject } from "../support/engines.ts";
import { nativeC } from "../support/native-reader.ts";
import { random, type Random } from "../support/random.ts";
import { assemblyScript, interpreter } from "../support/readers.ts";
import { assertAgrees, networkOf, type Trial } from "../support/trial.ts";

const usual: WindowOptions = {
  lanes: 2,
  columns: 4,
  groups: 1,
  outputs: 2,
  unroll: 4,
  reuse: "window",
  order: "inputs",
  poolOnSums: true,
  roundOnce: true,
};

function programOf(graph: Parameters<typeof compile>[0]["graph"], options: WindowOptions, pushed = true) {
  const recipes = windowed(options, scheduled(schedules.hoisted));
  const frame = pushed ? "pushed" : "resident";
  return compile({ dtype: "int8", graph }, { strategy: "stream", frame, fusePool: true, recipes });
}

function trial(text: string, options: WindowOptions, numbers: Random): Trial {
  const { graph, input } = subject(text, "int8", numbers);
  const { program } = programOf(graph, options, numbers.int(0, 1) === 0);
  return { ...networkOf(text, graph, [input]), what: `${text} ${JSON.stringify(options)}`, program };
}

/** One convolution between two that leave bytes with a zero point, or none, before it. */
function randomText(numbers: Random): string {
  const pick = <T>(...of: readonly T[]): T => of[numbers.int(0, of.length - 1)]!;
  const [kh, kw] = [pick(1, 2, 3, 5), pick(1, 2, 3, 5)];
  const [sh, sw] = [pick(1, 1, 1, 2, 3), pick(1, 1, 1, 2, 3)];
  const padding = Array.from({ length: 4 }, (_, side) => numbers.int(0, (side < 2 ? kh : kw) - 1));
  const before = pick("", "| relu ", "| conv 1 3 | relu ", "| conv 1 4 ");
  const [height, width] = [kh + 2 * sh + numbers.int(0, 6), 2 * kw + 2 * sw + numbers.int(0, 9)];
  const size = `${height}x${width}x${numbers.int(1, 7)}`;
  const conv = `conv ${kh}x${kw} ${numbers.int(1, 7)} s${sh}x${sw} p${padding.join(",")}`;
  const dilated = pick("", "", ` d1x2`);
  const pool = pick("", "", "| maxpool 2 s2 ", "| maxpool 2x1 s1 ", "| maxpool 2 s3x2 ", "| maxpool 3 s2 ");
  return `in ${size} ${before}| ${conv}${dilated} ${pick("| relu ", "| relu6 ", "")}${pool}`;
}

const optionsOf = (numbers: Random): WindowOptions => {
  const pick = <T>(...of: readonly T[]): T => of[numbers.int(0, of.length - 1)]!;
  return {
    lanes: pick(1, 2),
    columns: numbers.int(1, 8),
    groups: numbers.int(1, 3),
    outputs: numbers.int(1, 3),
    unroll: numbers.int(1, 5),
    reuse: pick("window", "window", "weights", "nothing"),
    order: pick("inputs", "weights"),
    poolOnSums: pick(true, true, false),
    roundOnce: pick(true, false),
  };
};

const numbers = random(51);
const trials = Array.from({ length: 120 }, () => trial(randomText(numbers), optionsOf(numbers), numbers));

test("most of the random layers are written so", () => {
  const windows = trials.filter(({ program }) =>
    [...program.offsets.keys()].some((name) => name.endsWith("_patch")),
  );
  assert.ok(windows.length > 80, String(windows.length));
});

test("the interpreter agrees", (t) => assertAgrees(t, trials, interpreter));

test("AssemblyScript agrees", (t) => assertAgrees(t, trials.slice(0, 60), assemblyScript));

test("C on this machine agrees", async (t) => {
  if (hasCompiler(t, "gcc")) await assertAgrees(t, trials.slice(60), nativeC);
});

const network = "in 12x12x4 | conv 5 8 p2 | relu | maxpool 2 s2";

function countsOf(options: Partial<WindowOptions>): Counts {
  const { graph } = subject(network, "int8", random(3));
  const { program } = programOf(graph, { ...usual, ...options });
  return countProgram(program).find(({ layer }) => layer.includes("conv"))!.counts;
}

const outputs = 12 * 12 * 8;
const products = outputs * 25 * 4;

test("two lanes take half as many products as one", () => {
  assert.equal(countsOf({}).dot2, products / 2);
  assert.equal(countsOf({ lanes: 1 }).mac, products);
});

test("a window of four columns and five taps feeds 20 products from 13 loads", () => {
  const { load32, loadConst32, dot2 } = countsOf({});
  assert.equal(load32, (dot2 * 8) / 20);
  const constants = (2 * 3 * outputs) / 8; // bias, multiplier: by sum or by byte, at most
  assert.ok(loadConst32 >= (dot2 * 5) / 20 && loadConst32 < (dot2 * 5) / 20 + 8 * constants);
});

test("each reuse of a load saves loads", () => {
  const loads = (["nothing", "weights", "window"] as const).map((reuse) => {
    const { load32, loadConst32 } = countsOf({ reuse });
    return { load32, loadConst32 };
  });
  assert.ok(loads[1]!.loadConst32 < 0.3 * loads[0]!.loadConst32);
  assert.equal(loads[1]!.load32, loads[0]!.load32);
  assert.equal(loads[2]!.load32, 0.4 * loads[1]!.load32);
});

test("the maximum of sums leaves one requantisation of four, and a ReLU's is rounded once", () => {
  assert.equal(countsOf({ poolOnSums: false }).requantizeOnce, outputs);
  assert.equal(countsOf({}).requantizeOnce, outputs / 4);
  assert.equal(countsOf({ roundOnce: false }).requantize, outputs / 4);
});

/** The only convolution of a network, its weights replaced. */
function withWeights(text: string, weightAt: (i: number) => number): Graph {
  const { graph } = subject(text, "int8", random(5));
  const nodes = graph.nodes.map((node) =>
    node.kind === "conv2d"
      ? {
          ...node,
          weight: { ...node.weight, data: node.weight.data.map((_, i) => weightAt(i)) as Int8Array },
        }
      : node,
  );
  return { ...graph, nodes };
}

const extremes: readonly { readonly what: string; readonly graph: Graph; readonly isSummed: boolean }[] = [
  { what: "small weights", isSummed: true, weightAt: (i: number) => (i % 7) - 3 },
  {
    what: "large weights of both signs",
    isSummed: true,
    weightAt: (i: number) => (i % 2 === 0 ? 100 : -100),
  },
  { what: "a weight of -128", isSummed: false, weightAt: (i: number) => (i === 3 ? -128 : 5) },
  { what: "sums beyond 24 bits", isSummed: false, weightAt: () => 127 },
].map(({ weightAt, ...rest }) => ({
  ...rest,
  graph: withWeights("in 6x6x24 | conv 5 4 p2", weightAt),
}));

for (const { what, graph, isSummed } of extremes) {
  test(`words hold two weights a half unless sums could overflow: ${what}`, async (t) => {
    const { program } = programOf(graph, usual);
    const node = graph.nodes.find(({ kind }) => kind === "conv2d") as Conv2d;
    assert.equal(sumsFit(node, -128, 127), isSummed);
    const frame = Int8Array.from({ length: 6 * 6 * 24 }, (_, i) => (i % 5 === 0 ? -128 : 127));
    await assertAgrees(t, [{ ...networkOf(what, graph, [frame]), what, program }], interpreter);
  });
}
