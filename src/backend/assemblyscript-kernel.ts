/**
 * Kernels as AssemblyScript functions on raw memory: `load<T>(address, constant)` and `store<T>`. Decides nothing.
 *
 * The constant part of an index goes into the instruction's own offset, but only where the rest is proven not to be
 * negative: WebAssembly adds the two as unsigned numbers. Loops are printed bottom-tested, as a machine runs them.
 */
import { affineOf, exprOf, type Affine } from "../loop/affine.ts";
import { mul } from "../loop/build.ts";
import type {
  BinaryOp,
  Buffer,
  ElementType,
  Expr,
  IntrinsicName,
  Kernel,
  Stmt,
  ValueType,
} from "../loop/ir.ts";
import { defineBlock, newScope, rangeOf, type Scope } from "../loop/range.ts";
import { elementBytes, typeOf } from "../loop/type-of.ts";
import { assignedIn } from "../loop/walk.ts";

/** Where a buffer starts: a fixed address, plus the value of a pointer if it has one. */
export interface Home {
  readonly address: number;
  readonly pointer?: string;
}

interface Context {
  readonly home: (buffer: Buffer) => Home;
  readonly scope: Scope;
  readonly assigned: ReadonlySet<string>;
}

export function printKernel(kernel: Kernel, home: (buffer: Buffer) => Home): string {
  const assigned = assignedIn(kernel.body);
  const scope = newScope();
  defineBlock(scope, kernel.body, assigned);
  const body = kernel.body.map((s) => printStmt(s, "  ", { home, scope, assigned }));
  return `export function kernel_${kernel.name}(row: i32): void {\n${body.join("")}}\n`;
}

function printStmt(s: Stmt, indent: string, context: Context): string {
  switch (s.kind) {
    case "for":
      return printLoop(s, indent, context);
    case "let": {
      const word = context.assigned.has(s.name) ? "let" : "const";
      return `${indent}${word} ${s.name}: ${registerType(typeOf(s.value))} = ${printExpr(s.value, context)};\n`;
    }
    case "assign":
      return `${indent}${s.name} = ${printExpr(s.value, context)};\n`;
    case "store": {
      const { register, offset } = addressOf(s.buffer, s.index, context);
      const type = typeOf(s.value);
      if (type === "i32x4" && s.buffer.type !== "i32")
        return `${indent}storeBytes4(${register} + ${offset}, ${printExpr(s.value, context)});\n`;
      if (type === "i16x8")
        return `${indent}storeApart(${register} + ${offset}, ${printExpr(s.value, context)}, ${s.pitch!});\n`;
      if (type === "i8x16" || type === "i32x4") {
        const value = printExpr(s.value, context);
        const bytes = s.buffer.type === "u8" ? `v128.xor(${value}, i8x16.splat(-128))` : value;
        return `${indent}v128.store(${register}, ${bytes}, ${offset});\n`;
      }
      return `${indent}store<${wasmType[s.buffer.type]}>(${register}, ${stored(s, context)}, ${offset});\n`;
    }
    case "copy": {
      const bytes = s.count * elementBytes[s.to.type];
      const [to, from] = [addressOf(s.to, s.toIndex, context), addressOf(s.from, s.fromIndex, context)];
      return `${indent}memory.copy(${to.register} + ${to.offset}, ${from.register} + ${from.offset}, ${bytes});\n`;
    }
  }
}

function stored(s: Extract<Stmt, { kind: "store" }>, context: Context): string {
  const value = printExpr(s.value, context);
  return s.buffer.type === "i32" || s.buffer.type === "f32" ? value : `${wasmType[s.buffer.type]}(${value})`;
}

function printLoop(s: Extract<Stmt, { kind: "for" }>, indent: string, context: Context): string {
  const inner = `${indent}  `;
  const body = s.body.map((b) => printStmt(b, `${inner}  `, context)).join("");
  const isConstant = s.count.kind === "const";
  if (s.count.kind === "const" && s.count.value <= 0) return "";
  const limit = isConstant ? printExpr(s.count, context) : `${s.index}_count`;
  const declared = isConstant ? "" : `${inner}const ${limit}: i32 = ${printExpr(s.count, context)};\n`;
  const guard = isConstant ? "" : `if (${limit} > 0) `;
  return `${indent}{
${declared}${inner}let ${s.index}: i32 = 0;
${inner}${guard}do {
${body}${inner}} while (++${s.index} < ${limit});
${indent}}
`;
}

/** The part of an address computed at run time, and the constant the instruction adds. */
function addressOf(buffer: Buffer, index: Expr, context: Context): { register: string; offset: number } {
  const { address, pointer } = context.home(buffer);
  const bytes = elementBytes[buffer.type];
  const affine = affineOf(index);
  const rest: Affine = { ...affine, constant: 0 };
  const offset = address + affine.constant * bytes;
  const splits = offset >= 0 && affine.constant !== 0 && rangeOf(exprOf(rest), context.scope).lo >= 0;
  const computed = scaled(splits ? exprOf(rest) : index, bytes, context);
  const register = pointer === undefined ? computed : computed === "0" ? pointer : `${pointer} + ${computed}`;
  return { register, offset: splits ? offset : address };
}

function scaled(index: Expr, bytes: number, context: Context): string {
  const value = mul(index, bytes);
  return value.kind === "const" ? String(value.value) : `usize(${printExpr(value, context)})`;
}

const wasmType: Readonly<Record<ElementType, string>> = {
  i8: "i8",
  u8: "u8",
  i16: "i16",
  i32: "i32",
  f32: "f32",
};

function registerType(type: ValueType): string {
  switch (type) {
    case "i32":
    case "i16x2":
      return "i32";
    case "f32":
      return "f32";
    case "i8x16":
    case "i16x8":
    case "i32x4":
      return "v128";
  }
}

function printExpr(e: Expr, context: Context): string {
  switch (e.kind) {
    case "const":
      return e.type === "f32" ? floatLiteral(e.value) : String(e.value);
    case "var":
      return e.name;
    case "load": {
      const { register, offset } = addressOf(e.buffer, e.index, context);
      const loaded = `load<${wasmType[e.buffer.type]}>(${register}, ${offset})`;
      return e.buffer.type === "i32" || e.buffer.type === "f32" ? loaded : `i32(${loaded})`;
    }
    case "widen": {
      const { register, offset } = addressOf(e.buffer, e.index, context);
      const type = wasmType[e.buffer.type];
      const isWide = e.buffer.type === "i16";
      const vector = `v128.load(${register}, ${offset})`;
      if (e.lanes === 16) return e.buffer.type === "u8" ? `v128.xor(${vector}, i8x16.splat(-128))` : vector;
      if (e.buffer.type === "i32") return vector;
      if (e.wide) return `bytes4<${type}>(${register} + ${offset})`;
      if (e.lanes === 4) return `load<i32>(${register}, ${offset})`;
      if (e.lanes === 8)
        return isWide
          ? `v128.load(${register}, ${offset})`
          : `v128.load_ext<${type}>(${register}, ${offset})`;
      const lane = (at: number): string =>
        `i32(load<${type}>(${register}, ${offset + at * (isWide ? 2 : 1)}))`;
      return `lanes2(${lane(0)}, ${lane(1)})`;
    }
    case "binary":
      return printBinary(e.op, e.left, e.right, context);
    case "select":
      return `(${printExpr(e.condition, context)} ? ${printExpr(e.then, context)} : ${printExpr(e.else, context)})`;
    case "intrinsic": {
      const args = e.args.map((arg) => printExpr(arg, context)).join(", ");
      return printIntrinsic(e.name, args, typeOf(e.args[0] ?? e));
    }
  }
}

function printBinary(op: BinaryOp, left: Expr, right: Expr, context: Context): string {
  const [a, b] = [printExpr(left, context), printExpr(right, context)];
  const type = registerType(typeOf(left));
  switch (op) {
    case "+":
    case "-":
    case "*":
    case "<<":
    case ">>":
    case "&":
    case "^":
      return `(${a} ${op} ${b})`;
    case "+%":
    case "-%":
    case "*%":
      return `(${a} ${op[0]} ${b})`;
    case "/":
    case "%":
      return type === "f32" ? `(${a} ${op} ${b})` : `i32(u32(${a}) ${op} u32(${b}))`;
    case "<":
      return `i32(${a} < ${b})`;
    case "min":
    case "max":
      return `${op}<${type}>(${a}, ${b})`;
  }
}

/** `type` is that of the first argument. */
function printIntrinsic(name: IntrinsicName, args: string, type: ValueType): string {
  const two = type === "i16x2";
  switch (name) {
    case "requantize":
    case "requantizeOnce":
    case "evens":
    case "odds":
    case "oddsUnsigned":
    case "tops2":
    case "dot16":
    case "four":
    case "scaled4":
    case "scaledOnce4":
    case "mulAdd4":
    case "shifted4":
    case "requantizeNearest":
    case "sum":
      return `${name}(${args})`;
    case "bitsOf":
      return `reinterpret<i32>(${args})`;
    case "fromBits":
      return `reinterpret<f32>(${args})`;
    case "dot":
      return two ? `dot2(${args})` : `i32x4.dot_i16x8_s(${args})`;
    case "splat":
      return `i16x8.splat(i16(${args}))`;
    case "halves":
    case "wordOf":
      return args;
    case "pack2":
      return `lanes2(${args})`;
    case "splat16":
      return `i8x16.splat(i8(${args}))`;
    case "maxLanes":
      return `${type}.max_s(${args})`;
    case "splat4":
      return `i32x4.splat(${args})`;
    case "splat2":
      return `lanes2(${args}, ${args})`;
    case "zero":
      return "i32x4.splat(0)";
    case "addLanes":
      return two ? `addLanes2(${args})` : `${type}.add(${args})`;
    case "subLanes":
      return two ? `subLanes2(${args})` : `${type}.sub(${args})`;
  }
}

/** Nine digits name every single-precision value uniquely. */
function floatLiteral(value: number): string {
  if (!Number.isFinite(value)) return `f32(${value < 0 ? "-" : ""}Infinity)`;
  return `f32(${Number(value.toPrecision(9))})`;
}
