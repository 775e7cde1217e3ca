import { evaluateBinary } from "./intrinsic.ts";
import type { Expr } from "./ir.ts";

/** The value of index arithmetic whose names all have one; undefined where it follows from memory. */
export function evaluateIndex(e: Expr, names: ReadonlyMap<string, number>): number | undefined {
  switch (e.kind) {
    case "const":
      return e.value;
    case "var":
      return names.get(e.name);
    case "binary": {
      const left = evaluateIndex(e.left, names);
      const right = evaluateIndex(e.right, names);
      if (left === undefined || right === undefined) return undefined;
      if ((e.op === "/" || e.op === "%") && (left < 0 || right <= 0)) return undefined;
      return evaluateBinary(e.op, left, right);
    }
    case "select": {
      const condition = evaluateIndex(e.condition, names);
      return condition === undefined ? undefined : evaluateIndex(condition !== 0 ? e.then : e.else, names);
    }
    case "load":
    case "widen":
    case "intrinsic":
      return undefined;
  }
}
