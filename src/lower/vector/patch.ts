/** Filling the patch under a block of columns. */
import {
  add,
  clamp,
  declare,
  div,
  forLoop,
  less,
  load,
  max,
  min,
  mul,
  row,
  splat16,
  store,
  sub,
  v,
  widen,
} from "../../loop/build.ts";
import type { Expr, Stmt } from "../../loop/ir.ts";
import { turns } from "../axis.ts";
import { rowStart } from "../ring.ts";
import type { Block } from "../window/geometry.ts";
import { vectorBytes, type VectorLayer } from "./layer.ts";

/** Fills the patch under the block whose first output pixel is `px`; `tag` keeps names apart. */
export function fillPatch(layer: VectorLayer, block: Block, px: Expr, tag: string): readonly Stmt[] {
  const { geometry, patch, zero } = layer;
  const { columns, pool, patchRows, input } = geometry;
  const x = v(`x${tag}`);
  const length = block.width * input.c;
  return [
    declare(`x${tag}`, sub(mul(px, pool.columns.stride * columns.stride), columns.before)),
    declare(`from${tag}`, max(0, sub(0, x))),
    declare(`inside${tag}`, sub(min(block.width, sub(columns.size, x)), v(`from${tag}`))),
    ...turns(`r${tag}`, patchRows, (r) => fillRow(layer, block, r, tag)),
    store(patch, patchRows * length, splat16(zero)),
  ];
}

/** All of a row where any of it is padding, then what is there; what is behind it is overwritten by the next. */
function fillRow(layer: VectorLayer, block: Block, r: Expr, tag: string): readonly Stmt[] {
  const { geometry, input, patch, zero } = layer;
  const { rows, pool } = geometry;
  const channels = geometry.input.c;
  const y = add(sub(mul(row, pool.rows.stride * rows.stride), rows.before), r);
  const isThere = mul(less(-1, y), less(y, rows.size));
  const start = mul(r, block.width * channels);
  const vectors = Math.ceil((block.width * channels) / vectorBytes);
  const isWhole = mul(v(`there${tag}`), less(block.width - 1, v(`inside${tag}`)));
  return [
    declare(`there${tag}`, isThere),
    declare(
      `y${tag}`,
      add(rowStart(input, clamp(y, 0, rows.size - 1)), mul(add(v(`x${tag}`), v(`from${tag}`)), channels)),
    ),
    forLoop(`z${tag}`, mul(sub(1, isWhole), vectors), [
      store(patch, add(start, mul(v(`z${tag}`), vectorBytes)), splat16(zero)),
    ]),
    declare(`to${tag}`, add(start, mul(v(`from${tag}`), channels))),
    declare(`bytes${tag}`, mul(v(`inside${tag}`), v(`there${tag}`), channels)),
    ...copyRow(layer, block, tag),
  ];
}

/** Vectors, the last of which overlaps the one before; bytes, where a row can be shorter than one. */
function copyRow(layer: VectorLayer, block: Block, tag: string): readonly Stmt[] {
  const { input, patch, geometry } = layer;
  const [to, from, bytes] = [v(`to${tag}`), v(`y${tag}`), v(`bytes${tag}`)];
  const i = v(`i${tag}`);
  if (leastInside(layer, block) * geometry.input.c < vectorBytes) {
    const x = load(input.buffer, add(from, i));
    const byte = input.tensor.dtype === "u8" ? sub(x, 128) : x;
    return [forLoop(`i${tag}`, bytes, [store(patch, add(to, i), byte)])];
  }
  const at = min(mul(i, vectorBytes), sub(mul(v(`inside${tag}`), geometry.input.c), vectorBytes));
  return [
    forLoop(`i${tag}`, div(add(bytes, vectorBytes - 1), vectorBytes), [
      declare(`at${tag}`, at),
      store(patch, add(to, v(`at${tag}`)), widen(input.buffer, add(from, v(`at${tag}`)), 16)),
    ]),
  ];
}

/** The fewest columns of the input that any block like this has inside the image. */
function leastInside({ geometry }: VectorLayer, block: Block): number {
  const { columns, pool, count, block: usual, output } = geometry;
  const perBlock = usual.groups * usual.pixels;
  const firsts = block === usual ? Array.from({ length: count }, (_, i) => i * perBlock) : [count * perBlock];
  const inside = firsts
    .filter((px) => px < output.w)
    .map((px) => {
      const x = px * pool.columns.stride * columns.stride - columns.before;
      return Math.min(block.width, columns.size - x) - Math.max(0, -x);
    });
  return Math.min(...inside);
}
