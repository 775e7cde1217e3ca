import { randomSpatial, type Size } from "./random-spatial.ts";
import type { Random } from "./random.ts";

/**
 * The text of a small random chain network for `net`: at most 12×12×8, one to four convolutions and pools of odd
 * shapes (kernels and strides not square, padded, pools that overlap), ReLUs between, often a classifier behind.
 * `exotic` adds groups, dilation, average pools, batch-norms, ReLU6, residual adds and layers that
 * resize.
 */
export function randomChain(random: Random, options: { exotic?: boolean } = {}): string {
  const exotic = options.exotic ?? false;
  const size: Size = { h: random.int(1, 12), w: random.int(1, 12), c: random.int(1, 5) };
  const parts = [`in ${size.h}x${size.w}x${size.c}`];
  const layers = random.int(1, 4);
  for (let layer = 0; layer < layers; layer++) {
    if (layer === 0 || random.next() < 0.6) parts.push(...convolution(random, size, exotic));
    else parts.push(...pool(random, size, exotic));
    if (exotic && random.next() < 0.2) parts.push(...residual(random, size, layer));
    if (exotic && random.next() < 0.3) parts.push(...randomSpatial(random, size));
  }
  if (random.next() < 0.6) parts.push(...classifier(random));
  return parts.join(" | ");
}

function convolution(random: Random, size: Size, exotic: boolean): string[] {
  const groups = exotic && random.next() < 0.4 ? random.int(1, size.c) : 1;
  const dividing = size.c % groups === 0 ? groups : 1;
  const out = dividing * random.int(1, Math.floor(8 / dividing));
  const rows = axis(random, size.h, 5, (kernel) => kernel - 1, exotic);
  const columns = axis(random, size.w, 5, (kernel) => kernel - 1, exotic);
  const dilation = rows.dilation > 1 || columns.dilation > 1 ? ` d${rows.dilation}x${columns.dilation}` : "";
  Object.assign(size, { h: rows.out, w: columns.out, c: out });
  const text = `conv ${windowText(rows, columns, out)}${dilation}${dividing > 1 ? ` g${dividing}` : ""}`;
  const normed = exotic && random.next() < 0.3 ? ["bn"] : [];
  return [text, ...normed, ...activation(random, exotic)];
}

/** Half of the pools are such that a convolution can take them in: disjoint windows, no padding. */
function pool(random: Random, size: Size, exotic: boolean): string[] {
  const disjoint = random.next() < 0.5;
  const along = disjoint ? disjointAxis : poolAxis;
  const rows = along(random, size.h);
  const columns = along(random, size.w);
  Object.assign(size, { h: rows.out, w: columns.out });
  const average = exotic && random.next() < 0.4;
  const exclude = average && random.next() < 0.5 ? " exclude" : "";
  return [`${average ? "avgpool" : "maxpool"} ${windowText(rows, columns)}${exclude}`];
}

/** A 3×3 convolution that keeps its shape, added to its input. */
function residual(random: Random, size: Size, layer: number): string[] {
  const label = `skip${layer}`;
  return [`as ${label}`, `conv 3x3 ${size.c} s1 p1`, `add ${label}`, ...activation(random, true)];
}

function classifier(random: Random): string[] {
  const hidden = random.next() < 0.3 ? [`linear ${random.int(1, 12)}`, "relu"] : [];
  return ["flatten", ...hidden, `linear ${random.int(1, 10)}`];
}

function activation(random: Random, exotic: boolean): string[] {
  if (random.next() < 0.3) return [];
  return [exotic && random.next() < 0.3 ? "relu6" : "relu"];
}

function poolAxis(random: Random, size: number): Axis {
  return axis(random, size, 3, (kernel) => Math.floor(kernel / 2), false);
}

function disjointAxis(random: Random, size: number): Axis {
  const kernel = random.int(1, Math.min(3, size));
  const stride = random.int(kernel, 3);
  return { kernel, stride, padding: 0, dilation: 1, out: Math.floor((size - kernel) / stride) + 1 };
}

interface Axis {
  kernel: number;
  stride: number;
  padding: number;
  dilation: number;
  out: number;
}

/** Kernel, stride and padding along one axis, so that every window touches the image. */
function axis(
  random: Random,
  size: number,
  largest: number,
  mostPadding: (kernel: number) => number,
  dilated: boolean,
): Axis {
  const kernel = random.int(1, largest);
  const least = Math.max(0, Math.ceil((kernel - size) / 2));
  if (least > mostPadding(kernel)) return { kernel: 1, stride: 1, padding: 0, dilation: 1, out: size };
  const padding = random.next() < 0.5 ? least : random.int(least, mostPadding(kernel));
  const dilation = dilated && 2 * kernel - 1 <= size && random.next() < 0.3 ? 2 : 1;
  const stride = random.int(1, 3);
  const out = Math.floor((size + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1;
  return out > 12
    ? axis(random, size, largest, mostPadding, dilated)
    : { kernel, stride, padding, dilation, out };
}

function windowText(rows: Axis, columns: Axis, out?: number): string {
  const channels = out === undefined ? "" : ` ${out}`;
  return (
    `${rows.kernel}x${columns.kernel}${channels} s${rows.stride}x${columns.stride}` +
    ` p${rows.padding}x${columns.padding}`
  );
}
