/** Where the rows of a tensor are: a ring of them in the arena, addressed by row number. */
import type { Graph, Tensor } from "../graph/graph.ts";
import { tensorOf } from "../graph/build.ts";
import type { Plan } from "../plan/plan.ts";
import { add, mod, mul, type Operand } from "../loop/build.ts";
import type { Buffer, Expr } from "../loop/ir.ts";
import { identifier } from "./name.ts";

export interface RowRing {
  readonly tensor: Tensor;
  /** `rows` × `pitch` elements, or fewer where the last row ends before its slot does. */
  readonly buffer: Buffer;
  /** Height of the ring, slots from row to row, and the slot of row 0. */
  readonly rows: number;
  readonly step: number;
  readonly phase: number;
  /** Elements from slot to slot. */
  readonly pitch: number;
  /** Elements of one row: width × channels. */
  readonly rowLength: number;
  /** Elements from one pixel of a row to the next: its channels, or all of those of the rows it is `within`. */
  readonly pixelPitch: number;
  /** The concatenation's output whose rows these are part of. */
  readonly within?: string;
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
  const layout = { rows: h, step: 1, phase: 0, pitch: w * c, rowLength: w * c, pixelPitch: c };
  return { tensor, buffer, ...layout, isWhole: true };
}

export function ringOf(graph: Graph, plan: Plan, name: string): RowRing {
  const tensor = tensorOf(graph, name);
  const { rows, step, phase, rowBytes, pitch: pitchBytes, part } = plan.rings.get(name)!;
  const rowLength = tensor.shape.w * tensor.shape.c;
  const elements = (bytes: number): number => (bytes * rowLength) / rowBytes;
  const pitch = elements(pitchBytes);
  const lastRow = part ? elements((part.runs - 1) * part.runPitch + part.runBytes) : pitch;
  return {
    tensor,
    buffer: {
      name: `${identifier(name)}_rows`,
      type: tensor.dtype,
      length: (rows - 1) * pitch + lastRow,
      space: "arena",
    },
    rows,
    step,
    phase,
    pitch,
    rowLength,
    pixelPitch: part && part.runs > 1 ? elements(part.runPitch) : tensor.shape.c,
    ...(part && { within: part.within }),
    isWhole: !part && phase === 0 && step === 1 && pitch === rowLength && rows >= tensor.shape.h,
  };
}

/** Index of the first element of row `r`, which is never negative. */
export function rowStart(ring: RowRing, r: Operand): Expr {
  if (ring.isWhole) return mul(r, ring.rowLength);
  return mul(mod(add(mul(r, ring.step), ring.phase), ring.rows), ring.pitch);
}
