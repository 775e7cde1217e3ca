/** Whether a kernel is well-formed: the rules of `ir.ts` that can be seen without knowing an address. */
import type { Buffer, Expr, Kernel, Stmt, ValueType } from "./ir.ts";
import { elementBytes, typeOf } from "./type-of.ts";
import { childrenOf } from "./walk.ts";

/** @throws Error where a rule is broken: the kernel's name, the place, what is wrong. Always our bug, never the user's. */
export function checkKernel(kernel: Kernel): void {
  const check: Check = {
    where: kernel.name,
    visible: new Map([["row", { type: "i32", isData: false, isIndex: true }]]),
    taken: new Set(["row"]),
    buffers: new Map(),
  };
  checkBlock(kernel.body, check);
}

interface Known {
  readonly type: ValueType;
  /** Follows from memory, so no count may use it. */
  isData: boolean;
  readonly isIndex: boolean;
}

interface Check {
  readonly where: string;
  /** Names that can be used here. */
  readonly visible: Map<string, Known>;
  /** Names used anywhere in the kernel so far. */
  readonly taken: Set<string>;
  readonly buffers: Map<string, Buffer>;
}

function fail(check: Check, what: string): never {
  throw new Error(`kernel ${check.where}: ${what}`);
}

function checkBlock(block: readonly Stmt[], outer: Check): void {
  const check = { ...outer, visible: new Map(outer.visible) };
  for (const s of block) checkStmt(s, check);
}

function checkStmt(s: Stmt, check: Check): void {
  switch (s.kind) {
    case "for":
      expectType(s.count, "i32", `the count of loop ${s.index}`, check);
      if (isData(s.count, check)) fail(check, `the count of loop ${s.index} follows from memory`);
      take(s.index, check);
      checkBlock(s.body, withName(check, s.index));
      return;
    case "let": {
      const type = checkExpr(s.value, check);
      take(s.name, check);
      check.visible.set(s.name, { type, isData: isData(s.value, check), isIndex: false });
      return;
    }
    case "assign": {
      const known = check.visible.get(s.name);
      if (!known) fail(check, `${s.name} is assigned before it is declared`);
      if (known.isIndex) fail(check, `${s.name} is an index and cannot be assigned`);
      expectType(s.value, known.type, `the value assigned to ${s.name}`, check);
      known.isData = true;
      return;
    }
    case "store":
      checkTarget(s.buffer, check);
      expectType(s.index, "i32", `the index into ${s.buffer.name}`, check);
      checkStored(s, check);
      return;
    case "copy":
      checkTarget(s.to, check);
      checkBuffer(s.from, check);
      expectType(s.toIndex, "i32", `the index into ${s.to.name}`, check);
      expectType(s.fromIndex, "i32", `the index into ${s.from.name}`, check);
      if (elementBytes[s.to.type] !== elementBytes[s.from.type]) {
        fail(check, `copy from ${s.from.name} to ${s.to.name}: their elements differ in size`);
      }
      if (!Number.isInteger(s.count) || s.count < 0) fail(check, `copy to ${s.to.name}: count ${s.count}`);
  }
}

function take(name: string, check: Check): void {
  if (check.taken.has(name)) fail(check, `${name} is declared twice`);
  check.taken.add(name);
}

function withName(check: Check, index: string): Check {
  const visible = new Map(check.visible).set(index, { type: "i32", isData: false, isIndex: true });
  return { ...check, visible };
}

function checkTarget(buffer: Buffer, check: Check): void {
  checkBuffer(buffer, check);
  if (buffer.space === "constant" || buffer.space === "input") {
    fail(check, `${buffer.name} is stored to, but its space is ${buffer.space}`);
  }
}

function checkBuffer(buffer: Buffer, check: Check): void {
  const known = check.buffers.get(buffer.name) ?? buffer;
  check.buffers.set(buffer.name, known);
  if (known.type !== buffer.type || known.length !== buffer.length || known.space !== buffer.space) {
    fail(check, `${buffer.name} is two different buffers`);
  }
}

const isData = (e: Expr, check: Check): boolean =>
  e.kind === "load" || e.kind === "widen" || e.kind === "intrinsic"
    ? true
    : e.kind === "var"
      ? check.visible.get(e.name)!.isData
      : childrenOf(e).some((child) => isData(child, check));

function expectType(e: Expr, type: ValueType, what: string, check: Check): void {
  const found = checkExpr(e, check);
  if (found !== type) fail(check, `${what} is ${found}, not ${type}`);
}

function checkExpr(e: Expr, check: Check): ValueType {
  switch (e.kind) {
    case "const":
      if (e.type === "i32" && (e.value | 0) !== e.value) fail(check, `${e.value} is no i32`);
      if (e.type === "f32" && !Object.is(Math.fround(e.value), e.value)) fail(check, `${e.value} is no f32`);
      return e.type;
    case "var": {
      const known = check.visible.get(e.name);
      if (!known) fail(check, `${e.name} is used before it is declared`);
      if (known.type !== e.type) fail(check, `${e.name} is ${known.type}, used as ${e.type}`);
      return e.type;
    }
    case "load":
    case "widen":
      checkBuffer(e.buffer, check);
      expectType(e.index, "i32", `the index into ${e.buffer.name}`, check);
      if (e.kind === "widen") checkWiden(e, check);
      return typeOf(e);
    case "binary":
      return checkBinary(e, check);
    case "select": {
      expectType(e.condition, "i32", "a condition", check);
      const type = checkExpr(e.then, check);
      expectType(e.else, type, "the other branch of a select", check);
      return type;
    }
    case "intrinsic":
      return checkIntrinsic(e, check);
  }
}

/** Elements by how many of them are loaded at once. */
const widened: Readonly<Record<2 | 4 | 8 | 16, readonly string[]>> = {
  2: ["i8", "u8", "i16"],
  4: ["i8", "u8", "i32"],
  8: ["i8", "u8", "i16"],
  16: ["i8", "u8"],
};

function checkWiden({ buffer, lanes, wide }: Extract<Expr, { kind: "widen" }>, check: Check): void {
  if (wide && (lanes !== 4 || buffer.type === "i32")) fail(check, `wide widen of ${buffer.name}`);
  if (!widened[lanes].includes(buffer.type)) fail(check, `widen of ${buffer.name}: ${lanes} ${buffer.type}`);
  if (lanes === 4 && !wide && buffer.type !== "i32" && buffer.space === "constant")
    fail(check, `${buffer.name} as words: its elements are constants`);
}

/** An i8x16 is stored to bytes, an i32x4 to bytes or words, a number to an element of its kind. */
function checkStored({ buffer, value, pitch }: Extract<Stmt, { kind: "store" }>, check: Check): void {
  const type = checkExpr(value, check);
  if ((pitch !== undefined) !== (type === "i16x8") || (pitch ?? 1) < 1)
    fail(check, `${type} stored to ${buffer.name}, ${pitch ?? "no"} elements apart`);
  const targets: Readonly<Partial<Record<ValueType, readonly string[]>>> = {
    i8x16: ["i8", "u8"],
    i16x8: ["i8"],
    i32x4: ["i8", "u8", "i32"],
    i32: ["i8", "u8", "i16", "i32"],
    f32: ["f32"],
  };
  if (!targets[type]?.includes(buffer.type))
    fail(check, `${type} stored to ${buffer.name}, of ${buffer.type}`);
}

function checkBinary(e: Extract<Expr, { kind: "binary" }>, check: Check): ValueType {
  const type = checkExpr(e.left, check);
  expectType(e.right, type, `the right side of ${e.op}`, check);
  const isFloatOp = ["+", "-", "*", "/", "min", "max"].includes(e.op);
  if (type !== "i32" && !(type === "f32" && isFloatOp)) fail(check, `${e.op} of ${type}`);
  return type;
}

function checkIntrinsic(e: Extract<Expr, { kind: "intrinsic" }>, check: Check): ValueType {
  const found = e.args.map((arg) => checkExpr(arg, check)).join(", ");
  if (!allowed[e.name].includes(found)) fail(check, `${e.name}(${found})`);
  return typeOf(e);
}

const allowed: Readonly<Record<Extract<Expr, { kind: "intrinsic" }>["name"], readonly string[]>> = {
  requantize: ["i32, i32, i32"],
  requantizeNearest: ["i32, i32, i32"],
  dot: ["i16x2, i16x2", "i16x8, i16x8"],
  sum: ["i32x4"],
  splat: ["i32"],
  splat2: ["i32"],
  zero: [""],
  requantizeOnce: ["i32, i32, i32"],
  evens: ["i32"],
  odds: ["i32"],
  oddsUnsigned: ["i32"],
  tops2: ["i32, i32"],
  dot16: ["i8x16, i8x16"],
  splat16: ["i32"],
  four: ["i32, i32, i32, i32"],
  maxLanes: ["i32x4, i32x4", "i8x16, i8x16"],
  scaled4: ["i32x4, i32x4, i32x4, i32, i32, i32"],
  scaledOnce4: ["i32x4, i32x4, i32x4, i32, i32, i32"],
  splat4: ["i32"],
  mulAdd4: ["i32x4, i32x4, i32"],
  shifted4: ["i32x4, i32, i32, i32"],
  halves: ["i32"],
  wordOf: ["i16x2"],
  pack2: ["i32, i32"],
  bitsOf: ["f32"],
  fromBits: ["i32"],
  addLanes: ["i16x2, i16x2", "i16x8, i16x8", "i32x4, i32x4"],
  subLanes: ["i16x2, i16x2", "i16x8, i16x8", "i32x4, i32x4"],
};
