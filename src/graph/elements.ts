import type { Shape } from "./graph.ts";

/** Elements of one image. */
export function elements(shape: Shape): number {
  return shape.h * shape.w * shape.c;
}

/** `32×32×3` */
export function formatShape(shape: Shape): string {
  return `${shape.h}×${shape.w}×${shape.c}`;
}
