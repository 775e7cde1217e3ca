/** Arithmetic on known arrays: what shapes, axes and weights are computed with before any layer runs. */
import { countElements } from "../tensor.ts";
import { emptyData, type ElementType, type TensorData } from "./tensor-proto.ts";
import type { ArrayValue } from "./value.ts";

export function makeArray(
  name: string,
  type: ElementType,
  shape: readonly number[],
  data: TensorData,
): ArrayValue {
  return { kind: "array", name, type, shape, data };
}

/** An array of `shape` with each element computed from its place along every dimension. */
export function fillArray(
  name: string,
  type: ElementType,
  shape: readonly number[],
  element: (place: readonly number[], index: number) => number,
): ArrayValue {
  const data = emptyData(type, countElements(shape));
  const place = shape.map(() => 0);
  for (let index = 0; index < data.length; ++index) {
    data[index] = element(place, index);
    for (let dim = shape.length - 1; dim >= 0; --dim) {
      place[dim]! += 1;
      if (place[dim]! < shape[dim]!) break;
      place[dim] = 0;
    }
  }
  return makeArray(name, type, shape, data);
}

/** Elements from one place of a dimension to the next, densely. */
export function stridesOf(shape: readonly number[]): readonly number[] {
  const strides = shape.map(() => 1);
  for (let dim = shape.length - 2; dim >= 0; --dim) strides[dim] = strides[dim + 1]! * shape[dim + 1]!;
  return strides;
}

/** The index of a place in an array of `shape` that is broadcast to the place's rank; NumPy's rule. */
export function broadcastIndex(place: readonly number[], shape: readonly number[]): number {
  const skip = place.length - shape.length;
  let index = 0;
  shape.forEach((extent, dim) => (index = index * extent + (extent === 1 ? 0 : place[skip + dim]!)));
  return index;
}

/** The shape two broadcast to, or undefined. */
export function broadcastShape(a: readonly number[], b: readonly number[]): readonly number[] | undefined {
  const rank = Math.max(a.length, b.length);
  const shape: number[] = [];
  for (let dim = 0; dim < rank; ++dim) {
    const left = a[dim - rank + a.length] ?? 1;
    const right = b[dim - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1) return undefined;
    shape.push(left === 1 ? right : left);
  }
  return shape;
}

export function transposeArray(array: ArrayValue, order: readonly number[]): ArrayValue {
  const shape = order.map((dim) => array.shape[dim]!);
  const own = stridesOf(array.shape);
  const strides = order.map((dim) => own[dim]!);
  const indexOf = (place: readonly number[]): number =>
    place.reduce((sum, at, dim) => sum + at * strides[dim]!, 0);
  const moved = fillArray(array.name, array.type, shape, (place) => array.data[indexOf(place)]!);
  const { scales } = array;
  return scales ? { ...moved, scales: { ...scales, axis: order.indexOf(scales.axis) } } : moved;
}

/** `count` elements along `dim`, `step` apart from `start` on. */
export function sliceArray(
  array: ArrayValue,
  dim: number,
  { start, step, count }: { readonly start: number; readonly step: number; readonly count: number },
): ArrayValue {
  const shape = array.shape.with(dim, count);
  const strides = stridesOf(array.shape);
  return fillArray(array.name, array.type, shape, (place) => {
    const index = place.reduce(
      (sum, at, axis) => sum + (axis === dim ? start + at * step : at) * strides[axis]!,
      0,
    );
    return array.data[index]!;
  });
}

export function concatArrays(arrays: readonly ArrayValue[], dim: number): ArrayValue {
  const [first] = arrays as readonly [ArrayValue];
  const total = arrays.reduce((sum, { shape }) => sum + shape[dim]!, 0);
  const shape = first.shape.with(dim, total);
  const outer = countElements(shape.slice(0, dim));
  const inner = countElements(shape.slice(dim + 1));
  const data = emptyData(first.type, countElements(shape));
  let at = 0;
  for (let row = 0; row < outer; ++row) {
    for (const array of arrays) {
      const length = array.shape[dim]! * inner;
      for (let index = 0; index < length; ++index) data[at++] = array.data[row * length + index]!;
    }
  }
  return makeArray(first.name, first.type, shape, data);
}

const integerTypes: ReadonlySet<ElementType> = new Set([
  "u8",
  "i8",
  "u16",
  "i16",
  "u32",
  "i32",
  "u64",
  "i64",
]);

export function isIntegerType(type: ElementType): boolean {
  return integerTypes.has(type);
}
