/** Tensors as files hold them, dimension by dimension, and as graphs do, images stored HWC: from the one to the other. */
import type { Activation } from "../src/graph/activation.ts";
import type { Graph } from "../src/graph/graph.ts";
import { dequantizeValue } from "../src/graph/quantized.ts";
import type { Port } from "../src/load/loaded.ts";
import { quantizeInput } from "../src/pass/quantize.ts";

/** An array, last dimension fastest. */
export interface Numbers {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/** Where in the image the elements of a port lie, in the file's order. */
export function placesOf(graph: Graph, { name, shape, axes }: Port): readonly number[] {
  const { w, c } = graph.tensors.get(name)!.shape;
  const strides = { h: w * c, w: c, c: 1 };
  let places = [0];
  shape.forEach((extent, dim) => {
    const axis = axes[dim];
    const stride = axis ? strides[axis] : 0;
    places = places.flatMap((place) => Array.from({ length: extent }, (_, at) => place + at * stride));
  });
  return places;
}

/** Item `item` of `items` of a file's array as the graph takes it; real numbers become bytes where it takes bytes. */
export function feedOf(graph: Graph, port: Port, { data }: Numbers, item: number, items: number): Activation {
  const places = placesOf(graph, port);
  const from = (item * data.length) / items;
  const tensor = graph.tensors.get(port.name)!;
  const real = new Float32Array(places.length);
  places.forEach((place, index) => (real[place] = data[from + index]!));
  if (tensor.dtype === "f32") return real;
  if (data instanceof Uint8Array) return Uint8Array.from(real);
  return data instanceof Int8Array ? Int8Array.from(real) : quantizeInput(tensor, real);
}

/** The worst error: relative to the largest number of a float output, in steps of the scale of a quantised one. */
export function compareTensors(
  graph: Graph,
  port: Port,
  values: Activation,
  expected: Numbers,
  item: number,
  items: number,
): number {
  const places = placesOf(graph, port);
  const from = (item * expected.data.length) / items;
  if (places.length * items !== expected.data.length) return Infinity;
  const { quantization } = graph.tensors.get(port.name)!;
  const isBytes = expected.data instanceof Uint8Array || expected.data instanceof Int8Array;
  const own = places.map((place) =>
    quantization && !isBytes ? dequantizeValue(values[place]!, quantization) : values[place]!,
  );
  const unit = quantization ? (isBytes ? 1 : quantization.scale) : largestOf(expected.data);
  return own.reduce((worst, value, index) => {
    const wanted = expected.data[from + index]!;
    return Object.is(value, wanted) || value === wanted
      ? worst
      : Math.max(worst, Math.abs(value - wanted) / unit);
  }, 0);
}

function largestOf(data: ArrayLike<number>): number {
  let largest = 1e-6;
  for (let index = 0; index < data.length; ++index) {
    const size = Math.abs(data[index]!);
    if (size > largest && size < Infinity) largest = size;
  }
  return largest;
}
