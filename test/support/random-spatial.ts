/** Layers that change the size of an image, at random, for `randomChain`. */
import type { Random } from "./random.ts";

export interface Size {
  h: number;
  w: number;
  c: number;
}

/** No axis of a random network is made longer than this. */
const longest = 12;

/** One layer, or none where the kind drawn does not suit an image of this size. Changes `size` to that of its output. */
export function randomSpatial(random: Random, size: Size): string[] {
  return kinds[random.int(0, kinds.length - 1)]!(random, size);
}

const kinds: readonly ((random: Random, size: Size) => string[])[] = [pad, up, shuffle, deconv, adaptive];

function pad(random: Random, size: Size): string[] {
  const border = ["0", "0.25", "reflect", "replicate"][random.int(0, 3)]!;
  const most = (length: number): number =>
    Math.min(2, longest - length, border === "reflect" ? length - 1 : 2);
  const sides = [size.h, size.h, size.w, size.w].map((length) =>
    random.int(0, Math.max(0, Math.floor(most(length)))),
  );
  const [top, bottom, left, right] = sides as [number, number, number, number];
  Object.assign(size, { h: size.h + top + bottom, w: size.w + left + right });
  return [`pad ${sides.join(",")} ${border}`];
}

function up(random: Random, size: Size): string[] {
  const mode = ["", " bilinear", " bilinear corners"][random.int(0, 2)]!;
  if (random.next() < 0.5) {
    Object.assign(size, { h: random.int(1, longest), w: random.int(1, longest) });
    return [`up to${size.h}x${size.w}${mode}`];
  }
  const factor = (length: number): number => [1, 1.5, 2][random.int(0, 2 * length > longest ? 0 : 2)]!;
  const [rows, columns] = [factor(size.h), factor(size.w)];
  Object.assign(size, { h: Math.floor(size.h * rows), w: Math.floor(size.w * columns) });
  return [`up ${rows}x${columns}${mode}`];
}

function shuffle(_random: Random, size: Size): string[] {
  if (size.c % 4 !== 0 || 2 * size.h > longest || 2 * size.w > longest) return [];
  Object.assign(size, { h: 2 * size.h, w: 2 * size.w, c: size.c / 4 });
  return ["shuffle 2"];
}

function deconv(random: Random, size: Size): string[] {
  const groups = size.c % 2 === 0 && random.next() < 0.3 ? 2 : 1;
  const out = groups * random.int(1, Math.floor(6 / groups));
  const rows = spread(random, size.h);
  const columns = spread(random, size.w);
  Object.assign(size, { h: rows.out, w: columns.out, c: out });
  const both = (field: keyof typeof rows): string => `${rows[field]}x${columns[field]}`;
  return [
    `deconv ${both("kernel")} ${out} s${both("stride")} p${both("padding")} d${both("dilation")} ` +
      `o${both("outputPadding")} g${groups}`,
  ];
}

function spread(random: Random, size: number) {
  const kernel = random.int(1, 4);
  const stride = random.int(1, 3);
  const dilation = random.next() < 0.2 ? 2 : 1;
  const reach = (size - 1) * stride + dilation * (kernel - 1) + 1;
  const padding = random.int(0, Math.min(kernel - 1, Math.floor((reach - 1) / 2)));
  const outputPadding = random.int(0, stride - 1);
  const out = reach + outputPadding - 2 * padding;
  if (out > longest) return { kernel: 1, stride: 1, dilation: 1, padding: 0, outputPadding: 0, out: size };
  return { kernel, stride, dilation, padding, outputPadding, out };
}

function adaptive(random: Random, size: Size): string[] {
  Object.assign(size, { h: random.int(1, 4), w: random.int(1, 4) });
  return [`adaptive ${size.h}x${size.w}${random.next() < 0.5 ? " max" : ""}`];
}
