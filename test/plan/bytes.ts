import type { Graph } from "../../src/graph/graph.ts";
import { optimize } from "../../src/pass/passes.ts";
import type { Strategy } from "../../src/plan/plan.ts";
import { strategies } from "../../src/plan/strategy.ts";
import { net } from "../support/networks.ts";

/** The same graph with one byte an element: all a planner sees of quantisation. */
export function inBytes(graph: Graph): Graph {
  const tensors = [...graph.tensors].map(
    ([name, tensor]) => [name, { ...tensor, dtype: "i8", quantization: { scale: 1, zeroPoint: 0 } }] as const,
  );
  return { ...graph, tensors: new Map(tensors) };
}

/** A float network after the passes a strategy asks for. */
export function floatNet(text: string, strategy: Strategy): Graph {
  return optimize(net(text), { fusePool: strategies[strategy].fusePool });
}

/** The same with one byte an element. */
export function byteNet(text: string, strategy: Strategy): Graph {
  return inBytes(floatNet(text, strategy));
}

export const lenet =
  "in 32x32x1 | conv 5 6 | relu | maxpool 2 | conv 5 16 | relu | maxpool 2 | flatten | " +
  "linear 120 | relu | linear 84 | relu | linear 10";

/** The test network of the paper. */
export const cifar =
  "in 32x32x3 | conv 5 32 p2 | relu | maxpool 2 | conv 5 16 p2 | relu | maxpool 2 | " +
  "conv 5 32 p2 | relu | maxpool 2 | flatten | linear 10";

/** ResNet8 of MLPerf Tiny: a stem and three residual blocks, the last two with a strided 1×1 shortcut. */
export const resnet8 =
  "in 32x32x3 | conv 3 16 p1 | relu | as a | conv 3 16 p1 | relu | conv 3 16 p1 | add a | relu | as b | " +
  "conv 3 32 s2 p1 | relu | conv 3 32 p1 | as c | from b | conv 1 32 s2 | add c | relu | as d | " +
  "conv 3 64 s2 p1 | relu | conv 3 64 p1 | as e | from d | conv 1 64 s2 | add e | relu | " +
  "avgpool 8 | flatten | linear 10";

/** MobileNetV1 0.25 for 96×96 images: 28 layers. Strided layers pad as TensorFlow does, or on all sides. */
const mobilenetOf = (strided: string): string =>
  [
    `in 96x96x3 | conv 3 8 s2 ${strided} | relu`,
    ...[
      [8, 1, 16],
      [16, 2, 32],
      [32, 1, 32],
      [32, 2, 64],
      [64, 1, 64],
      [64, 2, 128],
      ...Array.from({ length: 5 }, () => [128, 1, 128]),
      [128, 2, 256],
      [256, 1, 256],
    ].map(([channels, stride, out]) => {
      const padding = stride === 2 ? strided : "p1";
      return `conv 3 ${channels} s${stride} ${padding} g${channels} | relu | conv 1 ${out} | relu`;
    }),
    "avgpool 3 | flatten | linear 2",
  ].join(" | ");

export const mobilenet = mobilenetOf("p0,1,0,1");
export const mobilenetPytorch = mobilenetOf("p1");

/** DS-CNN of MLPerf Tiny: 49 frames of 10 coefficients, four depthwise separable blocks. */
export const dscnn = [
  "in 49x10x1 | conv 10x4 64 s2 p4,5,1,1 | relu",
  ...Array.from({ length: 4 }, () => "conv 3 64 p1 g64 | relu | conv 1 64 | relu"),
  "avgpool 25x5 | flatten | linear 12",
].join(" | ");

/** The autoencoder of MLPerf Tiny: linear layers only. */
export const autoencoder = [
  "in 1x1x640",
  ...[128, 128, 128, 128, 8, 128, 128, 128, 128].map((out) => `linear ${out} | relu`),
  "linear 640",
].join(" | ");
