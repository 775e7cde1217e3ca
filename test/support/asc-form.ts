/** A program in the form asc leaves it in, as far as that changes which instructions there are: for counting only. */
import { and } from "../../src/loop/build.ts";
import type { ElementType, Expr, Stmt } from "../../src/loop/ir.ts";
import type { Program } from "../../src/loop/program.ts";
import { elementBytes } from "../../src/loop/type-of.ts";
import { mapChildren, mapExprs } from "../../src/loop/walk.ts";

/**
 * - asc makes a copy of 1, 2, 4, 8 or 16 bytes a load and a store of that size, of any other size a `memory.copy`. Here
 *   copies of `bytes` bytes are a load and a store of one byte, other copies of 16 bits, which are not compared.
 * - It makes a quotient or a wrapping product by a constant power of two a shift or a mask: here an `&`.
 * - It makes the doubling in a sign of a binary weight (`(bits >> 31) * 2 + 1`) a shift: here an `&` too.
 * - It makes the product in a requantisation by such a constant a shift: here left out.
 */
export function ascForm(program: Program, bytes: number): Program {
  const kernels = program.kernels.map((kernel) => ({ ...kernel, body: blockOf(kernel.body, bytes) }));
  return { ...program, kernels };
}

const blockOf = (block: readonly Stmt[], bytes: number): readonly Stmt[] =>
  block.map((s) => {
    const plain = mapExprs(s, exprOf);
    if (plain.kind === "for") return { ...plain, body: blockOf(plain.body, bytes) };
    return plain.kind === "copy" ? copyOf(plain, bytes) : plain;
  });

function copyOf(s: Extract<Stmt, { kind: "copy" }>, bytes: number): Stmt {
  const type: ElementType = s.count * elementBytes[s.to.type] === bytes ? "u8" : "i16";
  const value: Expr = { kind: "load", buffer: { ...s.from, type }, index: s.fromIndex };
  return { kind: "store", buffer: { ...s.to, type }, index: s.toIndex, value };
}

function exprOf(e: Expr): Expr {
  const plain = mapChildren(e, exprOf);
  if (plain.kind === "binary" && ["/", "%", "*%"].includes(plain.op) && isPowerOfTwo(plain.right))
    return and(plain.left, plain.right);
  if (plain.kind === "binary" && plain.op === "*" && isSign(plain.left) && isPowerOfTwo(plain.right))
    return and(plain.left, plain.right);
  const isRequantize = plain.kind === "intrinsic" && plain.name.startsWith("requantize");
  if (isRequantize && isPowerOfTwo(plain.args[1]!)) return plain.args[0]!;
  return plain;
}

const isSign = (e: Expr): boolean =>
  e.kind === "binary" && e.op === ">>" && e.right.kind === "const" && e.right.value === 31;

const isPowerOfTwo = (e: Expr): boolean =>
  e.kind === "const" && e.type === "i32" && e.value !== 0 && (e.value & (e.value - 1)) === 0;
