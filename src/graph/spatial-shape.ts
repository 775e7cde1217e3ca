import { CompileError } from "../error.ts";
import type { AdaptivePool2d, ConvTranspose2d, Pad, Pair, PixelShuffle, Shape, Upsample } from "./graph.ts";
import { paddingAlong } from "./resample.ts";

/** Shape rules of the kinds that change the size of an image without a sliding window. */

/** PyTorch refuses a reflection beyond the image as well: there is nothing to mirror. */
export function padShape(node: Pad, input: Shape): Shape {
  for (const axis of [0, 1] as const) {
    const size = axis === 0 ? input.h : input.w;
    const most = Math.max(...paddingAlong(node.padding, axis));
    if (node.mode === "reflect" && most >= size) {
      throw new CompileError(
        `${node.name}: reflects ${most} places of an image with ${size}; pad by at most ${size - 1}`,
      );
    }
    if (Math.min(...paddingAlong(node.padding, axis)) < 0) {
      throw new CompileError(`${node.name}: has negative padding; slice the image instead`);
    }
  }
  const { top, bottom, left, right } = node.padding;
  return { h: input.h + top + bottom, w: input.w + left + right, c: input.c };
}

export function resizedShape(node: Upsample | AdaptivePool2d, input: Shape): Shape {
  expectSize(node.name, node.size);
  return { h: node.size[0], w: node.size[1], c: input.c };
}

export function pixelShuffleShape({ name, factor }: PixelShuffle, input: Shape): Shape {
  if (input.c % factor ** 2 !== 0) {
    throw new CompileError(
      `${name}: shuffles ${input.c} channels into ${factor}×${factor} pixels; ` +
        `give it a multiple of ${factor ** 2} channels`,
    );
  }
  return { h: input.h * factor, w: input.w * factor, c: input.c / factor ** 2 };
}

/** torch.nn.ConvTranspose2d, "Shape". */
export function convTransposeShape(node: ConvTranspose2d, input: Shape): Shape {
  const { name, window, groups, weight } = node;
  const wanted = weight.shape[3]! * groups;
  if (wanted !== input.c) {
    throw new CompileError(
      `${name}: its weights are for ${wanted} channels, but its input has ${input.c}; check --input`,
    );
  }
  const [h, w] = ([0, 1] as const).map((axis) => {
    const [before, after] = paddingAlong(window.padding, axis);
    const last = ((axis === 0 ? input.h : input.w) - 1) * window.stride[axis];
    const reach = window.dilation[axis] * (window.kernel[axis] - 1) + 1;
    return last + reach + node.outputPadding[axis] - before - after;
  }) as [number, number];
  expectSize(name, [h, w]);
  return { h, w, c: weight.shape[0]! };
}

function expectSize(name: string, [h, w]: Pair): void {
  if (h >= 1 && w >= 1) return;
  throw new CompileError(`${name}: gives an image of ${h}×${w}; use a larger input or less padding`);
}
