/**
 * ONNX's TensorProto: an array of any element type, typed or raw, in the file or beside it. The message is looked
 * through for its name and shape at once; its numbers are read when a layer asks for them.
 */
import { CompileError } from "../../error.ts";
import { copyBytes, countElements, fromBfloat16, fromHalf } from "../tensor.ts";
import { integerOf, messageOf, pushFloats, pushIntegers, readFields, textOf } from "./protobuf.ts";

export interface TensorProto {
  readonly name: string;
  readonly shape: readonly number[];
  /** ONNX's number for the element type. */
  readonly elementType: number;
  readonly message: Uint8Array;
  readonly external: ReadonlyMap<string, string> | undefined;
}

/** Bytes of the file called `name` beside the model. */
export type ReadBeside = (name: string) => Uint8Array | undefined;

export type ElementType =
  "f32" | "f64" | "f16" | "bf16" | "u8" | "i8" | "u16" | "i16" | "u32" | "i32" | "u64" | "i64" | "bool";

/** 64-bit integers are doubles: exact up to 2^53. */
export type TensorData = Float32Array | Float64Array | Int8Array | Uint8Array | Int32Array;

const elementTypes: Readonly<Record<number, ElementType>> = {
  1: "f32",
  2: "u8",
  3: "i8",
  4: "u16",
  5: "i16",
  6: "i32",
  7: "i64",
  9: "bool",
  10: "f16",
  11: "f64",
  12: "u32",
  13: "u64",
  16: "bf16",
};

const otherTypes: Readonly<Record<number, string>> = {
  8: "string",
  14: "complex64",
  15: "complex128",
  17: "float8e4m3fn",
  18: "float8e4m3fnuz",
  19: "float8e5m2",
  20: "float8e5m2fnuz",
  21: "uint4",
  22: "int4",
  23: "float4e2m1",
};

const itemBytes: Readonly<Record<ElementType, number>> = {
  f32: 4,
  f64: 8,
  f16: 2,
  bf16: 2,
  u8: 1,
  i8: 1,
  u16: 2,
  i16: 2,
  u32: 4,
  i32: 4,
  u64: 8,
  i64: 8,
  bool: 1,
};

const mostElements = 1 << 28;

export function elementTypeOf(code: number, name: string): ElementType {
  const type = elementTypes[code];
  if (type) return type;
  throw new CompileError(
    `${name}: element type ${otherTypes[code] ?? code} is not supported; save it as float32`,
  );
}

export function readTensorProto(message: Uint8Array, place: string): TensorProto {
  const shape: number[] = [];
  const tensor = { name: "", elementType: 0, isExternal: false };
  const external = new Map<string, string>();
  readFields(message, place, (field) => {
    if (field.number === 1) pushIntegers(field, place, (extent) => void shape.push(extent));
    else if (field.number === 2) tensor.elementType = integerOf(field, place);
    else if (field.number === 8) tensor.name = textOf(field, place);
    else if (field.number === 13) readEntry(messageOf(field, place), place, external);
    else if (field.number === 14) tensor.isExternal = integerOf(field, place) === 1;
    if (shape.length > 32 || external.size > 32)
      throw new CompileError(`${place}: over 32 dimensions; the file is damaged`);
  });
  const { name, elementType, isExternal } = tensor;
  return { name, shape, elementType, message, external: isExternal ? external : undefined };
}

function readEntry(message: Uint8Array, place: string, into: Map<string, string>): void {
  let key = "";
  let value = "";
  readFields(message, place, (field) => {
    if (field.number === 1) key = textOf(field, place);
    else if (field.number === 2) value = textOf(field, place);
  });
  into.set(key, value);
}

/** A tensor's numbers, last dimension fastest. */
export function readTensorData(
  tensor: TensorProto,
  name: string,
  readBeside: ReadBeside | undefined,
): { readonly type: ElementType; readonly data: TensorData } {
  const type = elementTypeOf(tensor.elementType, name);
  const count = countElements(tensor.shape);
  const isPossible = tensor.shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0);
  if (!isPossible || count > mostElements)
    throw new CompileError(
      `${name}: a tensor of ${tensor.shape.join("x")} is impossible here; the file is damaged`,
    );
  const raw = tensor.external
    ? readExternal(tensor.external, name, readBeside)
    : findRaw(tensor.message, name);
  if (!raw) return { type, data: readTyped(tensor.message, type, count, name) };
  if (raw.length !== count * itemBytes[type]) {
    throw new CompileError(
      `${name}: holds ${raw.length} bytes, ${tensor.shape.join("x") || "a scalar"} of ${type} needs ${count * itemBytes[type]}; the file is damaged`,
    );
  }
  return { type, data: fromRaw(raw, type, count) };
}

function findRaw(message: Uint8Array, name: string): Uint8Array | undefined {
  let raw: Uint8Array | undefined;
  readFields(message, name, (field) => {
    if (field.number === 9) raw = messageOf(field, name);
  });
  return raw;
}

/** The location must name a file in the model's own folder: anything else could read what the user did not mean. */
function readExternal(
  entries: ReadonlyMap<string, string>,
  name: string,
  readBeside: ReadBeside | undefined,
): Uint8Array {
  const location = entries.get("location") ?? "";
  const isPlain = location !== "" && !/^[/\\]|^[a-zA-Z]:|(^|[/\\])\.\.([/\\]|$)|\0/.test(location);
  if (!isPlain)
    throw new CompileError(
      `${name}: its data are said to be in "${location}", outside the model's folder; refused`,
    );
  const file = readBeside?.(location);
  if (!file)
    throw new CompileError(
      `${name}: its data are in ${location}, which is not beside the model; put both files in one folder`,
    );
  const offset = Number(entries.get("offset") ?? 0);
  const length = Number(entries.get("length") ?? file.length - offset);
  const isInside = offset >= 0 && length >= 0 && offset + length <= file.length;
  if (!isInside)
    throw new CompileError(
      `${name}: needs bytes ${offset} to ${offset + length} of ${location}, which has ${file.length}; one of the files is damaged or not its partner`,
    );
  return file.subarray(offset, offset + length);
}

function fromRaw(raw: Uint8Array, type: ElementType, count: number): TensorData {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const fill = <Data extends TensorData>(data: Data, read: (at: number) => number): Data => {
    for (let index = 0; index < count; ++index) data[index] = read(index);
    return data;
  };
  switch (type) {
    case "f32":
      return new Float32Array(copyBytes(raw, 0, raw.length).buffer);
    case "f64":
      return fill(new Float64Array(count), (at) => view.getFloat64(at * 8, true));
    case "f16":
      return fill(new Float32Array(count), (at) => fromHalf(view.getUint16(at * 2, true)));
    case "bf16":
      return fill(new Float32Array(count), (at) => fromBfloat16(view.getUint16(at * 2, true)));
    case "u8":
    case "bool":
      return copyBytes(raw, 0, raw.length);
    case "i8":
      return new Int8Array(copyBytes(raw, 0, raw.length).buffer);
    case "u16":
      return fill(new Int32Array(count), (at) => view.getUint16(at * 2, true));
    case "i16":
      return fill(new Int32Array(count), (at) => view.getInt16(at * 2, true));
    case "i32":
      return new Int32Array(copyBytes(raw, 0, raw.length).buffer);
    case "u32":
      return fill(new Float64Array(count), (at) => view.getUint32(at * 4, true));
    case "u64":
      return fill(new Float64Array(count), (at) => Number(view.getBigUint64(at * 8, true)));
    case "i64":
      return fill(new Float64Array(count), (at) => Number(view.getBigInt64(at * 8, true)));
  }
}

/** float_data 4, int32_data 5 (all small types; half and bfloat16 as bits), int64_data 7, double_data 10, uint64_data 11. */
function readTyped(message: Uint8Array, type: ElementType, count: number, name: string): TensorData {
  if (count > message.length)
    throw new CompileError(`${name}: has no room for its ${count} numbers; the file is damaged`);
  const data = emptyData(type, count);
  let at = 0;
  const push = (value: number): void => {
    if (at >= count)
      throw new CompileError(`${name}: holds more than its ${count} numbers; the file is damaged`);
    data[at++] = value;
  };
  const fromBits = type === "f16" ? fromHalf : type === "bf16" ? fromBfloat16 : undefined;
  readFields(message, name, (field) => {
    if (field.number === 4) pushFloats(field, 4, name, push);
    else if (field.number === 5)
      pushIntegers(field, name, fromBits ? (bits) => push(fromBits(bits & 0xffff)) : push);
    else if (field.number === 7 || field.number === 11) pushIntegers(field, name, push);
    else if (field.number === 10) pushFloats(field, 8, name, push);
  });
  if (at < count) throw new CompileError(`${name}: holds ${at} of its ${count} numbers; the file is damaged`);
  return data;
}

export function emptyData(type: ElementType, count: number): TensorData {
  switch (type) {
    case "f32":
    case "f16":
    case "bf16":
      return new Float32Array(count);
    case "u8":
    case "bool":
      return new Uint8Array(count);
    case "i8":
      return new Int8Array(count);
    case "i16":
    case "u16":
    case "i32":
      return new Int32Array(count);
    case "f64":
    case "u32":
    case "u64":
    case "i64":
      return new Float64Array(count);
  }
}
