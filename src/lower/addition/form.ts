/**
 * A sum of two bytes as one linear form: byte = clamp((a × left + b × right + constant) >> shift), in 32 bits.
 *
 * TensorFlow Lite's ADD rounds three times, twice each. But its operands are bytes, so that there are 65,536 sums and no more:
 * a form is right if it gives the byte of each. The real factors nearly always do; where two sums come too close to a
 * half, factors beside them are tried. A sum rises with a byte or falls, so that the sums next to a change of the byte decide.
 */
import { byteLimits, requantizeSum } from "../../graph/quantized.ts";
import type { Add, Clamp, Requantize, Sub, Tensor } from "../../graph/graph.ts";

export interface Form {
  readonly left: number;
  readonly right: number;
  readonly constant: number;
  readonly shift: number;
}

/** The bytes of a sum that decide, and on which side of a change: at least q × 2^shift, or less than (q + 1) × 2^shift. */
interface Edges {
  readonly a: Int16Array;
  readonly b: Int16Array;
  /** q, or q + 1. */
  readonly bound: Int16Array;
}

interface Task {
  readonly least: Edges;
  readonly most: Edges;
  readonly shift: number;
  /** The largest magnitudes of the operands' bytes. */
  readonly reach: readonly [number, number];
}

const known = new WeakMap<Add | Sub, Form | undefined>();

/** Undefined where there is none, or none was found. Depends on the node alone, whose tensors are these. */
export function formOf(node: Add | Sub, tensors: readonly [Tensor, Tensor, Tensor]): Form | undefined {
  if (!known.has(node)) known.set(node, findForm(node, tensors));
  return known.get(node);
}

/** The byte of each pair of bytes, as the evaluator computes it. */
export function byteOf(
  node: Add | Sub,
  [left, right, output]: readonly [Tensor, Tensor, Tensor],
): (a: number, b: number) => number {
  const [za, zb, zero] = [left, right, output].map((t) => t.quantization!.zeroPoint) as [
    number,
    number,
    number,
  ];
  const { min, max } = clampOf(node, output);
  const sign = node.kind === "add" ? 1 : -1;
  return (a, b) =>
    Math.min(Math.max(zero + requantizeSum(a - za, sign * (b - zb), node.requantize!), min), max);
}

export const clampOf = (node: Add | Sub, output: Tensor): Clamp => node.clamp ?? bytesOf(output);

const bytesOf = ({ dtype }: Tensor): Clamp => byteLimits(dtype as "i8" | "u8");

function findForm(node: Add | Sub, tensors: readonly [Tensor, Tensor, Tensor]): Form | undefined {
  const { left, right, output, leftShift } = node.requantize!;
  const scale = 2 ** leftShift * realOf(output);
  const factors = [realOf(left) * scale, (node.kind === "add" ? 1 : -1) * realOf(right) * scale] as const;
  const shift = mostShift(factors, tensors);
  if (shift < 1) return undefined;
  const reach = [reachOf(tensors[0]), reachOf(tensors[1])] as const;
  const task: Task = { ...edgesOf(node, tensors), shift, reach };
  return searched(task, Math.round(factors[0] * 2 ** shift), Math.round(factors[1] * 2 ** shift));
}

const realOf = ({ multiplier, shift }: Requantize): number => multiplier[0]! * 2 ** (shift[0]! - 31);

/** The largest at which no sum leaves 32 bits, with room for the constant and for factors beside the real ones. */
function mostShift(
  [left, right]: readonly [number, number],
  tensors: readonly [Tensor, Tensor, Tensor],
): number {
  const reach = (factor: number, tensor: Tensor): number => {
    const { min, max } = bytesOf(tensor);
    const { zeroPoint } = tensor.quantization!;
    return Math.abs(factor) * (max - min + Math.abs(zeroPoint));
  };
  const most = reach(left, tensors[0]) + reach(right, tensors[1]) + 2 * 256;
  return Math.min(24, Math.floor(Math.log2(2 ** 31 / most)));
}

/** The sums next to a change of the byte as `b` rises, for every `a`. */
function edgesOf(node: Add | Sub, tensors: readonly [Tensor, Tensor, Tensor]): Pick<Task, "least" | "most"> {
  const of = byteOf(node, tensors);
  const [as, bs] = [bytesOf(tensors[0]), bytesOf(tensors[1])];
  const { min, max } = clampOf(node, tensors[2]);
  const least: number[][] = [];
  const most: number[][] = [];
  const step = node.kind === "add" ? 1 : -1;
  const [first, last] = step > 0 ? [bs.min, bs.max] : [bs.max, bs.min];
  for (let a = as.min; a <= as.max; a++) {
    let before = min;
    for (let b = first; b !== last + step; b += step) {
      const q = of(a, b);
      if (q > before || (b === first && q > min)) least.push([a, b, q]);
      if (b !== first && q > before && before < max) most.push([a, b - step, before + 1]);
      before = q;
    }
    if (before < max) most.push([a, last, before + 1]);
  }
  return { least: columns(least), most: columns(most) };
}

const columns = (rows: readonly (readonly number[])[]): Edges => ({
  a: Int16Array.from(rows, ([a]) => a!),
  b: Int16Array.from(rows, ([, b]) => b!),
  bound: Int16Array.from(rows, ([, , bound]) => bound!),
});

/** From the real factors on to the neighbours that leave the constant more room, until it has any. */
function searched(task: Task, left: number, right: number): Form | undefined {
  let best = roomOf(task, left, right);
  for (let step = 64; step >= 1 && !best.form; step >>= 1) {
    for (let next = best; ; best = next) {
      for (const [x, y] of directions) {
        const other = roomOf(task, best.left + x * step, best.right + y * step);
        if (other.room > next.room) next = other;
      }
      if (next === best || best.form) break;
    }
  }
  return best.form;
}

const directions = [-1, 0, 1].flatMap((x) => [-1, 0, 1].map((y) => [x, y] as const));

interface Tried {
  readonly left: number;
  readonly right: number;
  /** Constants that are right less one; negative if there is none. */
  readonly room: number;
  readonly form: Form | undefined;
}

/** The constant must lift every sum to its byte and none to the next: it lies between two bounds, or there is none. */
function roomOf({ least, most, shift, reach }: Task, left: number, right: number): Tried {
  const unit = 2 ** shift;
  const missing = ({ a, b, bound }: Edges, i: number): number =>
    bound[i]! * unit - a[i]! * left - b[i]! * right;
  let low = -(2 ** 31);
  let high = 2 ** 31;
  for (let i = 0; i < least.a.length; i++) low = Math.max(low, missing(least, i));
  for (let i = 0; i < most.a.length; i++) high = Math.min(high, missing(most, i) - 1);
  const form =
    low > high
      ? undefined
      : withinWords({ left, right, constant: Math.floor((low + high) / 2), shift }, reach);
  return { left, right, room: high - low, form };
}

/** The form, unless a sum could leave 32 bits. */
function withinWords(form: Form, [a, b]: Task["reach"]): Form | undefined {
  const most = a * Math.abs(form.left) + b * Math.abs(form.right) + Math.abs(form.constant);
  return most < 2 ** 31 ? form : undefined;
}

function reachOf(tensor: Tensor): number {
  const { min, max } = bytesOf(tensor);
  return Math.max(-min, max);
}
