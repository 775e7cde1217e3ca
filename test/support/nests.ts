/** Row kernels written by hand and at random, to try the loop room on without the rooms that lower networks. */
import {
  add,
  assign,
  c,
  clamp,
  declare,
  f,
  forLoop,
  load,
  max,
  min,
  mod,
  mul,
  requantize,
  row,
  store,
  sub,
  v,
  copy,
} from "../../src/loop/build.ts";
import type { Buffer, ElementType, Expr, Kernel, Stmt } from "../../src/loop/ir.ts";
import type { ConstantData, Program } from "../../src/loop/program.ts";
import { elementBytes } from "../../src/loop/type-of.ts";
import { type Random, random } from "./random.ts";

/** A convolution with clipped padding, a fused pool (1 = none) and a ring of input rows. */
export interface ConvCase {
  readonly type: "i8" | "u8" | "f32";
  readonly size: readonly [h: number, w: number];
  readonly channels: readonly [ic: number, oc: number];
  readonly kernel: readonly [h: number, w: number];
  readonly stride: readonly [h: number, w: number];
  readonly padding: readonly [top: number, left: number];
  readonly pool: { readonly kernel: number; readonly stride: number };
  readonly zeroPoint: number;
  /** Which loop is outermost. */
  readonly outer: "oc" | "px";
}

export interface NestProgram {
  readonly program: Program;
  /** A random frame for it. */
  readonly frame: Int8Array | Uint8Array | Float32Array;
  readonly rows: number;
}

export const conv: ConvCase = {
  type: "i8",
  size: [8, 8],
  channels: [3, 6],
  kernel: [3, 3],
  stride: [1, 1],
  padding: [1, 1],
  pool: { kernel: 2, stride: 2 },
  zeroPoint: 3,
  outer: "oc",
};

export function convProgram(spec: ConvCase, seed = 1): NestProgram {
  const [h, w] = spec.size;
  const [ic, oc] = spec.channels;
  const [kh, kw] = spec.kernel;
  const [sh, sw] = spec.stride;
  const [top, left] = spec.padding;
  const oh = Math.floor((h + 2 * top - kh) / sh) + 1;
  const ow = Math.floor((w + 2 * left - kw) / sw) + 1;
  const ph = Math.floor((oh - spec.pool.kernel) / spec.pool.stride) + 1;
  const pw = Math.floor((ow - spec.pool.kernel) / spec.pool.stride) + 1;
  const firstRow = (r: number): number => Math.max(0, r * spec.pool.stride * sh - top);
  const lastRow = (r: number): number =>
    Math.min(h, (r * spec.pool.stride + spec.pool.kernel - 1) * sh - top + kh);
  const ring = Math.max(1, ...Array.from({ length: ph }, (_, r) => lastRow(r) - firstRow(r)));
  return assemble(
    spec.type,
    { h, w, c: ic },
    { h: ph, w: pw, c: oc },
    ring,
    lastRow,
    seed,
    (x, out, constants) => convBody(spec, x, out, constants, { ring, pw }),
  );
}

interface Constants {
  readonly weight: Buffer;
  readonly bias: Buffer;
  readonly multiplier: Buffer;
  readonly shift: Buffer;
}

function convBody(
  spec: ConvCase,
  x: Buffer,
  out: Buffer,
  constants: Constants,
  { ring, pw }: { ring: number; pw: number },
): readonly Stmt[] {
  const [h, w] = spec.size;
  const [ic, oc] = spec.channels;
  const [kh, kw] = spec.kernel;
  const [sh, sw] = spec.stride;
  const [top, left] = spec.padding;
  const type = spec.type === "f32" ? "f32" : "i32";
  const element = (index: Expr): Expr =>
    type === "f32" || spec.zeroPoint === 0 ? load(x, index) : sub(load(x, index), spec.zeroPoint);
  const ky = add(v("ky0"), v("ky"));
  const kx = add(v("kx0"), v("kx"));
  const column = add(mul(v("ox"), sw), -left, kx);
  const wAt = add(mul(add(mul(add(mul(v("oc"), kh), ky), kw), kx), ic), v("ic"));
  const product = mul(element(add(v("base"), mul(column, ic), v("ic"))), load(constants.weight, wAt));
  const accumulate: Stmt[] = [
    declare("oy", add(mul(row, spec.pool.stride), v("wy"))),
    declare("ox", add(mul(v("px"), spec.pool.stride), v("wx"))),
    declare("ky0", max(0, sub(top, mul(v("oy"), sh)))),
    declare("ky1", min(kh, sub(h + top, mul(v("oy"), sh)))),
    declare("kx0", max(0, sub(left, mul(v("ox"), sw)))),
    declare("kx1", min(kw, sub(w + left, mul(v("ox"), sw)))),
    declare("acc", load(constants.bias, v("oc"))),
    forLoop("ky", sub(v("ky1"), v("ky0")), [
      declare("base", mul(mod(add(mul(v("oy"), sh), -top, ky), ring), w * ic)),
      forLoop("kx", sub(v("kx1"), v("kx0")), [
        forLoop("ic", ic, [assign("acc", add(v("acc", type), product))]),
      ]),
    ]),
    assign("best", max(v("best", type), v("acc", type))),
  ];
  const best = v("best", type);
  const result =
    type === "f32"
      ? max(best, f(0))
      : spec.type === "u8"
        ? clamp(requantize(best, load(constants.multiplier, v("oc")), load(constants.shift, v("oc"))), 0, 255)
        : clamp(
            add(requantize(best, load(constants.multiplier, v("oc")), load(constants.shift, v("oc"))), -5),
            -128,
            127,
          );
  const pixel: Stmt[] = [
    declare("best", type === "f32" ? f(-Infinity) : c(-0x80000000)),
    forLoop("wy", spec.pool.kernel, [forLoop("wx", spec.pool.kernel, accumulate)]),
    store(out, add(mul(row, pw * oc), mul(v("px"), oc), v("oc")), result),
  ];
  return spec.outer === "oc"
    ? [forLoop("oc", oc, [forLoop("px", pw, pixel)])]
    : [forLoop("px", pw, [forLoop("oc", oc, pixel)])];
}

/** Max-pooling with clipped padding over a whole input. */
export function poolProgram(
  type: "i8" | "f32",
  size: number,
  channels: number,
  kernel: number,
  stride: number,
  seed = 1,
): NestProgram {
  const pad = Math.floor(kernel / 2);
  const out = Math.floor((size + 2 * pad - kernel) / stride) + 1;
  const value = type === "f32" ? "f32" : "i32";
  const shape = { h: size, w: size, c: channels };
  return assemble(
    type,
    shape,
    { h: out, w: out, c: channels },
    size,
    () => size,
    seed,
    (x, y) => [
      declare("ky0", max(0, sub(pad, mul(row, stride)))),
      declare("ky1", min(kernel, sub(size + pad, mul(row, stride)))),
      forLoop("px", out, [
        declare("kx0", max(0, sub(pad, mul(v("px"), stride)))),
        declare("kx1", min(kernel, sub(size + pad, mul(v("px"), stride)))),
        forLoop("ic", channels, [
          declare("best", type === "f32" ? f(-Infinity) : c(-128)),
          forLoop("ky", sub(v("ky1"), v("ky0")), [
            forLoop("kx", sub(v("kx1"), v("kx0")), [
              assign("best", max(v("best", value), load(x, poolIndex(size, channels, stride, pad)))),
            ]),
          ]),
          store(y, add(mul(add(mul(row, out), v("px")), channels), v("ic")), v("best", value)),
        ]),
      ]),
    ],
  );
}

function poolIndex(size: number, channels: number, stride: number, pad: number): Expr {
  const y = add(mul(row, stride), -pad, v("ky0"), v("ky"));
  const x = add(mul(v("px"), stride), -pad, v("kx0"), v("kx"));
  return add(mul(add(mul(y, size), x), channels), v("ic"));
}

interface Shape {
  readonly h: number;
  readonly w: number;
  readonly c: number;
}

function assemble(
  type: "i8" | "u8" | "f32",
  shape: Shape,
  result: Shape,
  ring: number,
  lastRow: (row: number) => number,
  seed: number,
  body: (x: Buffer, out: Buffer, constants: Constants) => readonly Stmt[],
): NestProgram {
  const rng = random(seed);
  const rowLength = shape.w * shape.c;
  const resultLength = result.h * result.w * result.c;
  const x = buffer("x", type, ring * rowLength, "arena");
  const y = buffer("y", type, resultLength, "arena");
  const pushed = buffer("x_in", type, rowLength, "input");
  const out = buffer("y_out", type, resultLength, "output");
  const isFloat = type === "f32";
  const constants = {
    weight: buffer("weight", isFloat ? "f32" : "i8", 4096, "constant"),
    bias: buffer("bias", isFloat ? "f32" : "i32", 64, "constant"),
    multiplier: buffer("multiplier", "i32", 64, "constant"),
    shift: buffer("shift", "i32", 64, "constant"),
  };
  const kernels: Kernel[] = [
    { name: "input", layer: "x", body: [copy(x, mul(mod(row, ring), rowLength), pushed, 0, rowLength)] },
    { name: "nest", layer: "nest", body: body(x, y, constants) },
    { name: "output", layer: "y", body: [copy(out, 0, y, 0, resultLength)] },
  ];
  const calls = [];
  let next = 0;
  for (let r = 0; r < result.h; r++) {
    while (next < Math.min(shape.h, lastRow(r))) calls.push({ kernel: 0, row: next++ });
    calls.push({ kernel: 1, row: r });
  }
  while (next < shape.h) calls.push({ kernel: 0, row: next++ });
  calls.push({ kernel: 2, row: 0 });
  const bytes = elementBytes[type];
  const port = (name: string, s: Shape): Program["inputs"][number] => ({
    name,
    shape: s,
    type,
    rows: s.h,
    rowLength: s.w * s.c,
  });
  const program: Program = {
    name: "nest",
    kernels,
    calls,
    inputKernels: [0],
    inputs: [port("x", shape)],
    outputs: [port("y", result)],
    constants: Object.values(constants).map((b) => constantData(b, rng)),
    arenaBytes: (x.length + y.length) * bytes,
    arenaAlignment: bytes,
    offsets: new Map([
      ["x", 0],
      ["y", x.length * bytes],
    ]),
  };
  return { program, frame: frameOf(type, shape, rng), rows: result.h };
}

const buffer = (name: string, type: ElementType, length: number, space: Buffer["space"]): Buffer => ({
  name,
  type,
  length,
  space,
});

function constantData(b: Buffer, rng: Random): ConstantData {
  const fill = (value: () => number): number[] => Array.from({ length: b.length }, value);
  if (b.type === "f32") return { buffer: b, data: Float32Array.from(fill(() => rng.normal())) };
  if (b.type === "i8") return { buffer: b, data: Int8Array.from(fill(() => rng.int(-127, 127))) };
  if (b.name === "bias") return { buffer: b, data: Int32Array.from(fill(() => rng.int(-9999, 9999))) };
  if (b.name === "shift") return { buffer: b, data: Int32Array.from(fill(() => rng.int(-10, -6))) };
  return { buffer: b, data: Int32Array.from(fill(() => rng.int(2 ** 30, 2 ** 31 - 1))) };
}

function frameOf(type: "i8" | "u8" | "f32", { h, w, c: channels }: Shape, rng: Random): NestProgram["frame"] {
  const length = h * w * channels;
  if (type === "f32") return Float32Array.from({ length }, () => rng.normal());
  return type === "i8"
    ? Int8Array.from({ length }, () => rng.int(-128, 127))
    : Uint8Array.from({ length }, () => rng.int(0, 255));
}

/** A small convolution, its geometry drawn at random. */
export function randomConv(seed: number): ConvCase {
  const rng = random(seed);
  const kernel = [rng.int(1, 4), rng.int(1, 4)] as const;
  const pool = rng.int(1, 3);
  const size = [rng.int(pool + 4, 9), rng.int(pool + 4, 10)] as const;
  const type = (["i8", "u8", "f32"] as const)[rng.int(0, 2)]!;
  return {
    type,
    size,
    channels: [rng.int(1, 10), rng.int(1, 7)],
    kernel,
    stride: [rng.int(1, 2), rng.int(1, 2)],
    padding: [rng.int(0, kernel[0] - 1), rng.int(0, kernel[1] - 1)],
    pool: { kernel: pool === 3 ? 1 : pool, stride: rng.int(1, 2) },
    zeroPoint: type === "i8" ? rng.int(-128, 127) : 0,
    outer: rng.int(0, 1) === 0 ? "oc" : "px",
  };
}
