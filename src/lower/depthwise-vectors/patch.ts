/** Filling the patch: padding once a tile, then eight channels of what is inside the image. */
import {
  add,
  clamp,
  declare,
  forLoop,
  intrinsic,
  less,
  max,
  min,
  mul,
  row,
  splat16,
  store,
  storeApart,
  sub,
  v,
  widen,
} from "../../loop/build.ts";
import type { Expr, Stmt } from "../../loop/ir.ts";
import { isClipped } from "../axis.ts";
import { rowStart } from "../ring.ts";
import { octet, vectorBytes, type DepthwiseVectors } from "./layer.ts";

/** Declares where the tile at output column `px` lies, and fills all of the patch with padding if the tile has any. */
export function beginTile(layer: DepthwiseVectors, px: Expr): readonly Stmt[] {
  const { columns, rows, width, patch, zero, perChannel } = layer;
  const vectors = Math.ceil((octet * perChannel) / vectorBytes);
  const inside = v("inside");
  return [
    declare("x", sub(mul(px, columns.stride), columns.before)),
    declare("from", max(0, sub(0, v("x")))),
    declare("inside", sub(min(width, sub(columns.size, v("x"))), v("from"))),
    ...(isClipped(columns)
      ? [
          forLoop("z", mul(less(inside, width), vectors), [
            store(patch, mul(v("z"), vectorBytes), splat16(zero)),
          ]),
        ]
      : []),
    // Vectors of the last channel's last taps reach beyond it.
    store(patch, octet * perChannel, splat16(zero)),
    ...Array.from({ length: rows.kernel }, (_, ky) => declare(`y${ky}`, rowAt(layer, ky))),
  ];
}

const yOf = ({ rows }: DepthwiseVectors, ky: number): Expr =>
  add(sub(mul(row, rows.stride), rows.before), ky);

/** Where row `ky` of the tile begins in the input; of a row outside the image any other, which is padded afterwards. */
function rowAt(layer: DepthwiseVectors, ky: number): Expr {
  const { input, channels, rows } = layer;
  const y = clamp(yOf(layer, ky), 0, rows.size - 1);
  return add(rowStart(input, y), mul(add(v("x"), v("from")), channels));
}

/** Puts in what the tile has of eight channels from `channel` on. */
export function fillOctet(layer: DepthwiseVectors, channel: Expr): readonly Stmt[] {
  const { rows, channels, perChannel, patch, input, width, zero } = layer;
  const at = add(mul(v("i"), channels), channel);
  const isUnsigned = input.tensor.dtype === "u8";
  const put = (place: Expr, value: Expr): Stmt => storeApart(patch, place, value, perChannel);
  const bytes = (ky: number): Expr => {
    const loaded = widen(input.buffer, add(v(`y${ky}`), at), octet);
    return isUnsigned ? intrinsic("subLanes", loaded, intrinsic("splat", 128)) : loaded;
  };
  const kys = Array.from({ length: rows.kernel }, (_, ky) => ky);
  return [
    forLoop(
      "i",
      v("inside"),
      kys.map((ky) => put(add(mul(add(v("from"), v("i")), rows.kernel), ky), bytes(ky))),
    ),
    ...kys
      .filter((ky) => mayLeave(layer, ky))
      .map((ky) => {
        const isOut = sub(1, mul(less(-1, yOf(layer, ky)), less(yOf(layer, ky), rows.size)));
        const place = add(mul(v(`o${ky}`), rows.kernel), ky);
        return forLoop(`o${ky}`, mul(isOut, width), [put(place, intrinsic("splat", zero))]);
      }),
  ];
}

function mayLeave({ rows }: DepthwiseVectors, ky: number): boolean {
  const last = (rows.positions - 1) * rows.stride - rows.before + ky;
  return ky < rows.before || last >= rows.size;
}
