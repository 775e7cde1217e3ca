import type { Tensor } from "./graph.ts";
import { elements } from "./elements.ts";

/** The values of one tensor, HWC. */
export type Activation = Float32Array | Int8Array | Uint8Array | Int16Array;

/** Room for a tensor's values, all zero. */
export function activationOf({ shape, dtype }: Pick<Tensor, "shape" | "dtype">): Activation {
  switch (dtype) {
    case "f32":
      return new Float32Array(elements(shape));
    case "i8":
      return new Int8Array(elements(shape));
    case "u8":
      return new Uint8Array(elements(shape));
    case "i16":
      return new Int16Array(elements(shape));
  }
}
