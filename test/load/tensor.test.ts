import assert from "node:assert/strict";
import { test } from "node:test";
import { readNpy, writeNpy } from "../../src/load/npy.ts";
import type { PickleTensor, StorageType } from "../../src/load/pickle-value.ts";
import { fromBfloat16, fromHalf, permuteTensor, readTensor } from "../../src/load/tensor.ts";
import { fixture } from "./archives.ts";

function tensor(
  size: readonly number[],
  stride: readonly number[],
  offset = 0,
  type: StorageType = "FloatStorage",
): PickleTensor {
  return {
    kind: "tensor",
    storage: { kind: "storage", type, key: "0", record: "data/0" },
    offset,
    size,
    stride,
  };
}

const storage = new Uint8Array(Float32Array.from({ length: 24 }, (_, i) => i).buffer);

test("offset and strides choose the numbers", () => {
  assert.deepEqual([...readTensor(tensor([2, 3], [3, 1], 4), storage, "w")], [4, 5, 6, 7, 8, 9]);
  assert.deepEqual([...readTensor(tensor([3, 2], [1, 3]), storage, "w")], [0, 3, 1, 4, 2, 5]);
  assert.deepEqual([...readTensor(tensor([4], [0], 7), storage, "w")], [7, 7, 7, 7]);
  assert.deepEqual([...readTensor(tensor([], [], 5), storage, "w")], [5]);
  assert.deepEqual([...readTensor(tensor([0, 3], [3, 1]), storage, "w")], []);
});

test("OIHW read as OHWI is a permutation of strides", () => {
  const oihw = tensor([2, 3, 2, 2], [12, 4, 2, 1]);
  const ohwi = permuteTensor(oihw, [0, 2, 3, 1]);
  assert.deepEqual(ohwi.size, [2, 2, 2, 3]);
  assert.deepEqual([...readTensor(ohwi, storage, "w").subarray(0, 6)], [0, 4, 8, 1, 5, 9]);
});

test("a view beyond its storage is refused by name", () => {
  assert.throws(
    () => readTensor(tensor([5, 5], [5, 1]), storage, "fc.weight"),
    /^CompileError: fc\.weight: needs 100 bytes of storage 0, which has 96/,
  );
  assert.throws(() => readTensor(tensor([2 ** 20, 2 ** 20], [0, 0]), storage, "w"), /too large/);
});

test("halves and bfloat16 are exact, infinities and subnormals too", () => {
  assert.deepEqual([0x3c00, 0xc000, 0x3555, 0x0001, 0x7bff, 0x7c00, 0x8000].map(fromHalf), [
    1,
    -2,
    0.333251953125,
    2 ** -24,
    65504,
    Infinity,
    -0,
  ]);
  assert.ok(Number.isNaN(fromHalf(0x7e00)));
  assert.deepEqual([0x3f80, 0xc000, 0x3eab].map(fromBfloat16), [1, -2, 0.333984375]);
});

test("every element type is read", () => {
  const bytes = Uint8Array.of(255, 1, 0, 0, 0, 0, 0, 0);
  const first = (type: StorageType): number => readTensor(tensor([1], [1], 0, type), bytes, "w")[0]!;
  const types = ["LongStorage", "IntStorage", "ShortStorage", "CharStorage", "ByteStorage"] as const;
  assert.deepEqual(types.map(first), [511, 511, 511, -1, 255]);
});

test("a NumPy file survives reading and writing, byte for byte", () => {
  const file = fixture("chain.input.npy");
  const array = readNpy(file);
  assert.deepEqual([array.dtype, array.shape], ["f4", [1, 2, 12, 12]]);
  assert.deepEqual(writeNpy(array), file);
});

for (const data of [
  new Float64Array([1.5]),
  new Uint8Array([200]),
  new Int8Array([-3]),
  new Int32Array([-70000]),
  new BigInt64Array([2n ** 40n]),
]) {
  test(`NumPy files of ${data.constructor.name} survive writing and reading`, () => {
    const dtype = (
      {
        Float64Array: "f8",
        Uint8Array: "u1",
        Int8Array: "i1",
        Int32Array: "i4",
        BigInt64Array: "i8",
      } as const
    )[data.constructor.name as "Float64Array"];
    assert.deepEqual(readNpy(writeNpy({ shape: [1], dtype, data })), { shape: [1], dtype, data });
  });
}

test("a damaged NumPy file is refused in words", () => {
  const file = fixture("chain.input.npy");
  assert.throws(
    () => readNpy(file.subarray(0, 200)),
    /^CompileError: npy: shape 1x2x12x12 needs 1280 bytes, the file has 200/,
  );
  assert.throws(() => readNpy(file.subarray(0, 4)), /4 bytes that are not a NumPy array/);
  const odd = new TextDecoder("latin1").decode(file).replace("<f4", "<c8");
  assert.throws(
    () => readNpy(Uint8Array.from(odd, (c) => c.charCodeAt(0))),
    /element type <c8 is not supported/,
  );
});
