import type { Activation } from "../../src/graph/activation.ts";
import { byteLimits, dequantizeValue } from "../../src/graph/quantized.ts";
import { evaluate } from "../../src/graph/evaluate.ts";
import type { Graph, Tensor } from "../../src/graph/graph.ts";
import { calibrate } from "../../src/pass/calibrate.ts";
import { optimize } from "../../src/pass/passes.ts";
import { quantize } from "../../src/pass/quantize.ts";
import type { Random } from "./random.ts";

/** A random frame of real values for a graph's input: standard normal, HWC. */
export function frame(graph: Graph, random: Random): Float32Array {
  const { h, w, c } = inputOf(graph).shape;
  return Float32Array.from({ length: h * w * c }, () => random.normal());
}

/** A random frame of bytes for an int8 graph's input: every byte there is. */
export function byteFrame(graph: Graph, random: Random): Int8Array | Uint8Array {
  const { shape, dtype } = inputOf(graph);
  if (dtype === "f32") throw new Error("a float graph takes real values");
  const { min, max } = byteLimits(dtype);
  const values = Array.from({ length: shape.h * shape.w * shape.c }, () => random.int(min, max));
  return dtype === "u8" ? Uint8Array.from(values) : Int8Array.from(values);
}

/** The int8 graph of a float one, calibrated on a few random frames; its pools are nodes of their own. */
export function int8(graph: Graph, random: Random, samples = 4): Graph {
  const optimized = optimize(graph, { fusePool: false });
  const frames = Array.from({ length: samples }, () => [frame(optimized, random)]);
  return quantize(optimized, calibrate(optimized, frames));
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

function inputOf(graph: Graph): Tensor {
  return graph.tensors.get(graph.inputs[0]!)!;
}
