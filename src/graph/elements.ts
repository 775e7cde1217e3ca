import type { DType, Shape } from "./graph.ts";

/** Bytes of an element of an activation. */
export const elementBytes: Readonly<Record<DType, number>> = { f32: 4, i16: 2, i8: 1, u8: 1 };

/** Elements of one image. */
export function elements(shape: Shape): number {
  return shape.h * shape.w * shape.c;
}

/** `32×32×3` */
export function formatShape(shape: Shape): string {
  return `${shape.h}×${shape.w}×${shape.c}`;
}
