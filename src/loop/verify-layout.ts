import type { Buffer, ElementType } from "./ir.ts";
import type { ConstantData, Program } from "./program.ts";
import { elementBytes } from "./type-of.ts";
import { buffersIn } from "./walk.ts";

/** @throws Error where a buffer has no place or no data, or a call no kernel. */
export function verifyLayout(program: Program): void {
  for (const { kernel, row } of program.calls) {
    if (!program.kernels[kernel])
      throw new Error(`${program.name}: call of kernel ${kernel}, which does not exist`);
    if (!Number.isInteger(row) || row < 0) throw new Error(`${program.name}: call with row ${row}`);
  }
  const constants = new Map(program.constants.map((data) => [data.buffer.name, data]));
  const known = new Map<string, Buffer>();
  for (const kernel of program.kernels) {
    for (const buffer of buffersIn(kernel.body)) {
      const same = known.get(buffer.name);
      if (same === buffer) continue;
      known.set(buffer.name, buffer);
      if (
        same &&
        (same.type !== buffer.type || same.length !== buffer.length || same.space !== buffer.space)
      ) {
        throw new Error(`buffer ${buffer.name}: kernel ${kernel.name} and one before it disagree about it`);
      }
      if (buffer.space === "arena") verifyPlace(buffer, program);
      if (buffer.space === "constant") verifyData(buffer, constants.get(buffer.name));
    }
  }
}

function verifyPlace(buffer: Buffer, program: Program): void {
  const offset = program.offsets.get(buffer.name);
  if (offset === undefined) throw new Error(`buffer ${buffer.name}: has no place in the arena`);
  const bytes = elementBytes[buffer.type];
  if (offset % bytes !== 0 || program.arenaAlignment % bytes !== 0) {
    throw new Error(`buffer ${buffer.name}: offset ${offset} is not aligned to its ${bytes} bytes`);
  }
  if (offset < 0 || offset + buffer.length * bytes > program.arenaBytes) {
    throw new Error(
      `buffer ${buffer.name}: bytes ${offset} to ${offset + buffer.length * bytes} leave the arena`,
    );
  }
}

function verifyData(buffer: Buffer, constant: ConstantData | undefined): void {
  if (!constant) throw new Error(`buffer ${buffer.name}: is a constant without data`);
  if (constant.data.length !== buffer.length || dataTypeOf(constant.data) !== buffer.type) {
    throw new Error(
      `buffer ${buffer.name}: its data are ${constant.data.length} ${dataTypeOf(constant.data)}`,
    );
  }
  const { most } = buffer;
  const beyond = most === undefined ? undefined : constant.data.find((value) => value < 0 || value > most);
  if (beyond !== undefined) throw new Error(`buffer ${buffer.name}: holds ${beyond}, beyond 0 to ${most}`);
}

function dataTypeOf(data: ConstantData["data"]): ElementType {
  if (data instanceof Int8Array) return "i8";
  if (data instanceof Uint8Array) return "u8";
  if (data instanceof Int16Array) return "i16";
  return data instanceof Int32Array ? "i32" : "f32";
}
