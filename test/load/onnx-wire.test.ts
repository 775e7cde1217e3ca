import assert from "node:assert/strict";
import { test } from "node:test";
import { validateGraph } from "../../src/graph/validate.ts";
import { loadModel } from "../../src/load/load-model.ts";
import { readModelProto } from "../../src/load/onnx/model-proto.ts";
import { pushIntegers, readFields } from "../../src/load/onnx/protobuf.ts";
import { readTensorData, readTensorProto } from "../../src/load/onnx/tensor-proto.ts";
import { float32, int64s, joined, message, node, number, onnx, tag, text, varint } from "../support/onnx.ts";
import { loadOutcome } from "../support/load-outcome.ts";
import { flipBits, lie, repeatBlock, swapRuns, truncate, varintLie } from "../support/mutate.ts";
import { floatModel, quantizedModel } from "../support/onnx-samples.ts";

const integers = (bytes: Uint8Array): number[] => {
  const values: number[] = [];
  readFields(bytes, "m", (field) => pushIntegers(field, "m", (value) => values.push(value)));
  return values;
};

const tensor = (...fields: readonly Uint8Array[]): readonly number[] => {
  const read = readTensorProto(joined(fields), "t");
  return Array.from(readTensorData(read, "t", undefined).data);
};

test("integers are read signed, packed or not, and to the end of 64 bits", () => {
  const values = [0, 1, 127, 128, -1, -9_007_199_254_740_991, 2 ** 40];
  assert.deepEqual(integers(joined(values.map((value) => varint(1, value)))), values);
  assert.deepEqual(integers(message(1, joined(values.map(number)))), values);
  const most = joined([tag(1, 0), Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 255, 127)]);
  assert.deepEqual(integers(most), [2 ** 63]);
});

test("what does not fit its message is damaged, and said where", () => {
  const cases: readonly (readonly [Uint8Array, RegExp])[] = [
    [
      joined([tag(7, 2), number(100), Uint8Array.of(1)]),
      /ONNX model: a field of 100 bytes where 1 are left at byte 2/,
    ],
    [joined([tag(7, 2), number(-1)]), /a field of -1 bytes/],
    [new Uint8Array(11).fill(255), /a number of more than 10 bytes/],
    [Uint8Array.of(8, 128), /a number that does not end/],
    [Uint8Array.of(0x0b), /wire type 3/],
    [Uint8Array.of(0, 0), /field number 0/],
    [varint(7, 5), /field 7 is not a message/],
    [text(2, "no graph"), /without a graph/],
  ];
  for (const [bytes, words] of cases) assert.throws(() => readModelProto(bytes), words);
});

test("a tensor's numbers may be typed or raw, packed or not", () => {
  const head = [varint(1, 2), varint(2, 1)];
  const two = joined([float32(1.5), float32(-2)]);
  assert.deepEqual(tensor(...head, message(9, two)), [1.5, -2]);
  assert.deepEqual(tensor(...head, message(4, two)), [1.5, -2]);
  assert.deepEqual(tensor(...head, tag(4, 5), float32(1.5), tag(4, 5), float32(-2)), [1.5, -2]);
  assert.deepEqual(
    tensor(message(1, number(2)), varint(2, 10), varint(5, 0x3c00), varint(5, 0xc000)),
    [1, -2],
  );
  assert.deepEqual(tensor(varint(1, 1), varint(2, 3), varint(5, -3)), [-3]);
  assert.deepEqual(tensor(varint(1, 1), varint(2, 16), message(9, Uint8Array.of(0x80, 0x3f))), [1]);
});

test("a tensor's lies about its size are refused before room is made for it", () => {
  const raw = message(9, new Uint8Array(4));
  assert.throws(() => tensor(varint(1, 1 << 27), varint(2, 1), raw), /holds 4 bytes, 134217728 of f32 needs/);
  assert.throws(() => tensor(varint(1, 1 << 27), varint(2, 1)), /no room for its 134217728 numbers/);
  assert.throws(() => tensor(varint(1, 2 ** 40), varint(2, 1), raw), /impossible here/);
  assert.throws(() => tensor(varint(1, -1), varint(2, 1), raw), /impossible here/);
  assert.throws(() => tensor(varint(1, 1), varint(2, 22), raw), /element type int4 is not supported/);
});

test("constants that grow without end are refused, however they are made", () => {
  const bomb = int64s("big", [2 ** 30, 2 ** 30]);
  const load = (...nodes: readonly ReturnType<typeof node>[]): unknown =>
    loadModel(
      onnx({
        nodes,
        weights: [bomb, int64s("zero", [0], []), int64s("one", [1], []), int64s("end", [2 ** 40], [])],
      }),
      { fileName: "m" },
    );
  assert.throws(() => load(node("ConstantOfShape big -> y")), /too large to be computed here/);
  assert.throws(() => load(node("Range zero end one -> y")), /too large to be computed here/);
  assert.throws(() => load(node("Expand zero big -> y")), /too large to be computed here/);
  const doubling = Array.from({ length: 40 }, (_, i) => node(`Concat c${i} c${i} -> c${i + 1}`, { axis: 0 }));
  assert.throws(() => load(node("Identity big -> c0"), ...doubling), /too large|weights and constants/);
});

for (const [name, bytes] of Object.entries({
  "a float model": floatModel,
  "a quantised model": quantizedModel,
})) {
  test(`${name} undamaged gives a valid graph`, () => {
    validateGraph(loadModel(bytes, { fileName: "m.onnx" }).graph);
  });
  for (const change of [flipBits, truncate, swapRuns, lie, varintLie, repeatBlock]) {
    test(`${name} damaged by ${change.name} is refused in words or gives a valid graph`, () => {
      for (let seed = 0; seed < 100; ++seed) loadOutcome(change(bytes, seed), { fileName: `seed ${seed}` });
    });
  }
}
