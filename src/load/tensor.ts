/**
 * Turns a pickled tensor, a strided view of a storage of any element type, into a dense array of float32.
 * Offsets and strides are honoured (transposed, shared, channels-last weights) and checked against the bytes there are.
 */
import { CompileError } from "../error.ts";
import { itemBytes } from "./pickle-value.ts";
import type { PickleTensor, StorageType } from "./pickle-value.ts";

/** 64 MB of floats: far more than any part has, and small enough for a four-byte lie to cost little. */
const mostElements = 1 << 24;

/** The same numbers with dimensions in another order; no data moves. */
export function permuteTensor(tensor: PickleTensor, order: readonly number[]): PickleTensor {
  return {
    ...tensor,
    size: order.map((axis) => tensor.size[axis]!),
    stride: order.map((axis) => tensor.stride[axis]!),
  };
}

export function countElements(size: readonly number[]): number {
  return size.reduce((product, extent) => product * extent, 1);
}

/**
 * Reads the view densely, last dimension fastest.
 * Half, bfloat16, double and integers are converted to the nearest float32.
 */
export function readTensor(tensor: PickleTensor, storage: Uint8Array, name: string): Float32Array {
  checkBounds(tensor, storage.length, name);
  const count = countElements(tensor.size);
  if (tensor.storage.type === "FloatStorage" && isDense(tensor)) {
    const start = tensor.offset * 4;
    return new Float32Array(copyBytes(storage, start, count * 4).buffer);
  }
  const view = new DataView(storage.buffer, storage.byteOffset, storage.byteLength);
  return gather(tensor, new Float32Array(count), elementReader(view, tensor.storage.type));
}

/** The bytes of a quantised weight, densely, last dimension fastest. */
export function readSignedBytes(tensor: PickleTensor, storage: Uint8Array, name: string): Int8Array {
  checkBounds(tensor, storage.length, name);
  const view = new DataView(storage.buffer, storage.byteOffset, storage.byteLength);
  const { type } = tensor.storage;
  if (type !== "QInt8Storage")
    throw new CompileError(`${name}: its weights are ${type}, expected QInt8Storage; quantise them to qint8`);
  return gather(tensor, new Int8Array(countElements(tensor.size)), elementReader(view, type));
}

/** The one number of a tensor of one element. */
export function readScalar(tensor: PickleTensor, storage: Uint8Array, name: string): number {
  checkBounds(tensor, storage.length, name);
  const view = new DataView(storage.buffer, storage.byteOffset, storage.byteLength);
  return elementReader(view, tensor.storage.type)(tensor.offset);
}

/** `slice` of a Node.js Buffer would share its memory. */
export function copyBytes(bytes: Uint8Array, start: number, length: number): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(length);
  copy.set(bytes.subarray(start, start + length));
  return copy;
}

function checkBounds(tensor: PickleTensor, bytes: number, name: string): void {
  const count = countElements(tensor.size);
  if (count > mostElements)
    throw new CompileError(`${name}: ${tensor.size.join("x")} is too large to be a weight here`);
  if (count === 0) return;
  const last = tensor.size.reduce(
    (sum, extent, axis) => sum + (extent - 1) * tensor.stride[axis]!,
    tensor.offset,
  );
  const needed = (last + 1) * itemBytes[tensor.storage.type];
  if (needed > bytes) {
    throw new CompileError(
      `${name}: needs ${needed} bytes of storage ${tensor.storage.key}, which has ${bytes}; the file is damaged`,
    );
  }
}

/** Whether its numbers follow each other, last dimension fastest. */
export function isDense(tensor: PickleTensor): boolean {
  let expected = 1;
  for (let axis = tensor.size.length - 1; axis >= 0; --axis) {
    if (tensor.size[axis] !== 1 && tensor.stride[axis] !== expected) return false;
    expected *= tensor.size[axis]!;
  }
  return true;
}

function gather<Data extends Float32Array | Int8Array>(
  tensor: PickleTensor,
  result: Data,
  element: (index: number) => number,
): Data {
  const { size, stride } = tensor;
  const position = size.map(() => 0);
  let index = tensor.offset;
  for (let out = 0; out < result.length; ++out) {
    result[out] = element(index);
    for (let axis = size.length - 1; axis >= 0; --axis) {
      index += stride[axis]!;
      position[axis]! += 1;
      if (position[axis]! < size[axis]!) break;
      index -= stride[axis]! * size[axis]!;
      position[axis] = 0;
    }
  }
  return result;
}

function elementReader(view: DataView, type: StorageType): (index: number) => number {
  switch (type) {
    case "FloatStorage":
      return (index) => view.getFloat32(index * 4, true);
    case "DoubleStorage":
      return (index) => view.getFloat64(index * 8, true);
    case "HalfStorage":
      return (index) => fromHalf(view.getUint16(index * 2, true));
    case "BFloat16Storage":
      return (index) => fromBfloat16(view.getUint16(index * 2, true));
    case "LongStorage":
      return (index) => Number(view.getBigInt64(index * 8, true));
    case "IntStorage":
    case "QInt32Storage":
      return (index) => view.getInt32(index * 4, true);
    case "ShortStorage":
      return (index) => view.getInt16(index * 2, true);
    case "CharStorage":
    case "QInt8Storage":
      return (index) => view.getInt8(index);
    case "ByteStorage":
    case "BoolStorage":
    case "QUInt8Storage":
      return (index) => view.getUint8(index);
  }
}

/** IEEE 754 binary16: 1 sign, 5 exponent (bias 15), 10 fraction bits. */
export function fromHalf(bits: number): number {
  const sign = (bits & 0x8000) === 0 ? 1 : -1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The upper half of a float32. */
export function fromBfloat16(bits: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, bits << 16);
  return view.getFloat32(0);
}
