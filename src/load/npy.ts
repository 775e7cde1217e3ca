/** NumPy's `.npy` files, format 1 to 3, little-endian: how test vectors come in and go out. */
import { CompileError } from "../error.ts";
import { copyBytes } from "./tensor.ts";

const arrays = {
  f4: Float32Array,
  f8: Float64Array,
  u1: Uint8Array,
  i1: Int8Array,
  i4: Int32Array,
  i8: BigInt64Array,
} as const;

export type NpyType = keyof typeof arrays;
export type NpyData = Float32Array | Float64Array | Uint8Array | Int8Array | Int32Array | BigInt64Array;

export interface NpyArray {
  /** Outermost first; empty for a scalar. */
  readonly shape: readonly number[];
  /** NumPy's name without the byte order, e.g. `f4`. */
  readonly dtype: NpyType;
  readonly data: NpyData;
}

const magic = "\x93NUMPY";

/** Copies the array out of the file. */
export function readNpy(bytes: Uint8Array): NpyArray {
  const { header, start } = readHeader(bytes);
  const dtype = readType(header);
  const shape = readShape(header);
  const count = shape.reduce((product, extent) => product * extent, 1);
  const size = count * arrays[dtype].BYTES_PER_ELEMENT;
  if (!Number.isSafeInteger(size) || start + size > bytes.length) {
    throw new CompileError(
      `npy: shape ${shape.join("x")} needs ${start + size} bytes, the file has ${bytes.length}`,
    );
  }
  const isColumnMajor = /'fortran_order':\s*True/.test(header);
  const ordered = isColumnMajor
    ? toRowMajor(bytes.subarray(start, start + size), shape, arrays[dtype].BYTES_PER_ELEMENT)
    : copyBytes(bytes, start, size);
  return { shape, dtype, data: new arrays[dtype](ordered.buffer) };
}

/** NumPy saves a transposed array as it lies in memory, first dimension fastest. */
function toRowMajor(bytes: Uint8Array, shape: readonly number[], itemSize: number): Uint8Array<ArrayBuffer> {
  const result = new Uint8Array(bytes.length);
  for (let index = 0; index < bytes.length / itemSize; ++index) {
    let [rest, to] = [index, 0];
    for (const [dim, extent] of shape.entries()) {
      to += (rest % extent) * shape.slice(dim + 1).reduce((product, next) => product * next, 1);
      rest = Math.floor(rest / extent);
    }
    result.set(bytes.subarray(index * itemSize, (index + 1) * itemSize), to * itemSize);
  }
  return result;
}

/** The bytes NumPy would write: format 1.0, data aligned to 64 bytes. */
export function writeNpy(array: NpyArray): Uint8Array {
  const order = array.dtype.endsWith("1") ? "|" : "<";
  const extents = array.shape.join(", ") + (array.shape.length === 1 ? "," : "");
  const text = `{'descr': '${order}${array.dtype}', 'fortran_order': False, 'shape': (${extents}), }`;
  const start = Math.ceil((10 + text.length + 1) / 64) * 64;
  const header = text.padEnd(start - 11, " ") + "\n";
  const { buffer, byteOffset, byteLength } = array.data;
  const bytes = new Uint8Array(start + byteLength);
  bytes.set([...magic].map((character) => character.charCodeAt(0)));
  bytes.set([1, 0, header.length & 0xff, header.length >> 8], 6);
  bytes.set(new TextEncoder().encode(header), 10);
  bytes.set(new Uint8Array(buffer, byteOffset, byteLength), start);
  return bytes;
}

function readHeader(bytes: Uint8Array): { header: string; start: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || String.fromCharCode(...bytes.subarray(0, 6)) !== magic) {
    throw new CompileError(`npy: ${bytes.length} bytes that are not a NumPy array; write it with numpy.save`);
  }
  const isShort = bytes[6] === 1;
  const from = isShort ? 10 : 12;
  const start = from + (isShort ? view.getUint16(8, true) : view.getUint32(8, true));
  if (start > bytes.length)
    throw new CompileError(`npy: header ends at byte ${start}, the file has ${bytes.length}`);
  return { header: new TextDecoder().decode(bytes.subarray(from, start)), start };
}

function readType(header: string): NpyType {
  const descr = /'descr':\s*'([^']*)'/.exec(header)?.[1] ?? "?";
  const dtype = descr === "|b1" ? "u1" : descr.replace(/^[<|]/, "");
  if (!Object.hasOwn(arrays, dtype)) {
    throw new CompileError(
      `npy: element type ${descr} is not supported; save it as float32 with x.astype("<f4")`,
    );
  }
  return dtype as NpyType;
}

function readShape(header: string): readonly number[] {
  const text = /'shape':\s*\(([^)]*)\)/.exec(header)?.[1];
  const extents = (text ?? "?").split(",").map((part) => part.trim());
  const shape = extents.filter((part) => part !== "").map(Number);
  if (shape.some((extent) => !Number.isSafeInteger(extent) || extent < 0)) {
    throw new CompileError(`npy: shape (${text ?? ""}) is not a list of counts`);
  }
  return shape;
}
