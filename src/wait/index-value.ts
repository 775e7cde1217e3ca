/** Index arithmetic as functions of loop indices, so that a walk that turns every loop is quick. */
import { affineOf, exprOf } from "../loop/affine.ts";
import { evaluateBinary } from "../loop/intrinsic.ts";
import type { Expr } from "../loop/ir.ts";
import { expandLets, isIndexValue, type Scope } from "../loop/range.ts";

/** Of the values of all indices, by slot. */
export type Value = (values: Int32Array) => number;

/** Where a walk keeps the values of indices; `row` has the first slot. */
export interface Slots {
  readonly of: (name: string) => number;
  /** Undefined where it follows from memory. */
  readonly valueOf: (e: Expr) => Value | undefined;
  readonly count: () => number;
}

export function openSlots(scope: Scope): Slots {
  const places = new Map([["row", 0]]);
  const of = (name: string): number => {
    const place = places.get(name) ?? places.size;
    places.set(name, place);
    return place;
  };
  const meaning = expandLets(scope);
  const compile = (e: Expr): Value => {
    switch (e.kind) {
      case "const":
        return () => e.value;
      case "var": {
        const value = meaning(e.name);
        if (value) return compile(value);
        const slot = of(e.name);
        return (values) => values[slot]!;
      }
      case "binary":
        return binary(e.op, compile(e.left), compile(e.right));
      case "select": {
        const [condition, first, second] = [e.condition, e.then, e.else].map(compile);
        return (values) => (condition!(values) !== 0 ? first!(values) : second!(values));
      }
      case "load":
      case "widen":
      case "intrinsic":
        throw new Error(`${e.kind} in index arithmetic`);
    }
  };
  return {
    of,
    valueOf: (e) => (isIndexValue(e, scope) ? compile(exprOf(affineOf(e, meaning))) : undefined),
    count: () => places.size,
  };
}

function binary(op: Extract<Expr, { kind: "binary" }>["op"], left: Value, right: Value): Value {
  if (op === "+") return (values) => left(values) + right(values);
  if (op === "*") return (values) => left(values) * right(values);
  return (values) => evaluateBinary(op, left(values), right(values));
}
