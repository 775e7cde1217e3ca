/** The weights of a depthwise convolution in the order of the patch. */
import type { ConstantData } from "../../loop/program.ts";
import { constant } from "../constants.ts";
import type { Depthwise, Plane } from "./depthwise.ts";

/** One product: a tap, or the taps that a pair of lanes has. `column` is that of the first, from the window's own. */
export interface Tap {
  readonly plane: Plane;
  readonly column: number;
  readonly taps: readonly (readonly [ky: number, kx: number])[];
}

/** The products of one channel, plane by plane. */
export function tapsOf({ planes, columns }: Depthwise): readonly Tap[] {
  const { kernel } = columns;
  return planes.flatMap((plane) => {
    const step = plane.kind === "neighbours" ? 2 : 1;
    return Array.from({ length: Math.ceil(kernel / step) }, (_, i): Tap => {
      const column = i * step;
      const second =
        plane.kind === "rows" ? ([plane.ky + 1, column] as const) : ([plane.ky, column + 1] as const);
      return {
        plane,
        column,
        taps: plane.kind === "row" ? [[plane.ky, column]] : [[plane.ky, column], second],
      };
    });
  });
}

/** Elements of the weights a channel has. */
export const weightsPerChannel = ({ options }: Depthwise, taps: readonly Tap[]): number =>
  options.lanes === 1 ? taps.length : Math.ceil(taps.length / 2);

/** One lane: bytes. Two: words of four bytes, the even ones of one pair of taps and the odd ones of the next. */
export function depthwiseWeights(depthwise: Depthwise): ConstantData {
  const { node, options, output } = depthwise;
  const taps = tapsOf(depthwise);
  const [, kh, kw] = node.weight.shape as readonly [number, number, number];
  const weight = (oc: number, [ky, kx]: readonly [number, number]): number =>
    kx < kw ? node.weight.data[(oc * kh + ky) * kw + kx]! : 0;
  const channels = Array.from({ length: output.c }, (_, oc) =>
    taps.map((tap) => tap.taps.map((t) => weight(oc, t))),
  );
  if (options.lanes === 1) return constant(node.name, "taps", Int8Array.from(channels.flat(2)));
  const words = channels.flatMap((pairs) =>
    Array.from({ length: Math.ceil(pairs.length / 2) }, (_, i) => {
      const [[a, b], [x, y]] = [pairs[2 * i]!, pairs[2 * i + 1] ?? [0, 0]] as [number[], number[]];
      return (a! & 255) | ((x! & 255) << 8) | ((b! & 255) << 16) | (y! << 24);
    }),
  );
  return constant(node.name, "taps", Int32Array.from(words));
}
