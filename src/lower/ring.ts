/** Where the rows of a tensor are: a ring of them in the arena, addressed by row number. */
import type { Graph, Tensor } from "../graph/graph.ts";
import { tensorOf } from "../graph/build.ts";
import type { Plan } from "../plan/plan.ts";
import { add, mod, mul, type Operand } from "../loop/build.ts";
import type { Buffer, Expr } from "../loop/ir.ts";
import { identifier } from "./name.ts";

export interface RowRing {
  readonly tensor: Tensor;
  /** `rows` × `pitch` elements. */
  readonly buffer: Buffer;
  /** Height of the ring, slots from row to row, and the slot of row 0. */
  readonly rows: number;
  readonly step: number;
  readonly phase: number;
  /** Elements from slot to slot. */
  readonly pitch: number;
  /** Elements of one row: width × channels. */
  readonly rowLength: number;
  /** The ring is the whole tensor: row r is at r × rowLength, and rows follow each other. */
  readonly isWhole: boolean;
}

/** A tensor that is there as a whole, as before it is planned. */
export function wholeRing(tensor: Tensor): RowRing {
  const { h, w, c } = tensor.shape;
  const buffer: Buffer = {
    name: `${identifier(tensor.name)}_rows`,
    type: tensor.dtype,
    length: h * w * c,
    space: "arena",
  };
  return { tensor, buffer, rows: h, step: 1, phase: 0, pitch: w * c, rowLength: w * c, isWhole: true };
}

export function ringOf(graph: Graph, plan: Plan, name: string): RowRing {
  const tensor = tensorOf(graph, name);
  const { rows, step, phase, rowBytes, pitch: pitchBytes } = plan.rings.get(name)!;
  const rowLength = tensor.shape.w * tensor.shape.c;
  const pitch = (pitchBytes * rowLength) / rowBytes;
  return {
    tensor,
    buffer: {
      name: `${identifier(name)}_rows`,
      type: tensor.dtype,
      length: rows * pitch,
      space: "arena",
    },
    rows,
    step,
    phase,
    pitch,
    rowLength,
    isWhole: phase === 0 && step === 1 && pitch === rowLength && rows >= tensor.shape.h,
  };
}

/** Index of the first element of row `r`, which is never negative. */
export function rowStart(ring: RowRing, r: Operand): Expr {
  if (ring.isWhole) return mul(r, ring.rowLength);
  return mul(mod(add(mul(r, ring.step), ring.phase), ring.rows), ring.pitch);
}
