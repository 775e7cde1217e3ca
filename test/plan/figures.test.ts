/** Published and promised figures: bytes of whole networks, strategy by strategy. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { FramePolicy, Strategy } from "../../src/plan/plan.ts";
import { planMemory } from "../../src/plan/plan-memory.ts";
import {
  autoencoder,
  byteNet,
  cifar,
  dscnn,
  floatNet,
  inBytes,
  lenet,
  mobilenet,
  mobilenetPytorch,
  resnet8,
} from "./bytes.ts";
import { net } from "../support/networks.ts";
import { optimize } from "../../src/pass/passes.ts";

function bytes(text: string, strategy: Strategy, frame: FramePolicy = "resident") {
  return planMemory(byteNet(text, strategy), { strategy, frame });
}

for (const [strategy, arenaBytes] of [
  ["naive", 36472],
  ["fused-pool", 11256],
  ["paper", 8800],
] as const) {
  test(`LeNet-5 in float needs the paper's ${arenaBytes} bytes with ${strategy}`, () => {
    const plan = planMemory(floatNet(lenet, strategy), { strategy, frame: "resident" });
    assert.equal(plan.arenaBytes, arenaBytes);
  });
}

test("the CIFAR test network in int8 needs the paper's 11264 bytes with paper", () => {
  assert.equal(bytes(cifar, "paper").arenaBytes, 11264);
});

test("best-fit without fused pooling needs the 40960 bytes of CMSIS-NN's example", () => {
  const graph = inBytes(optimize(net(cifar), { fusePool: false }));
  assert.equal(planMemory(graph, { strategy: "best-fit", frame: "resident" }).arenaBytes, 40960);
});

for (const [name, text, frame, floor, arena] of [
  ["LeNet-5", lenet, "resident", 1224, 1224],
  ["LeNet-5", lenet, "pushed", 1016, 1016],
  ["the CIFAR test network", cifar, "resident", 5504, 5696],
  ["the CIFAR test network", cifar, "pushed", 4288, 4416],
  ["ResNet8", resnet8, "resident", 10592, 11520],
  ["ResNet8", resnet8, "pushed", 9152, 9760],
  ["DS-CNN", dscnn, "resident", 3866, 3886],
  ["DS-CNN", dscnn, "pushed", 3536, 3556],
  ["the autoencoder", autoencoder, "pushed", 768, 768],
  ["MobileNetV1 0.25", mobilenetPytorch, "resident", 28128, 28128],
  ["MobileNetV1 0.25", mobilenetPytorch, "pushed", 10656, 11616],
] as const) {
  test(`${name} in int8 streams, frame ${frame}, in ${arena} bytes, with a floor of ${floor}`, () => {
    const plan = bytes(text, "stream", frame);
    assert.equal(plan.floorBytes, floor);
    assert.equal(plan.arenaBytes, arena);
    assert.ok(plan.arenaBytes <= 1.1 * plan.floorBytes);
  });
}

test("MobileNetV1 0.25 padded as TensorFlow pads it streams in 11136 bytes, 1.084 times its floor", () => {
  const plan = bytes(mobilenet, "stream", "pushed");
  assert.deepEqual([plan.arenaBytes, plan.floorBytes], [11136, 10272]);
});

test("ResNet8 needs 49152 bytes layer by layer, three tensors of a residual block", () => {
  assert.equal(bytes(resnet8, "best-fit").arenaBytes, 49152);
});

test("a pushed frame is reported outside the arena, a resident one inside", () => {
  assert.deepEqual(bytes(cifar, "stream", "resident").frameBytes, { inArena: 3072, outside: 0 });
  assert.deepEqual(bytes(cifar, "stream", "pushed").frameBytes, { inArena: 0, outside: 3072 });
});
