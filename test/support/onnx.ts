/** ONNX files made in the test: a writer of the few protobuf messages there are. */

/** A TensorProto: numbers of one of ONNX's element types. */
export interface TestTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** ONNX's number: 1 float, 2 uint8, 3 int8, 6 int32, 7 int64, 10 float16, 11 double. */
  readonly type: number;
  readonly bytes: Uint8Array;
  /** File beside the model, where the bytes are instead. */
  readonly location?: string;
}

export type TestAttribute =
  number | string | readonly number[] | { readonly float: number } | { readonly tensor: TestTensor };

export interface TestNode {
  readonly type: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, TestAttribute>>;
  readonly name?: string;
  readonly domain?: string;
}

/** [name, shape, element type]. */
export type TestPort = readonly [name: string, shape: readonly (number | string)[], type?: number];

export interface TestModel {
  readonly nodes: readonly TestNode[];
  readonly inputs?: readonly TestPort[];
  readonly outputs?: readonly TestPort[];
  readonly weights?: readonly TestTensor[];
  readonly opset?: number;
}

export function onnx({ nodes, inputs, outputs, weights = [], opset = 13 }: TestModel): Uint8Array {
  const graph = [
    ...nodes.map((node) => message(1, nodeOf(node))),
    ...weights.map((tensor) => message(5, tensorOf(tensor))),
    ...(inputs ?? [["x", [1, 1, 4, 4]] as const]).map((port) => message(11, valueInfo(port))),
    ...(outputs ?? [["y", []] as const]).map((port) => message(12, valueInfo(port))),
  ];
  return joined([varint(1, 8), text(2, "test"), message(7, joined(graph)), message(8, varint(2, opset))]);
}

/** `Conv x w b -> y`, with attributes. */
export function node(line: string, attributes: Readonly<Record<string, TestAttribute>> = {}): TestNode {
  const [left, right] = line.split("->") as [string, string];
  const [type, ...inputs] = left.trim().split(/\s+/) as [string, ...string[]];
  const [domain, opType] = type.includes(":") ? (type.split(":") as [string, string]) : ["", type];
  const outputs = right.trim().split(/\s+/);
  return {
    type: opType,
    domain,
    inputs: inputs.map((name) => (name === "_" ? "" : name)),
    outputs,
    attributes,
  };
}

export function floats(name: string, shape: readonly number[], numbers: ArrayLike<number>): TestTensor {
  return { name, shape, type: 1, bytes: new Uint8Array(Float32Array.from(numbers).buffer) };
}

export function int64s(name: string, numbers: readonly number[], shape = [numbers.length]): TestTensor {
  return { name, shape, type: 7, bytes: new Uint8Array(BigInt64Array.from(numbers, BigInt).buffer) };
}

export function bytesOf(
  name: string,
  shape: readonly number[],
  numbers: readonly number[],
  type: "u8" | "i8" | "i32" = "u8",
): TestTensor {
  const arrays = { u8: Uint8Array, i8: Int8Array, i32: Int32Array };
  return {
    name,
    shape,
    type: { u8: 2, i8: 3, i32: 6 }[type],
    bytes: new Uint8Array(arrays[type].from(numbers).buffer),
  };
}

function nodeOf({ type, inputs, outputs, attributes = {}, name = "", domain = "" }: TestNode): Uint8Array {
  return joined([
    ...inputs.map((input) => text(1, input)),
    ...outputs.map((output) => text(2, output)),
    text(3, name),
    text(4, type),
    ...Object.entries(attributes).map(([key, value]) => message(5, attributeOf(key, value))),
    text(7, domain),
  ]);
}

function attributeOf(name: string, value: TestAttribute): Uint8Array {
  if (typeof value === "number") return joined([text(1, name), varint(3, value)]);
  if (typeof value === "string") return joined([text(1, name), text(4, value)]);
  if ("float" in value) return joined([text(1, name), joined([tag(2, 5), float32(value.float)])]);
  if ("tensor" in value) return joined([text(1, name), message(5, tensorOf(value.tensor))]);
  return joined([text(1, name), ...value.map((item) => varint(8, item))]);
}

function tensorOf({ name, shape, type, bytes, location }: TestTensor): Uint8Array {
  const entry = (key: string, value: string): Uint8Array =>
    message(13, joined([text(1, key), text(2, value)]));
  const data = location === undefined ? [message(9, bytes)] : [entry("location", location), varint(14, 1)];
  return joined([...shape.map((extent) => varint(1, extent)), varint(2, type), text(8, name), ...data]);
}

function valueInfo([name, shape, type = 1]: TestPort): Uint8Array {
  const dimensions = shape.map((extent) =>
    message(1, typeof extent === "number" ? varint(1, extent) : text(2, extent)),
  );
  const tensor = joined([varint(1, type), message(2, joined(dimensions))]);
  return joined([text(1, name), message(2, message(1, tensor))]);
}

/** A field that is a varint. */
export function varint(field: number, value: number): Uint8Array {
  return joined([tag(field, 0), number(value)]);
}

/** A field of bytes: text, a message, packed numbers. */
export function message(field: number, bytes: Uint8Array): Uint8Array {
  return joined([tag(field, 2), number(bytes.length), bytes]);
}

export function text(field: number, value: string): Uint8Array {
  return message(field, new TextEncoder().encode(value));
}

export function tag(field: number, wire: number): Uint8Array {
  return number(field * 8 + wire);
}

/** Seven bits a byte, the lowest first; negative numbers in 64 bits. */
export function number(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest > 0n ? low | 0x80 : low);
  } while (rest > 0n);
  return Uint8Array.from(bytes);
}

export function float32(value: number): Uint8Array {
  return new Uint8Array(Float32Array.of(value).buffer);
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
