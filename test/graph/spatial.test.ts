import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { macs, parameters } from "../../src/graph/count.ts";
import { describe } from "../../src/graph/describe.ts";
import { graphOf, windowOf } from "../../src/graph/build.ts";
import type { Constant, Node, Pad, Pair, Upsample } from "../../src/graph/graph.ts";
import { rowSteps } from "../../src/graph/rows.ts";
import { byteFrame, int8, reals, result } from "../support/frames.ts";
import { net } from "../support/networks.ts";
import { packageRoot } from "../support/package-root.ts";
import { random } from "../support/random.ts";

type Triple = readonly [number, number, number];

/** One layer as `scripts/make-graph-vectors.py` writes it: PyTorch's words, (C, H, W), weights (IC, OC / groups, H, W). */
interface Case {
  readonly kind: "pad" | "upsample" | "pixelShuffle" | "convTranspose2d" | "adaptivePool2d" | "avgPool2d";
  readonly in: Triple;
  readonly out: Triple;
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** top, bottom, left, right of a pad; rows and columns else. */
  readonly padding: readonly number[];
  readonly mode: string;
  readonly value: number;
  readonly alignCorners: boolean;
  readonly size: Pair;
  readonly scale?: Pair;
  readonly factor: number;
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly dilation: Pair;
  readonly outputPadding: Pair;
  readonly groups: number;
  readonly weight: readonly number[];
  readonly bias: readonly number[];
  readonly fn: "avg" | "max";
  readonly divisor: number;
}

const cases = readFileSync(join(packageRoot(), "test/graph/pytorch-spatial.jsonl"), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Case);

for (const [index, one] of cases.entries()) {
  const to = one.out.join("×");
  test(`${one.kind} means what PyTorch's does: case ${index}, ${one.in.join("×")} to ${to}`, () => {
    const [c, h, w] = one.in;
    const graph = graphOf("one", new Map([["x", { h, w, c }]]), [nodeOf(one)], ["y"]);
    const { shape } = graph.tensors.get("y")!;
    assert.deepEqual([shape.c, shape.h, shape.w], one.out);
    const y = toChw(result(graph, toHwc(one.x, one.in)), one.out);
    y.forEach((value, i) => {
      assert.ok(Math.abs(value - one.y[i]!) <= 2e-6, `element ${i}: ${value}, not ${one.y[i]}`);
    });
  });
}

function nodeOf(one: Case): Node {
  const named = { name: "layer", inputs: ["x"], output: "y" };
  switch (one.kind) {
    case "pad": {
      const [top, bottom, left, right] = one.padding as [number, number, number, number];
      const padding = { top, bottom, left, right };
      return { ...named, kind: one.kind, padding, mode: one.mode as Pad["mode"], value: one.value };
    }
    case "upsample": {
      const { size, alignCorners, scale } = one;
      const mode = one.mode as Upsample["mode"];
      return { ...named, kind: one.kind, mode, alignCorners, size, ...(scale ? { scale } : {}) };
    }
    case "pixelShuffle":
      return { ...named, kind: one.kind, factor: one.factor };
    case "convTranspose2d": {
      const { outputPadding, groups, stride, dilation } = one;
      const window = windowOf(one.kernel, { stride, dilation, padding: sides(one) });
      const bias = { shape: [one.bias.length], data: Float32Array.from(one.bias) };
      return { ...named, kind: one.kind, window, outputPadding, groups, weight: weightOf(one), bias };
    }
    case "adaptivePool2d":
      return { ...named, kind: one.kind, fn: one.fn, size: one.size };
    case "avgPool2d": {
      const window = windowOf(one.kernel, { stride: one.stride, padding: sides(one) });
      return { ...named, kind: one.kind, window, countIncludePad: true, divisor: one.divisor };
    }
  }
}

/** Symmetric, and at the end by as much more as the last window of a ceil_mode pool needs. */
function sides(one: Case) {
  const [top, left] = one.padding as unknown as Pair;
  const after = (axis: 0 | 1, before: number): number => {
    if (one.kind !== "avgPool2d") return before;
    const last = (one.out[axis + 1]! - 1) * one.stride[axis] + one.kernel[axis];
    return Math.max(before, last - one.in[axis + 1]! - before);
  };
  return { top, left, bottom: after(0, top), right: after(1, left) };
}

/** (IC, OC / groups, KH, KW) as (OC, KH, KW, IC / groups). */
function weightOf({ in: [ic], out: [oc], kernel, groups, weight }: Case): Constant<Float32Array> {
  const taps = kernel[0] * kernel[1];
  const [groupIn, groupOut] = [ic / groups, oc / groups];
  const data = new Float32Array(weight.length);
  for (let to = 0; to < oc; to++) {
    for (let tap = 0; tap < taps; tap++) {
      for (let from = 0; from < groupIn; from++) {
        const source = Math.floor(to / groupOut) * groupIn + from;
        data[(to * taps + tap) * groupIn + from] =
          weight[(source * groupOut + (to % groupOut)) * taps + tap]!;
      }
    }
  }
  return { shape: [oc, ...kernel, groupIn], data };
}

function toHwc(values: ArrayLike<number>, [c, h, w]: Triple): Float32Array {
  return Float32Array.from(values, (_, at) => values[(at % c) * h * w + Math.floor(at / c)]!);
}

function toChw(values: ArrayLike<number>, [c, h, w]: Triple): number[] {
  return Array.from(values, (_, at) => values[(at % (h * w)) * c + Math.floor(at / (h * w))]!);
}

/** What each row of the only layer reads, as `from-to`, several ranges apart. */
function reads(text: string): readonly string[] {
  const graph = net(text);
  return rowSteps(graph, graph.nodes[0]!).map((step) =>
    step.reads.map(({ from, to }) => `${from}-${to}`).join(" "),
  );
}

test("rows read are exactly those that matter", () => {
  assert.deepEqual(reads("in 3x3x1 | pad 2,1,0,0"), ["", "", "0-1", "1-2", "2-3", ""]);
  assert.deepEqual(reads("in 3x3x1 | pad 2,1,0,0 reflect"), ["2-3", "1-2", "0-1", "1-2", "2-3", "1-2"]);
  assert.deepEqual(reads("in 2x2x1 | pad 1,2,0,0 replicate"), ["0-1", "0-1", "1-2", "1-2", "1-2"]);
  assert.deepEqual(reads("in 2x2x1 | up 2"), ["0-1", "0-1", "1-2", "1-2"]);
  assert.deepEqual(reads("in 3x2x1 | up 2 bilinear"), ["0-1", "0-2", "0-2", "1-3", "1-3", "2-3"]);
  assert.deepEqual(reads("in 3x2x1 | up to5x2 bilinear corners"), ["0-1", "0-2", "1-2", "1-3", "2-3"]);
  assert.deepEqual(reads("in 2x2x4 | shuffle 2"), ["0-1", "0-1", "1-2", "1-2"]);
  assert.deepEqual(reads("in 3x3x1 | deconv 2x2 1 s2"), ["0-1", "0-1", "1-2", "1-2", "2-3", "2-3"]);
  assert.deepEqual(reads("in 3x3x1 | deconv 3x3 1 s2 p1 o1"), ["0-1", "0-2", "1-2", "1-3", "2-3", "2-3"]);
  assert.deepEqual(reads("in 3x3x1 | deconv 2x2 1 s3"), ["0-1", "0-1", "", "1-2", "1-2", "", "2-3", "2-3"]);
  assert.deepEqual(reads("in 7x3x1 | adaptive 3x1"), ["0-3", "2-5", "4-7"]);
});

test("int8 stays within a step or two of float", () => {
  const texts: readonly (readonly [string, number])[] = [
    ["in 6x6x3 | pad 2,1,0,3 reflect", 0.5],
    ["in 6x6x3 | pad 1,2,3,0 0.25", 0.5],
    ["in 5x6x3 | up 2.5 bilinear", 1.1],
    ["in 5x6x3 | up to9x4 bilinear corners", 1.1],
    ["in 4x4x8 | shuffle 2", 0.5],
    ["in 7x5x4 | adaptive 3x2", 1.1],
    ["in 6x6x2 | avgpool 3 s2 p1 sum", 1.1],
  ];
  for (const [text, steps] of texts) {
    const float = net(text);
    const bytes = int8(float, random(5), 20);
    const input = byteFrame(bytes, random(6));
    const real = result(float, reals(bytes.tensors.get("input")!, input));
    const output = bytes.tensors.get(bytes.outputs[0]!)!;
    reals(output, result(bytes, input)).forEach((value, i) => {
      const error = Math.abs(value - real[i]!) / output.quantization!.scale;
      assert.ok(error <= steps, `${text}: element ${i} is off by ${error} steps`);
    });
  }
});

test("an int8 transposed convolution keeps 30 dB of float", () => {
  for (const text of ["in 6x6x8 | deconv 3x3 8 s2 p1 o1", "in 6x6x8 | deconv 4x2 4 g2 s2x1 d1x2 | relu"]) {
    const float = net(text);
    const bytes = int8(float, random(5), 20);
    const input = byteFrame(bytes, random(6));
    const scaled = input.map((q) => Math.round(q / 2));
    const real = Float32Array.from(result(float, reals(bytes.tensors.get("input")!, scaled)));
    const found = reals(bytes.tensors.get(bytes.outputs[0]!)!, result(bytes, scaled));
    const signal = real.reduce((sum, y) => sum + y * y, 0);
    const noise = real.reduce((sum, y, i) => sum + (y - found[i]!) ** 2, 0);
    assert.ok(10 * Math.log10(signal / noise) > 30, `${text}: ${10 * Math.log10(signal / noise)} dB`);
  }
});

test("shapes that cannot be are refused in words", () => {
  const refused: readonly (readonly [string, RegExp])[] = [
    ["in 3x3x1 | pad 3 reflect", /0.pad: reflects 3 places of an image with 3; pad by at most 2/],
    ["in 3x3x6 | shuffle 2", /shuffles 6 channels into 2×2 pixels; give it a multiple of 4 channels/],
    ["in 1x1x1 | deconv 1x1 1 p1", /gives an image of -1×-1; use a larger input or less padding/],
  ];
  for (const [text, message] of refused) assert.throws(() => net(text), { name: "CompileError", message });
});

test("kinds have PyTorch's names, and a transposed convolution the products of each of its input's pixels", () => {
  const graph = net(
    "in 4x5x3 | pad 1 reflect | deconv 3x3 8 s2 p1 | relu | shuffle 2 | up 2 bilinear | adaptive 3x5 | adaptive 2x3 max",
  );
  assert.deepEqual(
    graph.nodes.map((node) => describe(node)),
    [
      "ReflectionPad2d",
      "ConvTranspose2d 3×3",
      "ReLU",
      "PixelShuffle 2",
      "Upsample bilinear to 44×52",
      "AdaptiveAvgPool2d 3×5",
      "AdaptiveMaxPool2d 2×3",
    ],
  );
  assert.deepEqual(
    graph.nodes.map((node) => macs(graph, node)),
    [0, 6 * 7 * 3 * 3 * 3 * 8, 0, 0, 0, 0, 0],
  );
  assert.equal(parameters(graph.nodes[1]!), 3 * 3 * 3 * 8 + 8);
});
