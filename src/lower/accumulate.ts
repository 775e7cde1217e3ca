/**
 * The accumulating form of average pooling and linear layers: step r adds one row of the input to sums that stay in
 * the arena; the first step sets them, the last makes the output of them. Loops of no turns do for branches.
 */
import type { AvgPool2d, Linear, Node } from "../graph/graph.ts";
import { taps } from "../graph/taps.ts";
import {
  add,
  assign,
  c,
  declare,
  f,
  forLoop,
  intrinsic,
  less,
  load,
  mul,
  row,
  store,
  sub,
  v,
  wideBytes,
  widen,
} from "../loop/build.ts";
import type { Buffer, Expr, Stmt } from "../loop/ir.ts";
import { divided, divisorsOf, typeOf } from "./avg-pool2d.ts";
import { axisOf, place, span, turns, type Axis } from "./axis.ts";
import { constantAt } from "./constants.ts";
import { accType, addRowOfTaps, finish, nestOf, type ConvNest } from "./conv2d.ts";
import type { Lowered } from "./lowered.ts";
import { identifier } from "./name.ts";
import { packTaps } from "./pack-taps.ts";
import { withPackedWeights } from "./packed-weights.ts";
import { rowStart, type RowRing } from "./ring.ts";

interface Accumulating {
  /** One element for each of the output's. */
  readonly sums: Buffer;
  readonly lanes?: 8 | undefined;
}

export function lowerAccumulating(
  node: Node,
  input: RowRing,
  output: RowRing,
  options: Accumulating,
): Lowered {
  if (node.kind === "linear") return lowerLinear(node, input, output, options);
  if (node.kind === "avgPool2d") return accumulatePool(node, input, output, options.sums, 1);
  throw new Error(`${node.name}: a ${node.kind} has no accumulating form`);
}

/** Bias and products are added in the order of the plain form, so that float sums round alike. */
function lowerLinear(node: Linear, input: RowRing, output: RowRing, { sums, lanes }: Accumulating): Lowered {
  const steps = input.tensor.shape.h;
  const plain = perRow(nestOf(node, input, output));
  const nest: ConvNest = lanes
    ? { ...plain, packed: packTaps(plain, lanes) }
    : node.weightBits
      ? withPackedWeights(plain, node.weightBits)
      : plain;
  const { weight, bias, multiplier, shift, packed, outputChannels } = nest;
  const type = accType(nest);
  const body = [
    inStep(0, "begin", [forLoop("i", outputChannels, [store(sums, v("i"), constantAt(bias, v("i")))])]),
    ...turns("oc", outputChannels, (oc) => [
      declare("acc", load(sums, oc)),
      ...addRowOfTaps(nest, { oc, ky: row, y: row, ox: c(0) }, { from: c(0), count: c(1) }),
      store(sums, oc, v("acc", type)),
    ]),
    inStep(steps - 1, "end", [
      forLoop("o", outputChannels, [finish(nest, v("o"), c(0), load(sums, v("o")), 0)]),
    ]),
  ];
  return {
    kernel: { name: identifier(node.name), layer: node.name, body },
    constants: [weight, bias, multiplier, shift, packed?.weight].filter((data) => data !== undefined),
    steps,
  };
}

/** A row of the input is one pixel under one row of the kernel, even where the rows of a whole tensor are contiguous. */
function perRow(nest: ConvNest): ConvNest {
  const { shape } = nest.input.tensor;
  return { ...nest, rows: { ...nest.rows, kernel: shape.h, size: shape.h }, channels: nest.input.rowLength };
}

/** @param lanes Channels at once: four where they are a multiple of four and no window leaves the image; int8. */
export function accumulatePool(
  node: AvgPool2d,
  input: RowRing,
  output: RowRing,
  sums: Buffer,
  lanes: 1 | 4,
): Lowered {
  const { shape, quantization } = input.tensor;
  const type = typeOf(input);
  const zeroPoint = quantization?.zeroPoint ?? 0;
  const rows = axisOf(node.window, 0, shape.h, 1);
  const columns = axisOf(node.window, 1, shape.w, output.tensor.shape.w);
  const divisors = divisorsOf(node, input, rows, columns);
  const { from, to } = taps(node.window, 0, 0, shape.h);
  const elements = columns.positions * shape.c;
  // By fours the zero points of all taps are taken off at the start.
  const start = lanes === 4 ? -zeroPoint * (to - from) * columns.kernel : 0;
  const body = [
    inStep(0, "begin", [forLoop("i", elements, [store(sums, v("i"), type === "f32" ? f(0) : c(start))])]),
    declare("base", rowStart(input, place(rows, c(0), add(row, from)))),
    ...turns("px", columns.positions, (px) =>
      (lanes === 4 ? addFours : addColumns)(px, { columns, channels: shape.c, input, sums, zeroPoint }),
    ),
    inStep(to - from - 1, "end", [
      ...turns("wx", columns.positions, (px) => [
        forLoop("o", shape.c, [
          declare("acc", load(sums, add(mul(px, shape.c), v("o")))),
          ...divided(input, divisors.at(px, 0)),
          store(output.buffer, add(rowStart(output, 0), mul(px, output.pixelPitch), v("o")), v("mean", type)),
        ]),
      ]),
    ]),
  ];
  return {
    kernel: { name: identifier(node.name), layer: node.name, body },
    constants: divisors.constants,
    steps: to - from,
  };
}

interface Row {
  readonly columns: Axis;
  readonly channels: number;
  readonly input: RowRing;
  readonly sums: Buffer;
  readonly zeroPoint: number;
}

/** Adds the columns under one window, channel by channel. */
function addColumns(px: Expr, { columns, channels, input, sums, zeroPoint }: Row): readonly Stmt[] {
  const kxs = span(columns, px, "kx");
  const type = typeOf(input);
  return [
    ...kxs.lets,
    ...turns("oc", channels, (oc) => [
      declare("part", load(sums, add(mul(px, channels), oc))),
      ...turns("kx", kxs.count, (kx) => {
        const column = place(columns, px, add(kxs.from, kx));
        const x = load(input.buffer, add(v("base"), mul(column, channels), oc));
        return [assign("part", add(v("part", type), zeroPoint === 0 ? x : sub(x, zeroPoint)))];
      }),
      store(sums, add(mul(px, channels), oc), v("part", type)),
    ]),
  ];
}

/** Adds the columns under one window, four channels at a time. */
function addFours(px: Expr, { columns, channels, input, sums }: Row): readonly Stmt[] {
  return turns("oc", channels / 4, (oc) => {
    const at = add(mul(px, channels), mul(oc, 4));
    return [
      declare("part", widen(sums, at, 4)),
      ...turns("kx", columns.kernel, (kx) => {
        const x = wideBytes(input.buffer, add(v("base"), mul(place(columns, px, kx), channels), mul(oc, 4)));
        return [assign("part", intrinsic("addLanes", v("part", "i32x4"), x))];
      }),
      store(sums, at, v("part", "i32x4")),
    ];
  });
}

/** Statements for one step only. */
export function inStep(step: number, name: string, body: readonly Stmt[]): Stmt {
  const isIt = step === 0 ? less(row, 1) : less(step - 1, row);
  return forLoop(name, isIt, body);
}
