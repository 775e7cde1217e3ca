/**
 * Expressions of the IR as JavaScript closures. Operands that are names or constants are read in place instead of through a
 * closure: index arithmetic is most of what runs.
 */
import {
  bitsOf,
  dot,
  evaluateBinary,
  evaluateFloat,
  fromBits,
  lane16,
  requantize,
  requantizeOnce,
  requantizeNearest,
} from "../loop/intrinsic.ts";
import type { Expr } from "../loop/ir.ts";
import { elementBytes, typeOf } from "../loop/type-of.ts";
import { type Memory, allDefined } from "./interpret-memory.ts";

/** Registers and memory of one kernel. */
export interface Machine {
  readonly kernel: string;
  readonly ints: Int32Array;
  readonly floats: Float32Array;
  readonly vectors: readonly Int32Array[];
  /** The register of a name, in the file of its type. */
  readonly slot: (name: string) => number;
  readonly memory: (buffer: string) => Memory;
}

export type NumberOf = () => number;
/** The result is overwritten by the next evaluation of the same expression. */
export type LanesOf = () => Int32Array;

type Binary = Extract<Expr, { kind: "binary" }>;

export function compileNumber(e: Expr, m: Machine): NumberOf {
  switch (e.kind) {
    case "const": {
      const { value } = e;
      return () => value;
    }
    case "var": {
      const file = e.type === "f32" ? m.floats : m.ints;
      const slot = m.slot(e.name);
      return () => file[slot]!;
    }
    case "load":
      return compileLoad(e, m);
    case "binary":
      return typeOf(e) === "f32" ? compileFloat(e, m) : compileInt(e, m);
    case "select": {
      const [condition, then, otherwise] = [e.condition, e.then, e.else].map((x) => compileNumber(x, m));
      return () => {
        const a = then!();
        const b = otherwise!();
        return condition!() !== 0 ? a : b;
      };
    }
    case "intrinsic":
      return compileNumberIntrinsic(e, m);
    case "widen":
      return compileWord(e, m);
  }
}

/** A load or its lanes out of bounds, or never written. */
export function checkRead(memory: Memory, index: number, length: number, kernel: string): void {
  const { buffer, defined } = memory;
  if (index < 0 || index + length > buffer.length) {
    throw new Error(`kernel ${kernel}: reads ${buffer.name}[${index}] of ${buffer.length} elements`);
  }
  if (!defined) return;
  const whole = allDefined[elementBytes[buffer.type]];
  for (let i = index; i < index + length; i++) {
    if (defined[i] !== whole)
      throw new Error(`kernel ${kernel}: reads ${buffer.name}[${i}], which was never written`);
  }
}

function compileLoad(e: Extract<Expr, { kind: "load" }>, m: Machine): NumberOf {
  const index = compileNumber(e.index, m);
  const memory = m.memory(e.buffer.name);
  const { data, defined } = memory;
  const { length } = data;
  if (!defined) {
    return () => {
      const i = index();
      if (i < 0 || i >= length) checkRead(memory, i, 1, m.kernel);
      return data[i]!;
    };
  }
  const whole = allDefined[elementBytes[e.buffer.type]];
  return () => {
    const i = index();
    if (i < 0 || i >= length || defined[i] !== whole) checkRead(memory, i, 1, m.kernel);
    return data[i]!;
  };
}

/** Four bytes as a word. */
function compileWord(e: Extract<Expr, { kind: "widen" }>, m: Machine): NumberOf {
  const index = compileNumber(e.index, m);
  const memory = m.memory(e.buffer.name);
  const { data } = memory;
  return () => {
    const i = index();
    checkRead(memory, i, 4, m.kernel);
    return (
      (data[i]! & 255) | ((data[i + 1]! & 255) << 8) | ((data[i + 2]! & 255) << 16) | (data[i + 3]! << 24)
    );
  };
}

function compileFloat(e: Binary, m: Machine): NumberOf {
  const left = compileNumber(e.left, m);
  const right = compileNumber(e.right, m);
  const { op } = e;
  if (op === "+") return () => Math.fround(left() + right());
  if (op === "*") return () => Math.fround(left() * right());
  return () => evaluateFloat(op, left(), right());
}

function compileInt(e: Binary, m: Machine): NumberOf {
  const { op } = e;
  if (op === "+" || op === "*") return compileCommutative(op, e.left, e.right, m);
  const left = compileNumber(e.left, m);
  const right = compileNumber(e.right, m);
  if (op === "-") return () => (left() - right()) | 0;
  if (op !== "/" && op !== "%") return () => evaluateBinary(op, left(), right());
  return () => {
    const a = left();
    const b = right();
    if (a < 0 || b <= 0) throw new Error(`kernel ${m.kernel}: ${a} ${op} ${b} has no meaning`);
    return evaluateBinary(op, a, b);
  };
}

/** Sums and products, the simpler operand read in place. */
function compileCommutative(op: "+" | "*", a: Expr, b: Expr, m: Machine): NumberOf {
  const [first, second] = rank(a) < rank(b) ? [b, a] : [a, b];
  const left = compileNumber(first, m);
  const { ints } = m;
  if (second.kind === "const") {
    const { value } = second;
    if (first.kind === "var") {
      const slot = m.slot(first.name);
      return op === "+" ? () => (ints[slot]! + value) | 0 : () => Math.imul(ints[slot]!, value);
    }
    return op === "+" ? () => (left() + value) | 0 : () => Math.imul(left(), value);
  }
  if (second.kind === "var") {
    const slot = m.slot(second.name);
    if (first.kind === "var") {
      const other = m.slot(first.name);
      return op === "+" ? () => (ints[other]! + ints[slot]!) | 0 : () => Math.imul(ints[other]!, ints[slot]!);
    }
    return op === "+" ? () => (left() + ints[slot]!) | 0 : () => Math.imul(left(), ints[slot]!);
  }
  const right = compileNumber(second, m);
  return op === "+" ? () => (left() + right()) | 0 : () => Math.imul(left(), right());
}

const rank = (e: Expr): number => (e.kind === "const" ? 0 : e.kind === "var" ? 1 : 2);

const rescalings = { requantize, requantizeOnce, requantizeNearest } as const;

function compileNumberIntrinsic(e: Extract<Expr, { kind: "intrinsic" }>, m: Machine): NumberOf {
  if (e.name === "requantize" || e.name === "requantizeOnce" || e.name === "requantizeNearest") {
    const [acc, multiplier, shift] = e.args.map((arg) => compileNumber(arg, m));
    const meaning = rescalings[e.name];
    return () => meaning(acc!(), multiplier!(), shift!());
  }
  if (e.name === "sum") {
    const lanes = compileLanes(e.args[0]!, m);
    return () => lanes().reduce((sum, x) => (sum + x) | 0, 0);
  }
  if (e.name === "dot16") {
    const [a, b] = e.args.map((arg) => compileLanes(arg, m));
    return () => {
      const right = b!();
      return a!().reduce((sum, x, i) => sum + x * right[i]!, 0);
    };
  }
  if (e.name === "wordOf") {
    const lanes = compileLanes(e.args[0]!, m);
    return () => {
      const [low, high] = lanes();
      return (low! & 0xffff) | (high! << 16);
    };
  }
  if (e.name === "bitsOf" || e.name === "fromBits") {
    const value = compileNumber(e.args[0]!, m);
    return e.name === "bitsOf" ? () => bitsOf(value()) : () => fromBits(value());
  }
  const [a, b] = e.args.map((arg) => compileLanes(arg, m));
  const out = new Int32Array(1);
  return () => {
    dot(a!(), b!(), out);
    return out[0]!;
  };
}

/** Lanes that a register of a type has. */
export const registerLanes = { i32: 1, f32: 1, i16x2: 2, i32x4: 4, i16x8: 8, i8x16: 16 } as const;

/** An expression of several lanes; 16-bit lanes are held sign-extended. */
export function compileLanes(e: Expr, m: Machine): LanesOf {
  const type = typeOf(e);
  const out = new Int32Array(registerLanes[type]);
  switch (e.kind) {
    case "var": {
      const vector = m.vectors[m.slot(e.name)]!;
      return () => vector;
    }
    case "widen": {
      const index = compileNumber(e.index, m);
      const memory = m.memory(e.buffer.name);
      const less = e.lanes === 16 && e.buffer.type === "u8" ? 128 : 0;
      return () => {
        const start = index();
        checkRead(memory, start, e.lanes, m.kernel);
        for (let i = 0; i < out.length; i++) out[i] = memory.data[start + i]! - less;
        return out;
      };
    }
    case "select": {
      const condition = compileNumber(e.condition, m);
      const [then, otherwise] = [compileLanes(e.then, m), compileLanes(e.else, m)];
      return () => {
        const a = then();
        const b = otherwise();
        return condition() !== 0 ? a : b;
      };
    }
    case "intrinsic":
      return compileLanesIntrinsic(e, out, m);
    case "const":
    case "load":
    case "binary":
      throw new Error(`kernel ${m.kernel}: a ${e.kind} has no lanes`);
  }
}

function compileLanesIntrinsic(
  e: Extract<Expr, { kind: "intrinsic" }>,
  out: Int32Array,
  m: Machine,
): LanesOf {
  switch (e.name) {
    case "zero":
      return () => out;
    case "splat":
    case "splat2": {
      const value = compileNumber(e.args[0]!, m);
      return () => out.fill(lane16(value()));
    }
    case "evens":
    case "odds": {
      const word = compileNumber(e.args[0]!, m);
      const low = e.name === "evens" ? 24 : 16;
      return () => {
        const bits = word();
        out[0] = (bits << low) >> 24;
        out[1] = (bits << (low - 16)) >> 24;
        return out;
      };
    }
    case "oddsUnsigned": {
      const word = compileNumber(e.args[0]!, m);
      return () => {
        const bits = word();
        out[0] = (bits >> 8) & 255;
        out[1] = (bits >> 24) & 255;
        return out;
      };
    }
    case "tops2": {
      const [low, high] = e.args.map((arg) => compileNumber(arg, m));
      return () => {
        out[1] = high!() >> 16;
        out[0] = low!() >> 16;
        return out;
      };
    }
    case "halves":
    case "pack2": {
      const low = compileNumber(e.args[0]!, m);
      const high = e.name === "pack2" ? compileNumber(e.args[1]!, m) : () => low() >> 16;
      return () => {
        out[1] = lane16(high());
        out[0] = lane16(low());
        return out;
      };
    }
    case "dot": {
      const [a, b] = e.args.map((arg) => compileLanes(arg, m));
      return () => {
        dot(a!(), b!(), out);
        return out;
      };
    }
    case "splat16": {
      const value = compileNumber(e.args[0]!, m);
      return () => out.fill((value() << 24) >> 24);
    }
    case "four": {
      const lanes = e.args.map((arg) => compileNumber(arg, m));
      return () => {
        lanes.forEach((lane, i) => (out[i] = lane()));
        return out;
      };
    }
    case "maxLanes": {
      const [a, b] = e.args.map((arg) => compileLanes(arg, m));
      return () => {
        const right = b!();
        a!().forEach((x, i) => (out[i] = Math.max(x, right[i]!)));
        return out;
      };
    }
    case "scaled4":
    case "scaledOnce4":
      return compileScaled4(e, out, m);
    case "splat4": {
      const value = compileNumber(e.args[0]!, m);
      return () => out.fill(value());
    }
    case "mulAdd4": {
      const [sums, x] = e.args.slice(0, 2).map((arg) => compileLanes(arg, m));
      const factor = compileNumber(e.args[2]!, m);
      return () => {
        const [lanes, by] = [x!(), factor()];
        sums!().forEach((sum, i) => (out[i] = sum + Math.imul(lanes[i]!, by)));
        return out;
      };
    }
    case "shifted4": {
      const x = compileLanes(e.args[0]!, m);
      const [by, low, high] = e.args.slice(1).map((arg) => compileNumber(arg, m));
      return () => {
        x().forEach((lane, i) => (out[i] = Math.min(Math.max(lane >> by!(), low!()), high!())));
        return out;
      };
    }
    case "addLanes":
    case "subLanes": {
      const [a, b] = e.args.map((arg) => compileLanes(arg, m));
      const sign = e.name === "addLanes" ? 1 : -1;
      const is32 = typeOf(e) === "i32x4";
      return () => {
        const left = a!();
        const right = b!();
        for (let i = 0; i < out.length; i++) {
          const sum = (left[i]! + sign * right[i]!) | 0;
          out[i] = is32 ? sum : lane16(sum);
        }
        return out;
      };
    }
    case "dot16":
    case "requantize":
    case "requantizeOnce":
    case "wordOf":
    case "requantizeNearest":
    case "sum":
    case "bitsOf":
    case "fromBits":
      throw new Error(`kernel ${m.kernel}: ${e.name} has no lanes`);
  }
}

function compileScaled4(e: Extract<Expr, { kind: "intrinsic" }>, out: Int32Array, m: Machine): LanesOf {
  const [sums, multipliers, shifts] = e.args.slice(0, 3).map((arg) => compileLanes(arg, m));
  const [zero, low, high] = e.args.slice(3).map((arg) => compileNumber(arg, m));
  const rescale = e.name === "scaled4" ? requantize : requantizeOnce;
  return () => {
    const [multiplier, shift] = [multipliers!(), shifts!()];
    sums!().forEach((sum, i) => {
      const x = rescale(sum, multiplier[i]!, shift[i]!) + zero!();
      out[i] = Math.min(Math.max(x, low!()), high!());
    });
    return out;
  };
}
