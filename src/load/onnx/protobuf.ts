/**
 * The wire format of protocol buffers, read without a schema: fields one after another, each checked to lie within its
 * message. Messages inside messages are byte ranges until someone asks for them, so nothing here recurses.
 *
 * Source: protobuf.dev, "Encoding".
 */
import { CompileError } from "../../error.ts";

export type Field =
  | { readonly number: number; readonly wire: "varint"; readonly value: number }
  | { readonly number: number; readonly wire: "fixed32" | "fixed64" | "bytes"; readonly bytes: Uint8Array };

/** Calls `visit` for every field of a message; `place` is what messages call it. */
export function readFields(message: Uint8Array, place: string, visit: (field: Field) => void): void {
  const cursor = { at: 0 };
  while (cursor.at < message.length) {
    const tag = readVarint(message, cursor, place);
    const number = Math.floor(tag / 8);
    if (number < 1 || number > 0x1fffffff) throw damaged(place, cursor.at, `field number ${number}`);
    visit(readField(message, cursor, place, number, tag % 8));
  }
}

interface Cursor {
  at: number;
}

function readField(message: Uint8Array, cursor: Cursor, place: string, number: number, wire: number): Field {
  switch (wire) {
    case 0:
      return { number, wire: "varint", value: readVarint(message, cursor, place) };
    case 1:
      return { number, wire: "fixed64", bytes: take(message, cursor, place, 8) };
    case 2:
      return {
        number,
        wire: "bytes",
        bytes: take(message, cursor, place, readVarint(message, cursor, place)),
      };
    case 5:
      return { number, wire: "fixed32", bytes: take(message, cursor, place, 4) };
    default:
      throw damaged(place, cursor.at, `wire type ${wire}`);
  }
}

function take(message: Uint8Array, cursor: Cursor, place: string, length: number): Uint8Array {
  const left = message.length - cursor.at;
  if (length < 0 || length > left)
    throw damaged(place, cursor.at, `a field of ${length} bytes where ${left} are left`);
  const bytes = message.subarray(cursor.at, cursor.at + length);
  cursor.at += length;
  return bytes;
}

/** A signed 64-bit integer; beyond 2^53 the nearest double, which only ever means "to the end". */
function readVarint(message: Uint8Array, cursor: Cursor, place: string): number {
  let low = 0; // 28 bits
  let high = 0; // the 36 above
  for (let index = 0; index < 10; ++index) {
    const byte = message[cursor.at];
    if (byte === undefined) throw damaged(place, cursor.at, "a number that does not end");
    cursor.at += 1;
    const bits = byte & 0x7f;
    if (index < 4) low += bits * 2 ** (7 * index);
    else if (index < 9) high += bits * 2 ** (7 * (index - 4));
    else high += (bits & 1) * 2 ** 35;
    if (byte < 0x80) return (high >= 2 ** 35 ? high - 2 ** 36 : high) * 2 ** 28 + low;
  }
  throw damaged(place, cursor.at, "a number of more than 10 bytes");
}

/** The sentence for bytes that are not what the format allows. */
export function damaged(place: string, at: number, what: string): CompileError {
  return new CompileError(
    `${place}: ${what} at byte ${at} of it; the file is damaged, download or save it again`,
  );
}

/** One message inside another. */
export function messageOf(field: Field, place: string): Uint8Array {
  if (field.wire !== "bytes") throw damaged(place, 0, `field ${field.number} is not a message`);
  return field.bytes;
}

const utf8 = new TextDecoder();
const longestText = 1 << 16;

export function textOf(field: Field, place: string): string {
  return utf8.decode(messageOf(field, place).subarray(0, longestText));
}

export function integerOf(field: Field, place: string): number {
  if (field.wire !== "varint") throw damaged(place, 0, `field ${field.number} is not an integer`);
  return field.value;
}

/** Appends a repeated integer field, packed or not. */
export function pushIntegers(field: Field, place: string, push: (value: number) => void): void {
  if (field.wire === "varint") return push(field.value);
  const bytes = messageOf(field, place);
  const cursor = { at: 0 };
  while (cursor.at < bytes.length) push(readVarint(bytes, cursor, place));
}

/** Appends a repeated float (4 bytes) or double (8 bytes) field, packed or not. */
export function pushFloats(field: Field, size: 4 | 8, place: string, push: (value: number) => void): void {
  if (field.wire === "varint") throw damaged(place, 0, `field ${field.number} is not floating point`);
  const { bytes } = field;
  if (bytes.length % size !== 0)
    throw damaged(place, 0, `field ${field.number} has ${bytes.length} bytes of ${size}-byte numbers`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length; at += size) {
    push(size === 4 ? view.getFloat32(at, true) : view.getFloat64(at, true));
  }
}
