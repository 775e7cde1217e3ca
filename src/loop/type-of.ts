import type { ElementType, Expr, ValueType } from "./ir.ts";

/** Bytes of one element. */
export const elementBytes: Readonly<Record<ElementType, 1 | 2 | 4>> = {
  i8: 1,
  u8: 1,
  i16: 2,
  i32: 4,
  f32: 4,
};

/** The type of an expression's value, trusting its parts; `check.ts` is what mistrusts them. */
export function typeOf(e: Expr): ValueType {
  switch (e.kind) {
    case "const":
    case "var":
      return e.type;
    case "load":
      return e.buffer.type === "f32" ? "f32" : "i32";
    case "widen":
      return e.lanes === 4 && (e.wide || e.buffer.type === "i32") ? "i32x4" : widened[e.lanes];
    case "binary":
      return typeOf(e.left);
    case "select":
      return typeOf(e.then);
    case "intrinsic":
      return intrinsicType(e);
  }
}

const widened = { 2: "i16x2", 4: "i32", 8: "i16x8", 16: "i8x16" } as const;

/** Elements that a value of this type takes in memory. */
export function lanesOf(type: ValueType): number {
  return type === "i8x16" ? 16 : type === "i16x8" ? 8 : type === "i32x4" ? 4 : 1;
}

function intrinsicType(e: Extract<Expr, { kind: "intrinsic" }>): ValueType {
  switch (e.name) {
    case "requantize":
    case "requantizeOnce":
    case "wordOf":
    case "requantizeNearest":
    case "sum":
    case "dot16":
    case "bitsOf":
      return "i32";
    case "fromBits":
      return "f32";
    case "dot":
      return typeOf(e.args[0]!) === "i16x2" ? "i32" : "i32x4";
    case "splat":
      return "i16x8";
    case "splat2":
    case "evens":
    case "odds":
    case "oddsUnsigned":
    case "tops2":
    case "halves":
    case "pack2":
      return "i16x2";
    case "splat16":
      return "i8x16";
    case "four":
    case "scaled4":
    case "scaledOnce4":
    case "splat4":
    case "mulAdd4":
    case "shifted4":
    case "zero":
      return "i32x4";
    case "addLanes":
    case "subLanes":
    case "maxLanes":
      return typeOf(e.args[0]!);
  }
}
