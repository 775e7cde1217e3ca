import assert from "node:assert/strict";
import { test } from "node:test";
import { evaluate } from "../../src/graph/evaluate.ts";
import { fromImage, toImage } from "../../src/load/layout.ts";
import { loadModel } from "../../src/load/load-model.ts";
import { archive, forward } from "./archives.ts";
import type { Module } from "./archives.ts";

interface Ran {
  readonly kinds: string;
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

/** What a forward of these lines makes of 0, 1, 2, ... in PyTorch's order. */
function run(shape: readonly number[], lines: readonly string[], state: Module["state"] = {}): Ran {
  const loaded = loadModel(archive(forward(...lines), state), { fileName: "net.pt", inputShapes: [shape] });
  const { graph, inputs, outputs } = loaded;
  const count = shape.reduce((product, extent) => product * extent, 1);
  const values = evaluate(graph, [
    toImage(
      Float32Array.from({ length: count }, (_, i) => i),
      inputs[0]!,
    ),
  ]);
  const [output] = outputs;
  return {
    kinds: graph.nodes.map(({ kind }) => kind).join(" "),
    shape: output!.shape,
    values: [...fromImage(values.get(output!.name)!, output!)],
  };
}

const column = { size: [3], numbers: [10, 20, 30] };

for (const [what, shape, lines, expected] of [
  [
    "dimensions in another order cost nothing until numbers are read in that order",
    [1, 2, 2, 2],
    ["y = torch.permute(torch.relu(x), [0, 2, 3, 1])", "return torch.relu6(y)"],
    { kinds: "clamp clamp", shape: [1, 2, 2, 2], values: [0, 4, 1, 5, 2, 6, 3, 6] },
  ],
  [
    "a permuted image is flattened in the new order",
    [1, 2, 2, 2],
    ["return torch.flatten(torch.permute(x, [0, 2, 3, 1]), 1)"],
    { kinds: "transpose flatten", shape: [1, 8], values: [0, 4, 1, 5, 2, 6, 3, 7] },
  ],
  [
    "dimensions of one come and go without a node",
    [1, 3],
    ["y = torch.unsqueeze(torch.unsqueeze(x, 2), 3)", "return torch.relu(torch.squeeze(y))"],
    { kinds: "clamp", shape: [3], values: [0, 1, 2] },
  ],
  [
    "a constant a channel is a depthwise convolution, whatever its shape",
    [1, 3, 1, 2],
    ["w = torch.view(self.weight, [1, -1, 1, 1])", "return torch.sub(torch.mul(x, w), 1)"],
    { kinds: "conv2d conv2d", shape: [1, 3, 1, 2], values: [-1, 9, 39, 59, 119, 149] },
  ],
  [
    "a vector scales the columns it has the length of",
    [1, 1, 2, 3],
    ["return torch.mul(x, self.weight)"],
    { kinds: "transpose conv2d", shape: [1, 1, 2, 3], values: [0, 20, 60, 30, 80, 150] },
  ],
  [
    "one channel is repeated over many",
    [1, 3, 1, 2],
    ["y = torch.slice(x, 1, 0, 1)", "return torch.sub(y, x)"],
    { kinds: "slice conv2d sub", shape: [1, 3, 1, 2], values: [0, 0, -2, -2, -4, -4] },
  ],
  [
    "a map of rows is repeated over columns",
    [1, 1, 2, 2],
    ["y = torch.mean(x, [3], True)", "return torch.mul(x, y)"],
    { kinds: "avgPool2d upsample mul", shape: [1, 1, 2, 2], values: [0, 0.5, 5, 7.5] },
  ],
  [
    "the maximum over channels is a pool over columns",
    [1, 3, 1, 2],
    ["return torch.amax(x, [1])"],
    { kinds: "transpose maxPool2d", shape: [1, 1, 2], values: [4, 5] },
  ],
  [
    "the sum over everything is a pool and a convolution",
    [1, 3, 1, 2],
    ["return torch.sum(x)"],
    { kinds: "avgPool2d conv2d", shape: [], values: [15] },
  ],
  [
    "channels are shuffled the long way too: a view of five dimensions, transposed and viewed as before",
    [1, 4, 2, 2],
    [
      "y = torch.contiguous(torch.transpose(torch.view(x, [1, 2, 2, 2, 2]), 1, 2))",
      "return torch.view(y, [1, -1, 2, 2])",
    ],
    { kinds: "conv2d", shape: [1, 4, 2, 2], values: [0, 1, 2, 3, 8, 9, 10, 11, 4, 5, 6, 7, 12, 13, 14, 15] },
  ],
  [
    "pixels are shuffled the long way too",
    [1, 4, 2, 2],
    [
      "y = torch.permute(torch.reshape(x, [1, 1, 2, 2, 2, 2]), [0, 1, 4, 2, 5, 3])",
      "return torch.reshape(y, [1, 1, 4, 4])",
    ],
    {
      kinds: "pixelShuffle",
      shape: [1, 1, 4, 4],
      values: [0, 4, 1, 5, 8, 12, 9, 13, 2, 6, 3, 7, 10, 14, 11, 15],
    },
  ],
  [
    "channels are shuffled by a convolution that copies",
    [1, 4],
    ["return torch.channel_shuffle(x, 2)"],
    { kinds: "conv2d", shape: [1, 4], values: [0, 2, 1, 3] },
  ],
  [
    "every other column is a pool that looks at one",
    [1, 1, 1, 5],
    ["return torch.slice(x, 3, 1, 9223372036854775807, 2)"],
    { kinds: "slice maxPool2d", shape: [1, 1, 1, 2], values: [1, 3] },
  ],
  [
    "slices from the end, and lists reversed",
    [1, 4],
    [
      "parts = torch.chunk(x, 2, 1)",
      "turned = torch.slice(parts, None, None, -1)",
      "return torch.slice(torch.cat(turned, 1), 1, -3)",
    ],
    { kinds: "slice slice concat slice", shape: [1, 3], values: [3, 0, 1] },
  ],
  [
    "an image wraps around at its sides",
    [1, 1, 1, 3],
    ['return torch.pad(x, [1, 2, 0, 0], "circular")'],
    { kinds: "slice slice concat", shape: [1, 1, 1, 6], values: [2, 0, 1, 2, 0, 1] },
  ],
  [
    "negative padding cuts off",
    [1, 1, 1, 3],
    ["return torch.constant_pad_nd(x, [-1, 1], 7)"],
    { kinds: "slice pad", shape: [1, 1, 1, 3], values: [1, 2, 7] },
  ],
  [
    "padding of channels is a convolution that copies",
    [1, 1, 1, 2],
    ["return torch.pad(x, [0, 0, 0, 0, 1, 0])"],
    { kinds: "conv2d", shape: [1, 2, 1, 2], values: [0, 0, 0, 1] },
  ],
  [
    "sizes of an interpolation may be computed",
    [1, 1, 1, 2],
    [
      "n = torch.mul(torch.size(x, 3), 2.9)",
      "return torch.upsample_nearest2d(x, [1, int(torch.floor(n))], None)",
    ],
    { kinds: "upsample", shape: [1, 1, 1, 5], values: [0, 0, 0, 1, 1] },
  ],
  [
    "softmax over time turns time into channels",
    [1, 1, 3],
    ["return torch.softmax(torch.mul(x, 0), 2)"],
    { kinds: "conv2d transpose softmax", shape: [1, 1, 3], values: [1, 1, 1].map((x) => Math.fround(x / 3)) },
  ],
] as const) {
  test(what, () => assert.deepEqual(run(shape, lines, { weight: column }), expected));
}

test("a network without a batch may take three dimensions, or one", () => {
  const pool = run([2, 2, 2], ["return torch.max_pool2d(x, [2, 2])"]);
  assert.deepEqual(pool, { kinds: "maxPool2d", shape: [2, 1, 1], values: [3, 7] });
  const relu = run([3], ["return torch.relu(x)"]);
  assert.deepEqual(relu, { kinds: "clamp", shape: [3], values: [0, 1, 2] });
});

test("three dimensions are a signal where the network takes one", () => {
  const pool = run([1, 2, 4], ["return torch.avg_pool1d(x, [2])"]);
  assert.deepEqual(pool, { kinds: "avgPool2d", shape: [1, 2, 2], values: [0.5, 2.5, 4.5, 6.5] });
});
