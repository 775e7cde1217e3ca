/**
 * Softmax and log-softmax of one row: for each pixel the greatest channel, the sum of powers, then the quotients. In
 * int8 powers are looked up by distance from the greatest (`graph/quantized-softmax.ts`).
 */
import { byteLimits } from "../graph/quantized.ts";
import type { Softmax } from "../graph/graph.ts";
import { logFractionBits, logSoftmaxLayout } from "../graph/quantized-softmax.ts";
import {
  add,
  and,
  assign,
  c,
  declare,
  div,
  f,
  less,
  load,
  max,
  mul,
  row,
  select,
  shl,
  shr,
  store,
  sub,
  v,
} from "../loop/build.ts";
import type { Expr, Stmt } from "../loop/ir.ts";
import type { ConstantData } from "../loop/program.ts";
import { turns } from "./axis.ts";
import { limited } from "./clamp.ts";
import { constant } from "./constants.ts";
import type { Lowered } from "./lowered.ts";
import { identifier } from "./name.ts";
import { rowStart, type RowRing } from "./ring.ts";
import { expOf, logOf } from "./transcendental.ts";

/** Where channel `c` of the pixel is, in and out. */
interface Pixel {
  readonly channels: number;
  readonly read: (channel: Expr) => Expr;
  readonly at: (channel: Expr) => Expr;
}

export function lowerSoftmax(node: Softmax, input: RowRing, output: RowRing): Lowered {
  const { shape, dtype } = input.tensor;
  const isFloat = dtype === "f32";
  const table = isFloat ? undefined : constant(node.name, "table", lookedUp(node));
  const body = turns("px", shape.w, (px) => {
    const pixel: Pixel = {
      channels: shape.c,
      read: (channel) => load(input.buffer, add(rowStart(input, row), mul(px, shape.c), channel)),
      at: (channel) => add(rowStart(output, row), mul(px, shape.c), channel),
    };
    const best = v("best", isFloat ? "f32" : "i32");
    return [
      declare("best", dtype === "f32" ? f(-Infinity) : c(byteLimits(dtype).min)),
      ...turns("ic", shape.c, (ic) => [assign("best", max(best, pixel.read(ic)))]),
      ...(table ? integers(node, pixel, table, output) : floats(node, pixel, output)),
    ];
  });
  return {
    kernel: { name: identifier(node.name), layer: node.name, body },
    constants: table ? [table] : [],
  };
}

/** What is not a constant of the text: powers, and the logarithms of log-softmax. */
function lookedUp({ log, table }: Softmax): Int32Array {
  return table!.slice(0, log ? logSoftmaxLayout.ln2 : logSoftmaxLayout.log);
}

/** The powers wait in the output for their sum; those of log-softmax are not needed again. */
function floats({ log }: Softmax, { channels, read, at }: Pixel, { buffer }: RowRing): readonly Stmt[] {
  const sum = v("sum", "f32");
  const below = (channel: Expr): Expr => sub(read(channel), v("best", "f32"));
  const sumUp = turns("kc", channels, (kc) => {
    const { lets, value } = expOf(below(kc));
    const keep = log ? [] : [store(buffer, at(kc), v("term", "f32"))];
    return [...lets, declare("term", value), ...keep, assign("sum", add(sum, v("term", "f32")))];
  });
  const whole = logOf(sum);
  return [
    declare("sum", f(0)),
    ...sumUp,
    ...(log ? [...whole.lets, declare("logarithm", whole.value)] : []),
    ...turns("oc", channels, (oc) => [
      store(buffer, at(oc), log ? sub(below(oc), v("logarithm", "f32")) : div(load(buffer, at(oc)), sum)),
    ]),
  ];
}

function integers(node: Softmax, { channels, read, at }: Pixel, table: ConstantData, output: RowRing) {
  const { dtype, quantization } = output.tensor;
  const sum = v("sum");
  /** In [0, 255]; the mask is there for the proof that no look-up leaves the table. */
  const distance = (channel: Expr): Expr => and(sub(v("best"), read(channel)), 255);
  const value = node.log ? logarithm(node, table, distance) : quotient(table, distance);
  return [
    declare("sum", 0),
    ...turns("kc", channels, (kc) => [assign("sum", add(sum, load(table.buffer, distance(kc))))]),
    ...value.lets,
    ...turns("oc", channels, (oc) => [
      store(output.buffer, at(oc), limited(add(value.of(oc), quantization!.zeroPoint), dtype, undefined)),
    ]),
  ];
}

interface OfChannel {
  readonly lets: readonly Stmt[];
  readonly of: (channel: Expr) => Expr;
}

function quotient(table: ConstantData, distance: (channel: Expr) => Expr): OfChannel {
  const power = (channel: Expr): Expr => load(table.buffer, distance(channel));
  return {
    lets: [declare("nudge", shr(v("sum"), 1))],
    of: (channel) => div(add(mul(power(channel), 256), v("nudge")), v("sum")),
  };
}

/** −(distance × step + log(sum)) in bytes; the sum is first shifted left until its highest bit is bit 30. */
function logarithm(node: Softmax, { buffer }: ConstantData, distance: (channel: Expr) => Expr): OfChannel {
  const [ln2, step] = [node.table![logSoftmaxLayout.ln2]!, node.table![logSoftmaxLayout.step]!];
  const bits = [16, 8, 4, 2, 1];
  const shifts = bits.flatMap((by, i) => {
    const before = i === 0 ? v("sum") : v(`normal${bits[i - 1]!}`);
    return [
      declare(`by${by}`, select(less(before, 2 ** (31 - by)), by, 0)),
      declare(`normal${by}`, shl(before, v(`by${by}`))),
    ];
  });
  const normal = v("normal1");
  const point = (next: number): Expr =>
    load(buffer, add(and(shr(normal, 25), 31), logSoftmaxLayout.log + next));
  const shifted = add(v("by16"), ...bits.slice(1).map((by) => v(`by${by}`)));
  const exponent = sub(Math.clz32(node.table![0]!) - 1, shifted);
  return {
    lets: [
      ...shifts,
      declare("start", point(0)),
      declare("line", shr(mul(sub(point(1), v("start")), and(shr(normal, 10), 0x7fff)), 15)),
      declare("total", add(v("start"), v("line"), mul(exponent, ln2), 1 << (logFractionBits - 1))),
    ],
    of: (channel) => sub(0, shr(add(mul(distance(channel), step), v("total")), logFractionBits)),
  };
}
