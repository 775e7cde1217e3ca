/** Kernels as text for people: goldens, error messages, `inspect`. No reader of a machine depends on it. */
import type { BinaryOp, Expr, Kernel, Stmt } from "./ir.ts";

export function printKernel(kernel: Kernel): string {
  return `kernel ${kernel.name}(row)  # ${kernel.layer}\n${printBlock(kernel.body, "  ")}`;
}

export function printBlock(block: readonly Stmt[], indent: string): string {
  return block.map((s) => printStmt(s, indent)).join("");
}

function printStmt(s: Stmt, indent: string): string {
  switch (s.kind) {
    case "for":
      return `${indent}for ${s.index} in ${printExpr(s.count)}:\n${printBlock(s.body, `${indent}  `)}`;
    case "let":
      return `${indent}let ${s.name} = ${printExpr(s.value)}\n`;
    case "assign":
      return `${indent}${s.name} = ${printExpr(s.value)}\n`;
    case "store":
      return `${indent}${s.buffer.name}[${printExpr(s.index)}${s.pitch === undefined ? "" : ` by ${s.pitch}`}] = ${printExpr(s.value)}\n`;
    case "copy": {
      const to = `${s.to.name}[${printExpr(s.toIndex)}]`;
      return `${indent}copy ${s.count} to ${to} from ${s.from.name}[${printExpr(s.fromIndex)}]\n`;
    }
  }
}

const precedence: Readonly<Record<BinaryOp, number>> = {
  "*": 6, "/": 6, "%": 6, "+": 5, "-": 5, "<<": 4, ">>": 4, "<": 3, "&": 2, "^": 1,
  "*%": 6, "+%": 5, "-%": 5, min: 9, max: 9,
}; // prettier-ignore

export function printExpr(e: Expr): string {
  return print(e, 0);
}

function print(e: Expr, outer: number): string {
  switch (e.kind) {
    case "const":
      return e.type === "f32" ? printFloat(e.value) : String(e.value);
    case "var":
      return e.name;
    case "load":
      return `${e.buffer.name}[${printExpr(e.index)}]`;
    case "widen":
      return `${e.buffer.name}[${printExpr(e.index)} : ${e.lanes}${e.wide ? " wide" : ""}]`;
    case "binary": {
      if (e.op === "min" || e.op === "max") return `${e.op}(${printExpr(e.left)}, ${printExpr(e.right)})`;
      const own = precedence[e.op];
      const text = `${print(e.left, own)} ${e.op} ${print(e.right, own + 1)}`;
      return own < outer ? `(${text})` : text;
    }
    case "select":
      return `(${printExpr(e.condition)} ? ${printExpr(e.then)} : ${printExpr(e.else)})`;
    case "intrinsic":
      return `${e.name}(${e.args.map(printExpr).join(", ")})`;
  }
}

function printFloat(value: number): string {
  return Number.isInteger(value) && !Object.is(value, -0)
    ? `${value}.0`
    : Object.is(value, -0)
      ? "-0.0"
      : String(value);
}
