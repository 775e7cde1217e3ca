/**
 * Kernels as C99 functions. Decides nothing: every loop was chosen by a rewrite.
 *
 * Arithmetic is spelled so that it is defined in C: shifts to the left are multiplications, shifts to the right go
 * through a helper, `/` and `%` (of non-negative operands, says the IR) are unsigned so that a power of two costs
 * one instruction. The helpers are in `c-prelude.ts`.
 */
import { CompileError } from "../error.ts";
import type { BinaryOp, Buffer, ElementType, Expr, Kernel, Stmt, ValueType } from "../loop/ir.ts";
import { elementBytes, lanesOf, typeOf } from "../loop/type-of.ts";
import { assignedIn } from "../loop/walk.ts";
import type { SharedFunction } from "./c-shared.ts";
import { buffersOf, usesName } from "./text.ts";

export const cType: Readonly<Record<ElementType, string>> = {
  i8: "int8_t",
  u8: "uint8_t",
  i16: "int16_t",
  i32: "int32_t",
  f32: "float",
};

/** Parameters of a kernel's function: its row and the caller's memory, if it touches that. */
export function kernelParameters(kernel: Kernel): string {
  const outside = buffersOf(kernel).filter((b) => b.space === "input" || b.space === "output");
  const pointers = outside.map((b) => `${b.space === "input" ? "const " : ""}${cType[b.type]} *${b.name}`);
  return ["int32_t row", ...pointers].join(", ");
}

/** `offsets` are the program's; constants are the arrays `PREFIX_NAME`, the arena is what `ARENA` points to. */
export function printKernel(kernel: Kernel, prefix: string, offsets: ReadonlyMap<string, number>): string {
  const assigned = assignedIn(kernel.body);
  const { ordered = false } = kernel;
  const pointers = buffersOf(kernel).flatMap((buffer) => pointerTo(buffer, prefix, offsets, ordered));
  const unused = usesName(kernel, "row") ? [] : ["    (void)row;\n"];
  const body = kernel.body.map((s) => printStmt(s, "    ", assigned));
  return `static KERNEL ${ordered ? "IN_ORDER " : ""}void ${prefix}_${kernel.name}(${kernelParameters(kernel)})\n{\n${[...pointers, ...unused, ...body].join("")}}\n`;
}

/** A function that serves several kernels: their buffers and the numbers that differ are parameters. */
export function printSharedKernel({ kernel, buffers, numbers }: SharedFunction, prefix: string): string {
  const assigned = assignedIn(kernel.body);
  const unused = usesName(kernel, "row") ? [] : ["    (void)row;\n"];
  const parameters = [
    "int32_t row",
    ...buffers.map(declarePointer),
    ...numbers.map((name) => `const int32_t ${name}`),
  ];
  const body = kernel.body.map((s) => printStmt(s, "    ", assigned));
  return `static KERNEL ${kernel.ordered ? "IN_ORDER " : ""}void ${prefix}_${kernel.name}(${parameters.join(", ")})\n{\n${[...unused, ...body].join("")}}\n`;
}

/** The pointers of an ordered kernel are kept: of a known address compilers would make an offset too far for some loads. */
function pointerTo(
  buffer: Buffer,
  prefix: string,
  offsets: ReadonlyMap<string, number>,
  ordered: boolean,
): string[] {
  if (buffer.space === "input" || buffer.space === "output") return [];
  const at = address(buffer, prefix, offsets);
  if (!ordered) return [`    ${declarePointer(buffer)} = ${at};\n`];
  return [`    ${declarePointer(buffer).replace("*const", "*")} = ${at};\n    KEEP(${buffer.name});\n`];
}

const declarePointer = ({ name, type, space }: Buffer): string =>
  `${space === "constant" ? "const FLASH " : ""}${cType[type]} *const ${name}`;

/** Where a constant or a piece of the arena begins. */
export function address(buffer: Buffer, prefix: string, offsets: ReadonlyMap<string, number>): string {
  if (buffer.space === "constant") return `${prefix}_${buffer.name}`;
  const elements = offsets.get(buffer.name)! / elementBytes[buffer.type];
  return `ARENA->${buffer.type}${elements === 0 ? "" : ` + ${elements}`}`;
}

function printStmt(s: Stmt, indent: string, assigned: ReadonlySet<string>): string {
  switch (s.kind) {
    case "for": {
      const inner = s.body.map((b) => printStmt(b, `${indent}    `, assigned)).join("");
      const simple = s.count.kind === "const" || (s.count.kind === "var" && !assigned.has(s.count.name));
      const limit = simple ? printExpr(s.count) : `${s.index}_count`;
      const start = simple ? `${s.index} = 0` : `${s.index} = 0, ${limit} = ${printExpr(s.count)}`;
      return `${indent}for (int32_t ${start}; ${s.index} < ${limit}; ++${s.index}) {\n${inner}${indent}}\n`;
    }
    case "let": {
      const type = registerType(typeOf(s.value));
      return `${indent}${assigned.has(s.name) ? "" : "const "}${type} ${s.name} = ${printExpr(s.value)};\n`;
    }
    case "assign":
      return `${indent}${s.name} = ${printExpr(s.value)};\n`;
    case "store": {
      const value = printExpr(s.value);
      const lanes = lanesOf(typeOf(s.value));
      if (s.pitch !== undefined)
        return `${indent}storeApart_${s.buffer.type}(${place(s.buffer, s.index)}, ${value}, ${s.pitch});\n`;
      if (lanes > 1)
        return `${indent}store${lanes}_${s.buffer.type}(${place(s.buffer, s.index)}, ${value});\n`;
      const stored =
        s.buffer.type === "i32" || s.buffer.type === "f32" ? value : `(${cType[s.buffer.type]})(${value})`;
      return `${indent}${s.buffer.name}[${printExpr(s.index)}] = ${stored};\n`;
    }
    case "copy": {
      const bytes = s.count * elementBytes[s.to.type];
      if (s.from.space === "constant") return printCopyOfConstants(s, indent);
      return `${indent}memcpy(${place(s.to, s.toIndex)}, ${place(s.from, s.fromIndex)}, ${bytes});\n`;
    }
  }
}

/** A loop, which compilers make a memcpy of: on AVR flash is an address space that memcpy does not reach. */
function printCopyOfConstants(s: Extract<Stmt, { kind: "copy" }>, indent: string): string {
  const element = (buffer: Buffer, index: Expr): string =>
    `${buffer.name}[${index.kind === "const" && index.value === 0 ? "" : `${printExpr(index, 1)} + `}copied]`;
  const assignment = `${element(s.to, s.toIndex)} = ${element(s.from, s.fromIndex)};`;
  return `${indent}for (int32_t copied = 0; copied < ${s.count}; ++copied) ${assignment}\n`;
}

function place(buffer: Buffer, index: Expr): string {
  return index.kind === "const" && index.value === 0
    ? buffer.name
    : `${buffer.name} + ${printExpr(index, 2)}`;
}

/** `level` is the binding strength the surroundings ask for: 0 none, 1 as an operand of +, 2 of *, 3 of a cast. */
export function printExpr(e: Expr, level = 0): string {
  switch (e.kind) {
    case "const":
      return e.type === "f32" ? floatLiteral(e.value) : intLiteral(e.value);
    case "var":
      return e.name;
    case "load": {
      const element = `${e.buffer.name}[${printExpr(e.index)}]`;
      return e.buffer.type === "i32" || e.buffer.type === "f32" ? element : `(int32_t)${element}`;
    }
    case "widen":
      return `${loaderOf(e)}(&${e.buffer.name}[${printExpr(e.index)}])`;
    case "binary":
      return printAddedDot(e) ?? printAddedProduct(e) ?? printBinary(e.op, e.left, e.right, level);
    case "select":
      return `(${printExpr(e.condition)} ? ${printExpr(e.then)} : ${printExpr(e.else)})`;
    case "intrinsic": {
      return `${helperNameOf(e)}(${e.args.map((arg) => printExpr(arg)).join(", ")})`;
    }
  }
}

/** Helpers of one name on vectors of several types, by the type of the first argument. */
const byType: Readonly<Partial<Record<string, Readonly<Partial<Record<ValueType, string>>>>>> = {
  addLanes: { i32x4: "addLanes4" },
  subLanes: { i16x8: "subLanes8" },
  maxLanes: { i8x16: "maxLanes16" },
};

/** The helper that spells an intrinsic. Those on vectors that only v128 has are refused. */
export function helperNameOf(e: Extract<Expr, { kind: "intrinsic" }>): string {
  const type = typeOf(e.args[0] ?? e);
  const name = byType[e.name]?.[type] ?? e.name;
  const isOnlyWasm = e.name === "zero" || e.name === "sum" || (type === "i16x8" && name === e.name);
  if (isOnlyWasm) throw new CompileError("schedule v128 is for Wasm; choose blocked for C");
  return name;
}

/** The helper that loads several elements. */
export function loaderOf({ lanes, buffer, wide }: Extract<Expr, { kind: "widen" }>): string {
  if (wide) return `wide_${buffer.type}`;
  const isVector = lanes === 16 || buffer.type === "i32";
  return `${isVector ? "vector" : lanes === 4 ? "word" : `widen${lanes}`}_${buffer.type}`;
}

/** `acc + dot(a, b)` is one instruction where there are lanes at all. */
function printAddedDot(e: Extract<Expr, { kind: "binary" }>): string | undefined {
  const dot = isAddedDot(e) ? e.right : undefined;
  if (dot?.kind !== "intrinsic") return undefined;
  return `${dot.name}_add(${[e.left, ...dot.args].map((part) => printExpr(part)).join(", ")})`;
}

/** Whether a sum is one of an i32, left, and a dot product of two or sixteen lanes, right. */
export function isAddedDot(e: Extract<Expr, { kind: "binary" }>): boolean {
  const { op, right } = e;
  return (
    (op === "+" || op === "+%") &&
    right.kind === "intrinsic" &&
    (right.name === "dot" || right.name === "dot16") &&
    typeOf(right) === "i32"
  );
}

function printAddedProduct(e: Extract<Expr, { kind: "binary" }>): string | undefined {
  if (!isAddedProduct(e) || e.right.kind !== "binary") return undefined;
  return `${e.op === "+" ? "mul_add_exact" : "mul_add"}(${[e.left, e.right.left, e.right.right].map((part) => printExpr(part)).join(", ")})`;
}

/**
 * Whether a sum is one of an i32, left, and a product, right: any product if it may leave 32 bits, else one of two names,
 * as a sum's in a loop is.
 */
export function isAddedProduct({ op, left, right }: Extract<Expr, { kind: "binary" }>): boolean {
  if (right.kind !== "binary" || right.op !== "*" || right.right.kind === "const") return false;
  const areNames = [left, right.left, right.right].every((e) => e.kind === "var" && e.type === "i32");
  return op === "+%" || (op === "+" && areNames);
}

function printBinary(op: BinaryOp, left: Expr, right: Expr, level: number): string {
  const type = typeOf(left) === "f32" ? "f32" : "i32";
  const infix = (strength: number): string => {
    const text = `${printExpr(left, strength)} ${op} ${printExpr(right, strength + 1)}`;
    return level > strength ? `(${text})` : text;
  };
  const unsigned = (e: Expr): string => (e.kind === "const" ? `${e.value}u` : `(uint32_t)${printExpr(e, 3)}`);
  const natural = (): string => `(int32_t)(${unsigned(left)} ${op} ${unsigned(right)})`;
  switch (op) {
    case "+":
    case "-":
      return infix(1);
    case "*":
      return infix(2);
    case "/":
      return type === "f32" ? infix(2) : natural();
    case "%":
      return natural();
    case "<<":
      return right.kind === "const" && right.value < 31
        ? `(${printExpr(left, 2)} * ${2 ** right.value})`
        : `(${printExpr(left, 2)} * ((int32_t)1 << ${printExpr(right, 3)}))`;
    case ">>":
      return `shift_right(${printExpr(left)}, ${printExpr(right)})`;
    case "&":
    case "^":
      return `(${printExpr(left, 2)} ${op} ${printExpr(right, 2)})`;
    case "+%":
    case "-%":
    case "*%":
      return `${wrapping[op]}(${printExpr(left)}, ${printExpr(right)})`;
    case "<":
      return `(${printExpr(left, 1)} < ${printExpr(right, 1)})`;
    case "min":
    case "max":
      return `${op}_${type}(${printExpr(left)}, ${printExpr(right)})`;
  }
}

/** The helpers for what may leave 32 bits, which C leaves undefined of signed numbers. */
export const wrapping = { "+%": "add_wrapping", "-%": "sub_wrapping", "*%": "mul_wrapping" } as const;

function registerType(type: ValueType): string {
  switch (type) {
    case "i32":
      return "int32_t";
    case "f32":
      return "float";
    case "i16x2":
      return "lanes2";
    case "i8x16":
      return "bytes16";
    case "i32x4":
      return "words4";
    case "i16x8":
      return "halves8";
  }
}

export function intLiteral(value: number): string {
  return value === -2147483648 ? "(-2147483647 - 1)" : String(value);
}

/** Nine digits name every single-precision value uniquely. */
export function floatLiteral(value: number): string {
  const limited = Math.max(-3.4028234663852886e38, Math.min(3.4028234663852886e38, value));
  const text = String(Number(limited.toPrecision(9)));
  return `${/[.e]/.test(text) ? text : `${text}.0`}f`;
}
