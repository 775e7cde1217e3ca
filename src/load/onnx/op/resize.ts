/**
 * Resize and Upsample. ONNX has many rules for where a place of the output looks in the input; the graph has PyTorch's.
 * Whether they agree is found by comparing where each place looks.
 */
import { blends, type Blend } from "../../../graph/resample.ts";
import type { Pair, Upsample } from "../../../graph/graph.ts";
import { spatialInput } from "../../aten/forms.ts";
import { emit, fail, refuse } from "../../aten/operator.ts";
import type { Activation } from "../../value.ts";
import {
  activationInput,
  integerAttribute,
  optionalArray,
  textAttribute,
  type OnnxCall,
  type OnnxOperator,
} from "../call.ts";
import type { ArrayValue, OnnxValue } from "../value.ts";
import { pairOf } from "./window.ts";

export const resizes: Readonly<Record<string, OnnxOperator>> = {
  Resize: { run: resize },
  Upsample: { run: (call) => resize({ ...call, node: withOldRule(call) }) },
};

/** Upsample, and Resize of opset 10, look at place × size in / size out. */
function withOldRule({ node }: OnnxCall): OnnxCall["node"] {
  const rule = new Map(node.attributes);
  rule.set("coordinate_transformation_mode", { text: "asymmetric", floats: [], integers: [] });
  rule.set("nearest_mode", { text: "floor", floats: [], integers: [] });
  return { ...node, attributes: rule };
}

type Body = Omit<Upsample, "name" | "inputs" | "output">;

function resize(given: OnnxCall): OnnxValue {
  const call = { ...given, operation: "upsample", node: given.opset < 11 ? withOldRule(given) : given.node };
  const mode = textAttribute(call, "mode", "nearest");
  const whole = activationInput(call, 0);
  const dimensions = whole.shape.length - 2;
  if (dimensions !== 1 && dimensions !== 2)
    return refuse(call, `resizes ${whole.shape.join("x")}; images and signals are supported`);
  if (mode !== "nearest" && mode !== "linear")
    return refuse(call, `mode ${mode} is not supported; use nearest or bilinear`);
  if (integerAttribute(call, "antialias", 0) !== 0)
    return refuse(call, "antialias is not supported; resize without");
  const target = readTarget(call, whole);
  const input = spatialInput(call, whole, dimensions);
  const from = pairOf(input.shape.slice(-dimensions), 1);
  const kind = {
    kind: "upsample",
    mode: mode === "nearest" ? "nearest" : "bilinear",
    size: target.size,
  } as const;
  const { scale } = target;
  const candidates: Body[] = [
    { ...kind, alignCorners: false },
    ...(scale ? [{ ...kind, alignCorners: false, scale }] : []),
    ...(mode === "linear" ? [{ ...kind, alignCorners: true }] : []),
  ];
  const fitting = candidates.find((body) =>
    ([0, 1] as const).every((axis) => looksAlike(call, body, axis, from, scale)),
  );
  if (fitting) return emit(call, fitting, [input]);
  const rule = textAttribute(call, "coordinate_transformation_mode", "half_pixel");
  return refuse(
    call,
    `${mode} with ${rule} from ${from.join("x")} to ${target.size.join("x")} looks at other places than PyTorch's interpolate; export it from PyTorch`,
  );
}

interface Target {
  readonly size: Pair;
  readonly scale?: Pair;
}

/** Sizes, or scales: an input since opset 9, in opset 7 an attribute. */
function readTarget(call: OnnxCall, { shape }: Activation): Target {
  const isNew = call.opset >= 11;
  const [scales, sizes] = isNew
    ? [optionalArray(call, 2, "scales"), optionalArray(call, 3, "sizes")]
    : [optionalArray(call, 1, "scales"), undefined];
  const dims = readAxes(call, shape.length);
  const perDimension = (array: ArrayValue, own: (extent: number) => number): readonly number[] => {
    if (array.data.length !== dims.length)
      fail(call, `resizes ${dims.length} dimensions by ${array.data.length} numbers`);
    return shape.map((extent, dim) => (dims.includes(dim) ? array.data[dims.indexOf(dim)]! : own(extent)));
  };
  const given = call.node.attributes.get("scales")?.floats;
  const factors = given ?? (scales && scales.data.length > 0 ? perDimension(scales, () => 1) : undefined);
  const extents =
    factors?.map((factor, dim) => Math.floor(shape[dim]! * factor)) ??
    (sizes ? perDimension(sizes, (extent) => extent) : fail(call, "has neither scales nor sizes"));
  if (!factors && textAttribute(call, "keep_aspect_ratio_policy", "stretch") !== "stretch")
    fail(call, "keep_aspect_ratio_policy is not supported; give both sizes");
  if (extents[0] !== shape[0] || extents[1] !== shape[1])
    fail(
      call,
      `resizes the batch or the channels of ${shape.join("x")} to ${extents.join("x")}; only height and width can be`,
    );
  const isSize = extents.every((extent) => Number.isSafeInteger(extent) && extent >= 1 && extent < 1 << 16);
  if (!isSize) fail(call, `resizes ${shape.join("x")} to ${extents.join("x")}`);
  const size = pairOf(extents.slice(2), 1);
  return factors ? { size, scale: pairOf(factors.slice(2), 1) } : { size };
}

function readAxes(call: OnnxCall, rank: number): readonly number[] {
  const axes = call.node.attributes.get("axes")?.integers;
  return axes && axes.length > 0 ? axes.map((dim) => (dim < 0 ? dim + rank : dim)) : [...Array(rank).keys()];
}

/** Whether ONNX's rule and the node look at the same places with the same weights. */
function looksAlike(call: OnnxCall, body: Body, axis: 0 | 1, from: Pair, scale: Pair | undefined): boolean {
  const size = from[axis];
  const factor = scale?.[axis] ?? body.size[axis] / size;
  const ours = blends({ ...body, name: "", inputs: [], output: "" }, axis, size);
  return ours.every((blend, position) =>
    isAlike(blend, onnxPlace(call, position, size, body.size[axis], factor), call, size),
  );
}

function isAlike(blend: Blend, place: number, call: OnnxCall, size: number): boolean {
  const inside = Math.min(Math.max(place, 0), size - 1);
  if (textAttribute(call, "mode", "nearest") === "nearest")
    return blend.first === roundPlace(call, place, size);
  return Math.abs(blend.first + blend.weight - inside) < 1e-5 * size;
}

/** ONNX operator Resize, "coordinate_transformation_mode". */
function onnxPlace(
  call: OnnxCall,
  position: number,
  size: number,
  positions: number,
  factor: number,
): number {
  const mode = textAttribute(call, "coordinate_transformation_mode", "half_pixel");
  switch (mode) {
    case "half_pixel":
      return (position + 0.5) / factor - 0.5;
    case "pytorch_half_pixel":
      return positions > 1 ? (position + 0.5) / factor - 0.5 : 0;
    case "half_pixel_symmetric": {
      const adjustment = positions / (factor * size);
      return (size / 2) * (1 - adjustment) + (position + 0.5) / factor - 0.5;
    }
    case "align_corners":
      return positions > 1 ? (position * (size - 1)) / (factor * size - 1) : 0;
    case "asymmetric":
      return position / factor;
    case "tf_half_pixel_for_nn":
      return (position + 0.5) / factor;
    default:
      return fail(call, `coordinate_transformation_mode ${mode} is not supported; export it from PyTorch`);
  }
}

/** A quotient in floating point may lie just below the whole number it should be. */
const hair = 1e-6;

function roundPlace(call: OnnxCall, place: number, size: number): number {
  const mode = textAttribute(call, "nearest_mode", "round_prefer_floor");
  const rounded =
    mode === "floor"
      ? Math.floor(place + hair)
      : mode === "ceil"
        ? Math.ceil(place - hair)
        : mode === "round_prefer_ceil"
          ? Math.floor(place + 0.5 + hair)
          : Math.ceil(place - 0.5 - hair);
  return Math.min(Math.max(rounded, 0), size - 1);
}
