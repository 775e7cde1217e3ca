/** Where the rows of a tensor are: a ring of them in the arena, addressed by row number. */
import type { Graph, Tensor } from "../graph/graph.ts";
import { tensorOf } from "../graph/build.ts";
import type { Plan } from "../plan/plan.ts";
import { add, mod, mul, type Operand } from "../loop/build.ts";
import type { Buffer, Expr } from "../loop/ir.ts";
import { identifier } from "./name.ts";

export interface RowRing {
  readonly tensor: Tensor;
  /** `rows` × `rowLength` elements. */
  readonly buffer: Buffer;
  /** Height of the ring, and the slot of row 0. */
  readonly rows: number;
  readonly phase: number;
  /** Elements of one row: width × channels. */
  readonly rowLength: number;
  /** The ring is the whole tensor: row r is at r × rowLength, and rows follow each other. */
  readonly isWhole: boolean;
}

export function ringOf(graph: Graph, plan: Plan, name: string): RowRing {
  const tensor = tensorOf(graph, name);
  const { rows, phase } = plan.rings.get(name)!;
  const rowLength = tensor.shape.w * tensor.shape.c;
  return {
    tensor,
    buffer: {
      name: `${identifier(name)}_rows`,
      type: tensor.dtype,
      length: rows * rowLength,
      space: "arena",
    },
    rows,
    phase,
    rowLength,
    isWhole: phase === 0 && rows >= tensor.shape.h,
  };
}

/** Index of the first element of row `r`, which is never negative. */
export function rowStart(ring: RowRing, r: Operand): Expr {
  return mul(ring.isWhole ? r : mod(add(r, ring.phase), ring.rows), ring.rowLength);
}
