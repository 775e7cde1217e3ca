/** The linear form of a sum gives the evaluator's byte for every pair of bytes there is. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Add, DType, Sub, Tensor } from "../../src/graph/graph.ts";
import { addMultipliers, byteLimits } from "../../src/graph/quantized.ts";
import { byteOf, clampOf, formOf } from "../../src/lower/addition/form.ts";
import { random, type Random } from "../support/random.ts";

type Sum = { node: Add | Sub; tensors: readonly [Tensor, Tensor, Tensor] };

function tensorOf(name: string, dtype: Exclude<DType, "f32">, scale: number, numbers: Random): Tensor {
  const { min, max } = byteLimits(dtype);
  const quantization = { scale, zeroPoint: numbers.int(min, max) };
  return { name, dtype, shape: { h: 1, w: 1, c: 1 }, quantization };
}

function randomSum(numbers: Random): Sum {
  const dtype = (): "i8" | "u8" => (numbers.next() < 0.5 ? "i8" : "u8");
  const scale = (): number => 0.01 * 2 ** (6 * numbers.next() - 3);
  const [left, right] = [tensorOf("a", dtype(), scale(), numbers), tensorOf("b", dtype(), scale(), numbers)];
  const reach = left.quantization!.scale + right.quantization!.scale;
  const output = tensorOf("y", dtype(), reach * (0.2 + numbers.next()), numbers);
  const limits = byteLimits(output.dtype as "i8" | "u8");
  const clamp = numbers.next() < 0.5 ? {} : { clamp: { ...limits, min: output.quantization!.zeroPoint } };
  const requantize = addMultipliers(left.quantization!, right.quantization!, output.quantization!);
  const kind = numbers.next() < 0.6 ? "add" : "sub";
  const node = { kind, name: "sum", inputs: ["a", "b"], output: "y", ...clamp, requantize } as Add | Sub;
  return { node, tensors: [left, right, output] };
}

test("40 sums of random scales, zero points and kinds of bytes have a form, right for all 65,536 pairs", () => {
  const numbers = random(12);
  for (let i = 0; i < 40; i++) {
    const { node, tensors } = randomSum(numbers);
    const form = formOf(node, tensors);
    assert.ok(form !== undefined, `sum ${i} has no form`);
    const { min, max } = clampOf(node, tensors[2]);
    const byte = byteOf(node, tensors);
    const [as, bs] = tensors.slice(0, 2).map(({ dtype }) => byteLimits(dtype as "i8" | "u8"));
    for (let a = as!.min; a <= as!.max; a++) {
      for (let b = bs!.min; b <= bs!.max; b++) {
        const exact: number = form.left * a + form.right * b + form.constant;
        const found = Math.min(Math.max(exact >> form.shift, min), max);
        if (exact !== (exact | 0) || found !== byte(a, b))
          assert.fail(`sum ${i} of ${a} and ${b}: ${found} from ${exact}, not ${byte(a, b)}`);
      }
    }
  }
});
