import type { Activation } from "../../src/graph/activation.ts";
import { byteLimits, dequantizeValue } from "../../src/graph/quantized.ts";
import { evaluate } from "../../src/graph/evaluate.ts";
import type { Graph, Tensor } from "../../src/graph/graph.ts";

import { calibrate } from "../../src/pass/calibrate.ts";
import type { LayerBits } from "../../src/pass/channel-scale.ts";
import { observe } from "../../src/pass/observe.ts";
import { optimize } from "../../src/pass/passes.ts";
import { quantize } from "../../src/pass/quantize.ts";
import type { Random } from "./random.ts";

/** A random frame of real values for a graph's first input: standard normal, HWC. */
export function frame(graph: Graph, random: Random): Float32Array {
  return frames(graph, random)[0]!;
}

/** A random frame of real values for each of a graph's inputs. */
export function frames(graph: Graph, random: Random): readonly Float32Array[] {
  return inputsOf(graph).map(({ shape: { h, w, c } }) =>
    Float32Array.from({ length: h * w * c }, () => random.normal()),
  );
}

/** A random frame of bytes for an int8 graph's first input: every byte there is. */
export function byteFrame(graph: Graph, random: Random): Int8Array | Uint8Array {
  return bytesFor(inputsOf(graph)[0]!, random);
}

/** Random bytes for each of an int8 graph's inputs. */
export function byteFrames(graph: Graph, random: Random): readonly (Int8Array | Uint8Array)[] {
  return inputsOf(graph).map((tensor) => bytesFor(tensor, random));
}

function bytesFor({ shape, dtype }: Tensor, random: Random): Int8Array | Uint8Array {
  if (dtype === "f32") throw new Error("a float graph takes real values");
  const { min, max } = byteLimits(dtype);
  const values = Array.from({ length: shape.h * shape.w * shape.c }, () => random.int(min, max));
  return dtype === "u8" ? Uint8Array.from(values) : Int8Array.from(values);
}

/** The int8 graph of a float one, calibrated on a few random frames; its pools are nodes of their own. */
export function int8(graph: Graph, random: Random, samples = 4, weights: LayerBits = 8): Graph {
  const optimized = optimize(graph, { fusePool: false });
  const some = Array.from({ length: samples }, () => frames(optimized, random));
  return quantize(optimized, calibrate(observe(optimized, some)), weights);
}

/** The graph with sums rounded once, as files have it that PyTorch quantised. */
export function roundedOnce(graph: Graph): Graph {
  const nodes = graph.nodes.map((node) =>
    (node.kind === "conv2d" || node.kind === "linear") && node.requantize
      ? { ...node, requantize: { ...node.requantize, roundsOnce: true } }
      : node,
  );
  return { ...graph, nodes };
}

/** The values of a graph's first output. */
export function result(graph: Graph, input: Activation): Activation {
  return evaluate(graph, [input]).get(graph.outputs[0]!)!;
}

/** Bytes as the real numbers they stand for; real numbers as they are. */
export function reals({ quantization }: Tensor, values: Activation): Float32Array {
  if (!quantization) return Float32Array.from(values);
  return Float32Array.from(values, (q) => dequantizeValue(q, quantization));
}

function inputsOf(graph: Graph): readonly Tensor[] {
  return graph.inputs.map((name) => graph.tensors.get(name)!);
}
