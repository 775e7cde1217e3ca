/** Images made larger: `pad`, `upsample`, `interpolate`, `pixel_shuffle`. */
import type { Padding, Pair } from "../../graph/graph.ts";
import { imageOf } from "../layout.ts";
import { sequenceItems, unknownValue } from "../value.ts";
import type { Activation, Value } from "../value.ts";
import { activation, flag, integer, integers, scalar } from "./arguments.ts";
import { conform, spatialInput } from "./forms.ts";
import { emit, fail, refuse, required } from "./operator.ts";
import type { Operator, OperatorCall, Parameters } from "./operator.ts";
import { pickChannels } from "./pointwise.ts";

type PadMode = "constant" | "reflect" | "replicate" | "circular";

function isPadMode(mode: Value | undefined): mode is PadMode {
  return mode === "constant" || mode === "reflect" || mode === "replicate" || mode === "circular";
}

const pad: Operator = {
  parameters: { input: required, pad: required, mode: "constant", value: null },
  run: (call) => {
    const { mode } = call.args;
    if (isPadMode(mode)) return padTo(call, mode);
    return refuse(call, `padding mode ${String(mode)} is not supported; use constant, reflect or replicate`);
  },
};

function padBy(mode: PadMode): Operator {
  return {
    parameters: { input: required, pad: required, value: null },
    run: (call) => padTo({ ...call, operation: "pad" }, mode),
  };
}

function upsample(mode: "nearest" | "bilinear", dimensions: 1 | 2): Operator {
  const sizes: Parameters = { input: required, output_size: required };
  const scales: Parameters = { scale_factors: null, scales_w: null };
  return {
    parameters:
      mode === "bilinear" ? { ...sizes, align_corners: required, ...scales } : { ...sizes, ...scales },
    run: (call) => {
      const input = spatialInput(call, activation(call, "input"), dimensions);
      const scale = readScale(call, dimensions);
      const size = readSize(call, input, scale, dimensions);
      const alignCorners = mode === "bilinear" && flag(call, "align_corners");
      return emit(call, { kind: "upsample", mode, alignCorners, size, ...(scale && { scale }) }, [input]);
    },
  };
}

const pixelShuffle: Operator = {
  parameters: { input: required, upscale_factor: required },
  run: (call) => {
    const input = spatialInput(call, activation(call, "input"), 2);
    const factor = integer(call, "upscale_factor");
    const channels = input.shape.at(-3)!;
    if (factor < 1 || channels % factor ** 2 !== 0)
      fail(
        call,
        `makes ${factor}x${factor} pixels of ${channels} channels, which do not divide; check --input`,
      );
    return emit(call, { kind: "pixelShuffle", factor }, [input]);
  },
};

export const resamplings: Readonly<Record<string, Operator>> = {
  pad,
  constant_pad_nd: padBy("constant"),
  reflection_pad1d: padBy("reflect"),
  reflection_pad2d: padBy("reflect"),
  replication_pad1d: padBy("replicate"),
  replication_pad2d: padBy("replicate"),
  upsample_nearest1d: upsample("nearest", 1),
  upsample_nearest2d: upsample("nearest", 2),
  upsample_linear1d: upsample("bilinear", 1),
  upsample_bilinear2d: upsample("bilinear", 2),
  pixel_shuffle: pixelShuffle,
};

/** [before, after] of the last dimension, then of the one before it; negative ones cut off. */
function padTo(call: OperatorCall, mode: PadMode): Value {
  const input = activation(call, "input");
  const amounts = integers(call, "pad");
  const rank = input.shape.length;
  if (amounts.length % 2 !== 0 || amounts.length > 2 * rank)
    return fail(call, `pads ${input.shape.join("x")} by ${amounts.join(", ")}`);
  const around = { h: [0, 0], w: [0, 0], c: [0, 0] } as Record<"h" | "w" | "c", [number, number]>;
  const { axes } = placed(input);
  for (let from = 0; from < amounts.length; from += 2) {
    const [before, after] = [amounts[from]!, amounts[from + 1]!];
    const axis = axes[rank - 1 - from / 2] ?? null;
    if (before === 0 && after === 0) continue;
    if (axis === null) return refuse(call, "padding the batch is not supported");
    around[axis] = [before, after];
  }
  const value = call.args.value === null ? 0 : (scalar(call, "value") ?? 0);
  const widened = padChannels(call, conform(call, input, axes), around.c, mode, value);
  return widened ? padImage(call, widened, around, mode, value) : unknownValue;
}

/** Dimensions of 1 take the axes they would have were they longer. */
function placed(input: Activation): Pick<Activation, "axes"> {
  const { shape } = input;
  const usual = (["w", "h", "c"] as const).slice(shape.length === 3 && shape[0] === 1 ? 1 : 0);
  const axes = input.axes.map((axis, dim) => {
    const candidate = usual[shape.length - 1 - dim] ?? null;
    return axis ?? (candidate && !input.axes.includes(candidate) ? candidate : null);
  });
  return { axes };
}

/** More channels of zeros: a convolution that copies the others. */
function padChannels(
  call: OperatorCall,
  input: Activation,
  [before, after]: readonly [number, number],
  mode: PadMode,
  value: number,
): Activation | undefined {
  if (before === 0 && after === 0) return input;
  if (mode !== "constant" || value !== 0 || before < 0 || after < 0) {
    refuse(call, "padding channels is supported with zeros only");
    return undefined;
  }
  const { c } = imageOf(input);
  const from = Array.from({ length: before + c + after }, (_, channel) =>
    channel >= before && channel < before + c ? channel - before : -1,
  );
  return pickChannels(call, input, from);
}

function padImage(
  call: OperatorCall,
  given: Activation,
  around: Readonly<Record<"h" | "w", readonly [number, number]>>,
  mode: PadMode,
  value: number,
): Activation {
  const [top, bottom] = around.h;
  const [left, right] = around.w;
  const image = imageOf(given);
  const cut = [top, bottom, left, right].map((amount) => Math.max(0, -amount)) as [
    number,
    number,
    number,
    number,
  ];
  const shape = { h: image.h - cut[0] - cut[1], w: image.w - cut[2] - cut[3], c: image.c };
  if (shape.h < 1 || shape.w < 1)
    fail(call, `cuts off all of its input ${given.shape.join("x")}; check --input`);
  const from = { h: cut[0], w: cut[2], c: 0 };
  const isCut = cut.some((amount) => amount > 0);
  const input = isCut
    ? emit({ ...call, operation: "slice" }, { kind: "slice", from, shape }, [given])
    : given;
  const padding: Padding = {
    top: Math.max(0, top),
    bottom: Math.max(0, bottom),
    left: Math.max(0, left),
    right: Math.max(0, right),
  };
  if (Object.values(padding).every((amount) => amount === 0)) return input;
  const [tallest, widest] = [Math.max(padding.top, padding.bottom), Math.max(padding.left, padding.right)];
  if (mode === "reflect" && (tallest >= shape.h || widest >= shape.w))
    fail(call, `reflects ${tallest} rows and ${widest} columns of ${shape.h}x${shape.w}; check --input`);
  if (mode === "circular") return wrap(call, wrap(call, input, "h", top, bottom), "w", left, right);
  return emit(call, { kind: "pad", padding, mode, value }, [input]);
}

/** The last `before` places first, and the first `after` places last. */
function wrap(
  call: OperatorCall,
  input: Activation,
  axis: "h" | "w",
  before: number,
  after: number,
): Activation {
  const image = imageOf(input);
  const extent = image[axis];
  if (before > extent || after > extent)
    fail(call, `wraps ${before} and ${after} of ${extent} places; check --input`);
  const part = (from: number, length: number): readonly Activation[] => {
    if (length <= 0) return [];
    const corner = { h: 0, w: 0, c: 0, [axis]: from };
    const shape = { ...image, [axis]: length };
    return [emit({ ...call, operation: "slice" }, { kind: "slice", from: corner, shape }, [input])];
  };
  const parts = [...part(extent - before, before), input, ...part(0, after)];
  return parts.length === 1 ? input : emit(call, { kind: "concat", axis }, parts);
}

/** Factors as the user gave them: a list, or one number a dimension. */
function readScale(call: OperatorCall, dimensions: 1 | 2): Pair | undefined {
  const { scale_factors: given, scales_w: second } = call.args;
  const items =
    sequenceItems(given)?.map(Number) ?? [given, second].filter((item) => typeof item === "number");
  const [height, width] = [items[0], dimensions === 1 ? 1 : (items[1] ?? items[0])];
  if (height === undefined || width === undefined) return undefined;
  return height > 0 && width > 0 ? [height, width] : fail(call, `enlarges by ${items.join(" and ")}`);
}

function readSize(call: OperatorCall, input: Activation, scale: Pair | undefined, dimensions: 1 | 2): Pair {
  const { h, w } = imageOf(input);
  if (call.args.output_size === null) {
    if (!scale) return fail(call, "has neither a size nor a factor");
    return [Math.floor(h * scale[0]), dimensions === 1 ? 1 : Math.floor(w * scale[1])];
  }
  const [height, width] = integers(call, "output_size");
  const size: Pair = [height ?? 0, dimensions === 1 ? 1 : (width ?? height ?? 0)];
  return size[0] > 0 && size[1] > 0 ? size : fail(call, `makes an image of ${size.join("x")}`);
}
