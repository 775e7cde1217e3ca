/** Where rows come in and results go out: kernels that only copy. */
import type { Tensor } from "../graph/graph.ts";
import { copy, mul, row } from "../loop/build.ts";
import type { Buffer, Kernel } from "../loop/ir.ts";
import type { Port } from "../loop/program.ts";
import { identifier } from "./name.ts";
import { rowStart, type RowRing } from "./ring.ts";

export function portOf({ name, shape, dtype, quantization }: Tensor): Port {
  if (dtype === "i16")
    throw new Error(`${name}: comes in or goes out in 16 bits, for which engines have no port`);
  const port = { name, shape, type: dtype, rows: shape.h, rowLength: shape.w * shape.c };
  return quantization ? { ...port, ...quantization } : port;
}

/** Copies the row pushed into its place in the ring. */
export function lowerInput(ring: RowRing): Kernel {
  const name = identifier(ring.tensor.name);
  const pushed: Buffer = {
    name: `${name}_in`,
    type: ring.buffer.type,
    length: ring.rowLength,
    space: "input",
  };
  const body = [copy(ring.buffer, rowStart(ring, row), pushed, 0, ring.rowLength)];
  return { name: `${name}_input`, layer: ring.tensor.name, family: "copy", body };
}

/** Copies one row of a result, whose ring is the whole tensor or holds that row last, to the caller. */
export function lowerOutput(ring: RowRing): Kernel {
  const name = identifier(ring.tensor.name);
  const { h } = ring.tensor.shape;
  const out: Buffer = {
    name: `${name}_out`,
    type: ring.buffer.type,
    length: h * ring.rowLength,
    space: "output",
  };
  const body = ring.isWhole
    ? [copy(out, 0, ring.buffer, 0, h * ring.rowLength)]
    : [copy(out, mul(row, ring.rowLength), ring.buffer, rowStart(ring, row), ring.rowLength)];
  return { name: `${name}_output`, layer: ring.tensor.name, family: "copy", body };
}
