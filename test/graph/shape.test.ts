import assert from "node:assert/strict";
import { test } from "node:test";
import { windowOf } from "../../src/graph/build.ts";
import type { MaxPool2d } from "../../src/graph/graph.ts";
import { outputShape } from "../../src/graph/shape.ts";
import { net } from "../support/networks.ts";

test("a window's output size is the number of places it fits, for every small kernel, stride, padding and dilation", () => {
  for (let size = 1; size <= 9; size++) {
    for (const [kernel, stride, padding, dilation] of product([1, 2, 3, 5], [1, 2, 3], [0, 1, 2], [1, 2])) {
      const reach = dilation * (kernel - 1) + 1;
      let places = 0;
      for (let start = -padding; start + reach <= size + padding; start += stride) places++;
      if (places === 0) continue;
      const window = windowOf([kernel, 1], {
        stride: [stride, 1],
        dilation: [dilation, 1],
        padding: { top: padding, bottom: padding, left: 0, right: 0 },
      });
      const pool: MaxPool2d = { kind: "maxPool2d", name: "p", inputs: ["x"], output: "y", window };
      assert.deepEqual(outputShape(pool, [{ h: size, w: 4, c: 3 }]), { h: places, w: 4, c: 3 });
    }
  }
});

test("rows and columns have their own kernel, stride and padding", () => {
  const { tensors, outputs } = net("in 9x6x2 | conv 5x2 7 s2x3 p2x0 | maxpool 2x1 s1 p0,1,0,0");
  assert.deepEqual(tensors.get("0.conv2d")!.shape, { h: 5, w: 2, c: 7 });
  assert.deepEqual(tensors.get(outputs[0]!)!.shape, { h: 5, w: 2, c: 7 });
});

test("a kernel larger than its padded input is refused by the layer's name", () => {
  assert.throws(() => net("in 4x4x1 | relu | conv 7x3 2 s1 p1"), {
    name: "CompileError",
    message:
      "1.conv2d: 7×3 kernel is larger than its 6×6 padded input; use a larger input, more padding or a smaller kernel",
  });
});

test("a sum of unequal shapes is refused with both", () => {
  assert.throws(() => net("in 4x4x1 | as a | conv 3 1 | add a"), {
    message:
      "1.add: combines tensors of 2×2×1 and 4×4×1; the second must have the first's shape, or be 1×1×C or 1×1×1",
  });
});

function product(...axes: readonly (readonly number[])[]): [number, number, number, number][] {
  const all = axes.reduce<number[][]>(
    (rows, axis) => rows.flatMap((row) => axis.map((x) => [...row, x])),
    [[]],
  );
  return all as [number, number, number, number][];
}
