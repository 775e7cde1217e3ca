/** Access to JSON that others wrote: what is missing or of another type is a `CompileError` with its place. */
import { CompileError } from "../../error.ts";

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json | undefined;
}

/** Python writes numbers that JSON has not, outside of strings; they become strings. */
export function parseJson(text: string, place: string): Json {
  for (const candidate of [text, text.replace(/([[:,]\s*)(-?Infinity|NaN)(?=\s*[,}\]])/g, '$1"$2"')]) {
    try {
      return JSON.parse(candidate) as Json;
    } catch {
      // the second form may be the one
    }
  }
  throw new CompileError(`${place}: is not valid JSON; the file is damaged, export it again`);
}

export function objectIn(value: Json | undefined, place: string): JsonObject {
  if (isObject(value)) return value;
  throw new CompileError(`${place}: is ${nameOf(value)}, expected an object; export it again`);
}

export function listIn(value: Json | undefined, place: string): readonly Json[] {
  if (Array.isArray(value)) return value as readonly Json[];
  throw new CompileError(`${place}: is ${nameOf(value)}, expected a list; export it again`);
}

export function textIn(value: Json | undefined, place: string): string {
  if (typeof value === "string") return value;
  throw new CompileError(`${place}: is ${nameOf(value)}, expected text; export it again`);
}

/** A whole number, bare or as `{"as_int": 3}`. */
export function countIn(value: Json | undefined, place: string): number {
  const bare = isObject(value) ? value.as_int : value;
  if (typeof bare === "number" && Number.isSafeInteger(bare) && bare >= 0) return bare;
  throw new CompileError(`${place}: is ${nameOf(value)}, expected a count; export it again`);
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The one field of a union that is set: PyTorch before 2.3 writes all the others too, as null. */
export function setField(union: Json | undefined, place: string): { field: string; value: Json } {
  for (const [field, value] of Object.entries(objectIn(union, place))) {
    if (value !== null && value !== undefined) return { field, value };
  }
  return { field: "as_none", value: true };
}

function nameOf(value: Json | undefined): string {
  if (value === undefined) return "missing";
  return value === null ? "null" : Array.isArray(value) ? "a list" : `a ${typeof value}`;
}
