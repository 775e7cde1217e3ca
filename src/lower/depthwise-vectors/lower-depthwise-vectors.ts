/** A depthwise convolution by vectors as a kernel: tiles of columns, in each eight channels, of which four at a time are summed. */
import { add, addDot16, declare, four, intrinsic, min, mul, row, v, widen } from "../../loop/build.ts";
import type { Expr, Stmt } from "../../loop/ir.ts";
import { turns } from "../axis.ts";
import type { Lowered } from "../lowered.ts";
import { identifier } from "../name.ts";
import { rowStart } from "../ring.ts";
import { declareScaleFour, startsOfFour, storeFour } from "../scaling.ts";
import { octet, quad, vectorBytes, type DepthwiseVectors } from "./layer.ts";
import { beginTile, fillOctet } from "./patch.ts";

export function lowerDepthwiseVectors(layer: DepthwiseVectors): Lowered {
  const { node, output, columns, tile, tiles, channels, patch, weights, scaling } = layer;
  const octets = Math.ceil(channels / octet);
  const body = turns("tile", tiles, (t) => {
    const px = min(mul(t, tile), columns.positions - tile);
    return [
      ...beginTile(layer, px),
      declare("out", add(rowStart(output, row), mul(px, channels))),
      // The last eight channels overlap those before, where eight do not divide them.
      ...turns("octet", octets, (o) => {
        const channel = min(mul(o, octet), channels - octet);
        return [
          ...fillOctet(layer, channel),
          ...turns("half", octet / quad, (h) => sumsOfQuad(layer, channel, mul(h, quad))),
        ];
      }),
    ];
  });
  return {
    kernel: { name: identifier(node.name), layer: node.name, ordered: true, body },
    constants: [weights, scaling.table],
    scratch: [{ buffer: patch, node: node.name }],
  };
}

const range = (length: number): readonly number[] => Array.from({ length }, (_, i) => i);

/** Four channels, `first` on from the octet's own, of all columns of the tile. */
function sumsOfQuad(layer: DepthwiseVectors, octetAt: Expr, first: Expr): readonly Stmt[] {
  const { tile, rows, columns, perChannel, vectors, weights, channels, scaling } = layer;
  const oc = add(octetAt, first);
  const weight = (i: number, vector: number): string => `w${i}v${vector}`;
  const loaded = range(quad).flatMap((i) =>
    range(vectors).map((vector) => {
      const at = add(mul(oc, vectors * vectorBytes), (i * vectors + vector) * vectorBytes);
      return declare(weight(i, vector), widen(weights.buffer, at, vectorBytes));
    }),
  );
  const step = columns.stride * rows.kernel;
  const sumAt = (px: Expr, i: number): Expr =>
    range(vectors).reduce<Expr>((sum, vector) => {
      const from = add(mul(first, perChannel), mul(px, step), i * perChannel + vector * vectorBytes);
      const x = widen(layer.patch, from, vectorBytes);
      const w = v(weight(i, vector), "i8x16");
      return vector === 0 ? intrinsic("dot16", x, w) : addDot16(sum, x, w);
    }, v(""));
  return [
    ...loaded,
    ...declareScaleFour(scaling, oc),
    declare("to", add(v("out"), oc)),
    ...turns("px", tile, (px) => {
      const names = range(quad).map((i) => `sum${i}`);
      const [a, b, x, y] = names.map((name) => v(name));
      const sums = intrinsic("addLanes", four(a!, b!, x!, y!), startsOfFour());
      return [
        ...names.map((name, i) => declare(name, sumAt(px, i))),
        storeFour(scaling, sums, add(v("to"), mul(px, channels))),
      ];
    }),
  ];
}
