import assert from "node:assert/strict";
import { test } from "node:test";
import { evaluate } from "../../src/graph/evaluate.ts";
import type { Conv2d, Graph, Tensor } from "../../src/graph/graph.ts";
import { activationQuantization } from "../../src/pass/activation-quantization.ts";
import { calibrate } from "../../src/pass/calibrate.ts";
import { fusePool } from "../../src/pass/fuse-pool.ts";
import { observe } from "../../src/pass/observe.ts";
import { optimize } from "../../src/pass/passes.ts";
import { dequantizeOutput, quantize, quantizeInput } from "../../src/pass/quantize.ts";
import { byteFrame, frame, int8, reals, result } from "../support/frames.ts";
import { net, randomChain } from "../support/networks.ts";
import { random } from "../support/random.ts";

const inputOf = (graph: Graph): Tensor => graph.tensors.get(graph.inputs[0]!)!;
const outputOf = (graph: Graph): Tensor => graph.tensors.get(graph.outputs[0]!)!;

test("ranges are the least and greatest value of every tensor over all samples", () => {
  const graph = net("in 1x2x1 | relu");
  const ranges = calibrate(observe(graph, [[Float32Array.of(-3, 1)], [Float32Array.of(2, -1)]]));
  assert.deepEqual([...ranges], [["input", { min: -3, max: 2 }], ["0.clamp", { min: 0, max: 2 }]]); // prettier-ignore
});

test("calibration refuses samples that are no numbers, and none at all", () => {
  const graph = net("in 1x2x1 | relu");
  assert.throws(() => observe(graph, []), {
    message: "calibration: there are no samples; give at least one input",
  });
  assert.throws(() => observe(graph, [[Float32Array.of(0, NaN)]]), {
    name: "CompileError",
    message: "calibration: input became NaN at element 1; check the samples' preprocessing and the weights",
  });
});

test("what is never negative is u8 with zero point 0, all else i8; 0 is always a byte", () => {
  assert.deepEqual(activationQuantization({ min: 0, max: 255 }), {
    dtype: "u8",
    quantization: { scale: 1, zeroPoint: 0 },
  });
  assert.deepEqual(activationQuantization({ min: -128, max: 127 }), {
    dtype: "i8",
    quantization: { scale: 1, zeroPoint: 0 },
  });
  assert.equal(activationQuantization({ min: 3, max: 255 }).quantization.scale, 1);
  assert.deepEqual(activationQuantization({ min: -255, max: -3 }).quantization, { scale: 1, zeroPoint: 127 });
  assert.deepEqual(activationQuantization({ min: 0, max: 0 }).dtype, "u8");
  assert.ok(activationQuantization({ min: 0, max: 1e-45 }).quantization.scale > 0);
});

test("a quantised range holds its ends to half a step", () => {
  const { next } = random(5);
  for (let i = 0; i < 2000; i++) {
    const range = { min: -next() * 10, max: next() * 10 };
    const { scale, zeroPoint } = activationQuantization(range).quantization;
    assert.ok((-128 - zeroPoint) * scale <= range.min + scale * 0.501);
    assert.ok((127 - zeroPoint) * scale >= range.max - scale * 0.501);
  }
});

test("weights are symmetric in −127..127, each channel on its own scale", () => {
  const graph = int8(net("in 6x6x3 | conv 3 8 | relu"), random(1));
  const conv = graph.nodes[0] as Conv2d;
  const perChannel = conv.weight.data.length / 8;
  for (let oc = 0; oc < 8; oc++) {
    const bytes = conv.weight.data.subarray(oc * perChannel, (oc + 1) * perChannel);
    assert.equal(Math.max(...bytes.map(Math.abs)), 127);
  }
  assert.ok(conv.requantize!.multiplier.every((multiplier) => multiplier >= 2 ** 30));
});

test("pools and clamps on their own keep their input's type and quantisation", () => {
  const text = "in 8x8x2 | conv 3 3 | as a | maxpool 3 s1 p1 | clamp -0.5 0.5 | add a | avgpool 2";
  const graph = int8(net(text), random(1));
  const typeOf = (name: string) => [graph.tensors.get(name)!.dtype, graph.tensors.get(name)!.quantization];
  assert.deepEqual(typeOf("1.maxPool2d"), typeOf("0.conv2d"));
  assert.deepEqual(typeOf("2.clamp"), typeOf("0.conv2d"));
  assert.deepEqual(typeOf("4.avgPool2d"), typeOf("3.add"));
});

test("int8 results follow the float ones: 150 random networks, error below a few steps of the output", () => {
  let worst = 0;
  let total = 0;
  for (let seed = 0; seed < 150; seed++) {
    const source = random(seed);
    const float = optimize(net(randomChain(source, { exotic: true }), { seed }), { fusePool: false });
    const samples = Array.from({ length: 6 }, () => [frame(float, source)]);
    const bytes = quantize(float, calibrate(observe(float, samples)));
    const x = samples[0]![0]!;
    const expected = result(float, x);
    const found = reals(outputOf(bytes), result(bytes, quantizeInput(inputOf(bytes), x)));
    const span = outputOf(bytes).quantization!.scale * 255;
    const errors = Array.from(expected, (value, i) => Math.abs(value - found[i]!) / span);
    const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
    worst = Math.max(worst, mean);
    total += mean;
  }
  assert.ok(total / 150 < 0.01, `mean error ${total / 150} of the output's span`);
  assert.ok(worst < 0.08, `worst ${worst}`);
});

test("a fused pool gives the same bytes as one on its own: 100 random networks, random bytes in", () => {
  let fused = 0;
  for (let seed = 0; seed < 100; seed++) {
    const source = random(seed);
    const apart = int8(net(randomChain(source), { seed }), source);
    const together = fusePool(apart);
    fused += apart.nodes.length - together.nodes.length;
    const x = byteFrame(apart, source);
    assert.deepEqual(result(together, x), result(apart, x));
  }
  assert.ok(fused > 10);
});

test("a byte is its accumulator's real value to a step, for a convolution with padding and both zero points", () => {
  const source = random(9);
  const float = optimize(net("in 7x7x3 | conv 3 4 p1 s2"), { fusePool: false });
  const samples = Array.from({ length: 4 }, () => [frame(float, source)]);
  const bytes = quantize(float, calibrate(observe(float, samples)));
  const [input, output] = [inputOf(bytes), outputOf(bytes)];
  assert.ok(input.quantization!.zeroPoint !== 0 && output.quantization!.zeroPoint !== 0);
  const x = quantizeInput(input, samples[0]![0]!);
  // The float network on what the bytes stand for: weights' rounding is all that is left.
  const expected = result(float, dequantizeOutput(input, x));
  const found = dequantizeOutput(output, result(bytes, x));
  const error = found.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0);
  assert.ok(error < 2.5 * output.quantization!.scale, `${error / output.quantization!.scale} steps`);
});

test("a channel of zeros or of tiny weights keeps its bias", () => {
  for (const tiny of [0, 1e-12, 1e-42]) {
    const graph = net("in 4x4x1 | conv 3 2");
    const conv = graph.nodes[0] as Conv2d;
    (conv.weight.data as Float32Array).fill(tiny, 0, 9);
    conv.bias.data.set([0.75, 0.1]);
    const bytes = int8(graph, random(1));
    const found = reals(outputOf(bytes), result(bytes, byteFrame(bytes, random(2))));
    const { scale } = outputOf(bytes).quantization!;
    assert.ok(Math.abs(found[0]! - 0.75) <= scale, `${tiny}: ${found[0]}`);
  }
});

test("a layer that never fires, or hardly, is quantised without a shift out of 32 bits", () => {
  for (const bias of [-1e6, -4.9]) {
    const graph = net("in 6x6x8 | conv 3 16 | relu | linear 4");
    (graph.nodes[0] as Conv2d).bias.data.fill(bias);
    const bytes = int8(graph, random(1));
    const { requantize, weight, bias: { data } } = bytes.nodes[0] as Conv2d; // prettier-ignore
    const perChannel = weight.data.length / data.length;
    data.forEach((b, oc) => {
      const bytesOf = Array.from(weight.data.subarray(oc * perChannel, (oc + 1) * perChannel));
      const bound = bytesOf.reduce((sum, w) => sum + Math.abs(w) * 255, Math.abs(b));
      assert.ok(bound * 2 ** Math.max(0, requantize!.shift[oc]!) < 2 ** 31);
    });
    assert.equal(result(bytes, byteFrame(bytes, random(2))).length, 4);
  }
});

test("a sum that could leave 32 bits is refused by the layer's name", () => {
  const graph = net("in 1x1x140000 | linear 1");
  const linear = graph.nodes[0]!;
  assert.ok(linear.kind === "linear");
  (linear.weight.data as Float32Array).fill(1);
  assert.throws(() => int8(graph, random(1), 1), {
    name: "CompileError",
    message: /^0\.linear: channel 0 could sum to \d+, more than 32 bits hold; use fewer input channels/,
  });
});

test("an input with NaN is refused", () => {
  const bytes = int8(net("in 2x2x1 | conv 1 1"), random(1));
  assert.throws(() => quantizeInput(inputOf(bytes), [0, NaN, 0, 0]), {
    message: "input input: element 1 is NaN; check its preprocessing",
  });
});

test("every tensor of an int8 graph is bytes within its clamp", () => {
  const source = random(4);
  const graph = int8(
    net("in 9x9x3 | conv 3 4 p1 | relu6 | as a | conv 3 4 p1 | add a | relu | avgpool 3"),
    source,
  );
  const values = evaluate(graph, [byteFrame(graph, source)]);
  for (const node of graph.nodes) {
    const { dtype } = graph.tensors.get(node.output)!;
    assert.ok(values.get(node.output)! instanceof (dtype === "u8" ? Uint8Array : Int8Array));
    const clamp = "clamp" in node ? node.clamp : undefined;
    if (!clamp) continue;
    assert.ok(values.get(node.output)!.every((q) => clamp.min <= q && q <= clamp.max));
  }
});
