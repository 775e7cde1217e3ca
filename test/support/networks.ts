import { graphOf, windowOf } from "../../src/graph/build.ts";
import type {
  AdaptivePool2d,
  AvgPool2d,
  AxisName,
  Graph,
  Node,
  Pad,
  Padding,
  Pair,
  Shape,
  Upsample,
  Window,
} from "../../src/graph/graph.ts";
import { outputShape } from "../../src/graph/shape.ts";
import { activationBody } from "./activation-words.ts";
import { random, type Random } from "./random.ts";

/**
 * Networks on one line: `in 8x8x3 | conv 3x3 16 s1 p1 | relu | maxpool 2 s2 | flatten | linear 10`.
 *
 * Layers: `conv K OUT`, `maxpool K`, `avgpool K [exclude]`, `linear OUT`, `bn`, `relu`, `relu6`, `clamp MIN MAX`,
 * `flatten`, `identity`, `add LABEL`, `sub LABEL`, `mul LABEL`, `softmax`, `logsoftmax`, `leaky [SLOPE]`, `prelu`, `elu [ALPHA]`,
 * `silu`, `hardswish`, `hardsigmoid`, `sigmoid`, `tanh`, `concat LABEL…` (`concat h a` along rows), `slice c 0:4`, `transpose whc`,
 * `reshape 4x4x2`,
 * `pad 1,1,2,0 [reflect|replicate|VALUE]`, `up 2x1.5 [bilinear [corners]]`, `up to5x7`, `shuffle 2`, `adaptive 3x2 [max]`,
 * `deconv K OUT` (and `o1` output padding), `avgpool K sum`. Window options: `s2` or `s2x1` stride (pools default to their kernel), `p1`,
 * `p1x2` or `p0,1,0,1` (top, bottom, left, right) padding, `d2` dilation, `g2` groups. `as a` labels the current
 * tensor, `from a` continues from it. `in2 4x4x3 as b` is one more input, called `input2` and labelled `b`; `out a` makes a labelled
 * tensor one more output. The last tensor is the first output. Nodes are named `0.conv2d`, `1.maxPool2d`, …; a
 * tensor is named after its node, the input `input`. Weights are random, seeded.
 */
export function net(text: string, options: { seed?: number; name?: string } = {}): Graph {
  const [first, ...layers] = text.split("|").map((part) => part.trim());
  const [word, size] = first!.split(/\s+/);
  if (word !== "in") throw new Error(`a network starts with "in HxWxC", not "${first}"`);
  const input = shapeOf(size!);

  const generator = random(options.seed ?? 1);
  const inputs = new Map([["input", input]]);
  const shapes = new Map<string, Shape>(inputs);
  const outputs: string[] = [];
  const labels = new Map<string, string>();
  const nodes: Node[] = [];
  let current = "input";
  for (const layer of layers) {
    const words = layer.split(/\s+/);
    if (words[0] === "as") labels.set(words[1]!, current);
    else if (words[0] === "out") outputs.push(find(labels, words[1]!));
    else if (words[0]!.startsWith("in")) {
      const name = `input${words[0]!.slice(2)}`;
      inputs.set(name, shapeOf(words[1]!));
      shapes.set(name, shapeOf(words[1]!));
      labels.set(words[3]!, name);
    } else if (words[0] === "from") current = find(labels, words[1]!);
    else {
      const node = nodeOf(words, nodes.length, current, shapes.get(current)!, labels, generator);
      nodes.push(node);
      const operands = node.inputs.map((name) => shapes.get(name)!);
      shapes.set(node.output, outputShape(node, operands));
      current = node.output;
    }
  }
  return graphOf(options.name ?? "net", inputs, nodes, [current, ...outputs]);
}

function shapeOf(text: string): Shape {
  const [h, w, c] = text.split("x").map(Number);
  return { h: h!, w: w!, c: c! };
}

function nodeOf(
  words: readonly string[],
  index: number,
  input: string,
  shape: Shape,
  labels: ReadonlyMap<string, string>,
  generator: Random,
): Node {
  const named = <Kind extends Node["kind"]>(kind: Kind) => ({
    kind,
    name: `${index}.${kind}`,
    inputs: [input],
    output: `${index}.${kind}`,
  });
  switch (words[0]!) {
    case "conv": {
      const window = windowFrom(words, [1, 1]);
      const groups = Number(option(words, "g") ?? 1);
      const weight = [Number(words[2]), ...window.kernel, shape.c / groups];
      return { ...named("conv2d"), window, groups, ...parameters(weight, generator) };
    }
    case "linear":
      return { ...named("linear"), ...parameters([Number(words[1]), shape.h, shape.w, shape.c], generator) };
    case "maxpool":
      return { ...named("maxPool2d"), window: windowFrom(words, pair(words[1]!)) };
    case "avgpool": {
      const window = windowFrom(words, pair(words[1]!));
      return {
        ...named("avgPool2d"),
        window,
        countIncludePad: !words.includes("exclude"),
        ...(words.includes("sum") ? { divisor: 1 } : {}),
      } satisfies AvgPool2d;
    }
    case "bn":
      return {
        ...named("batchNorm"),
        weight: fill(shape.c, () => 0.5 + generator.next()),
        bias: fill(shape.c, () => 0.2 * generator.normal()),
        mean: fill(shape.c, () => 0.2 * generator.normal()),
        variance: fill(shape.c, () => 0.5 + generator.next()),
        eps: 1e-5,
      };
    case "relu":
      return { ...named("clamp"), clamp: { min: 0, max: Infinity } };
    case "relu6":
      return { ...named("clamp"), clamp: { min: 0, max: 6 } };
    case "clamp":
      return { ...named("clamp"), clamp: { min: Number(words[1]), max: Number(words[2]) } };
    case "pad": {
      const [, size, border = "0"] = words as [string, string, string?];
      const mode = border === "reflect" || border === "replicate" ? border : "constant";
      const value = mode === "constant" ? Number(border) : 0;
      return { ...named("pad"), padding: paddingOf(size), mode, value } satisfies Pad;
    }
    case "up":
      return { ...named("upsample"), ...resized(words, shape) } satisfies Upsample;
    case "shuffle":
      return { ...named("pixelShuffle"), factor: Number(words[1]) };
    case "adaptive": {
      const fn = words.includes("max") ? "max" : "avg";
      return { ...named("adaptivePool2d"), fn, size: pair(words[1]!) } satisfies AdaptivePool2d;
    }
    case "deconv": {
      const window = windowFrom(words, [1, 1]);
      const groups = Number(option(words, "g") ?? 1);
      const weight = [Number(words[2]), ...window.kernel, shape.c / groups];
      const outputPadding = pair(option(words, "o") ?? "0");
      return { ...named("convTranspose2d"), window, outputPadding, groups, ...parameters(weight, generator) };
    }
    case "flatten":
      return named("flatten");
    case "identity":
      return named("identity");
    case "add":
    case "sub":
    case "mul":
      return { ...named(words[0] as "add"), inputs: [input, find(labels, words[1]!)] };
    case "softmax":
    case "logsoftmax":
      return { ...named("softmax"), log: words[0] === "logsoftmax" };
    case "concat": {
      const [axis, ...others] = isAxis(words[1]!) ? words.slice(1) : ["c", ...words.slice(1)];
      const inputs = [input, ...others.map((label) => find(labels, label))];
      return { ...named("concat"), inputs, axis: axis as AxisName };
    }
    case "slice": {
      const [from, to] = words[2]!.split(":").map(Number);
      const axis = words[1] as AxisName;
      return {
        ...named("slice"),
        from: { h: 0, w: 0, c: 0, [axis]: from! },
        shape: { ...shape, [axis]: to! - from! },
      };
    }
    case "transpose":
      return { ...named("transpose"), order: [...words[1]!] as AxisName[] };
    case "reshape":
      return { ...named("reshape"), shape: shapeOf(words[1]!) };
    default:
      return { ...named("activation"), ...activationBody(words, shape.c, generator) };
  }
}

/** He's initialisation: results keep about the size of their inputs, so no layer of a deep chain is all zeros. */
function parameters(shape: readonly number[], generator: Random) {
  const [out, ...rest] = shape as [number, ...number[]];
  const fanIn = rest.reduce((product, n) => product * n, 1);
  const deviation = Math.sqrt(2 / fanIn);
  return {
    weight: { shape, data: fill(out * fanIn, () => deviation * generator.normal()) },
    bias: { shape: [out], data: fill(out, () => 0.1 * generator.normal()) },
  };
}

/** `2`, `1.5x3`: factors; `to5x7`: a size. */
function resized(words: readonly string[], { h, w }: Shape) {
  const to = words[1]!;
  const mode = words.includes("bilinear") ? ("bilinear" as const) : ("nearest" as const);
  const alignCorners = words.includes("corners");
  if (to.startsWith("to")) return { mode, alignCorners, size: pair(to.slice(2)) };
  const scale = pair(to);
  return { mode, alignCorners, size: [Math.floor(h * scale[0]), Math.floor(w * scale[1])] as const, scale };
}

function windowFrom(words: readonly string[], defaultStride: Pair): Window {
  const padding = option(words, "p");
  return windowOf(pair(words[1]!), {
    stride: pair(option(words, "s") ?? defaultStride.join("x")),
    dilation: pair(option(words, "d") ?? "1"),
    padding: paddingOf(padding ?? "0"),
  });
}

function paddingOf(text: string): Padding {
  const sides = text.split(",").map(Number);
  if (sides.length === 4) return { top: sides[0]!, bottom: sides[1]!, left: sides[2]!, right: sides[3]! };
  const [rows, columns] = pair(text);
  return { top: rows, bottom: rows, left: columns, right: columns };
}

function pair(text: string): Pair {
  const [rows, columns] = text.split("x").map(Number);
  return [rows!, columns ?? rows!];
}

function option(words: readonly string[], letter: string): string | undefined {
  return words.find((word) => word.startsWith(letter) && /^.\d/.test(word))?.slice(1);
}

function fill(length: number, value: () => number): Float32Array {
  return Float32Array.from({ length }, value);
}

function isAxis(word: string): boolean {
  return word === "h" || word === "w" || word === "c";
}

function find(labels: ReadonlyMap<string, string>, label: string): string {
  const tensor = labels.get(label);
  if (!tensor) throw new Error(`no tensor is labelled "${label}"`);
  return tensor;
}

export { randomChain } from "./random-chain.ts";
