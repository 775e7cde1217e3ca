/**
 * The graph: what a network computes, and nothing about how.
 *
 * Meaning. A graph maps its input tensors to its output tensors; nodes are in an order in which they can run. Every
 * activation is one image of shape (h, w, c), stored HWC; the batch is always 1. A vector of n features is 1×1×n and
 * a 1-D signal of length L with C channels is L×1×C, so that its rows are its time steps. Convolution weights are
 * OHWI. Graphs are immutable: a pass returns a new one.
 *
 * The same node kinds serve float and int8 graphs. In an int8 graph every activation carries a `quantization` and
 * every node that needs fixed-point arithmetic carries its integers (`requantize`); see `quantized.ts` for what they
 * mean. `evaluate.ts` is the meaning of every kind, in both.
 */

/**
 * Element type of an activation. `u8` is what follows a ReLU: the same numbers as `i8` with zero point −128. `i16` is
 * TensorFlow Lite's int16x8: symmetric, zero point 0; never a network's input or output.
 */
export type DType = "f32" | "i8" | "u8" | "i16";

/** Height, width, channels; stored with channels fastest. */
export interface Shape {
  readonly h: number;
  readonly w: number;
  readonly c: number;
}

/** TensorFlow Lite's affine quantisation, per tensor: real = scale × (q − zeroPoint). */
export interface Quantization {
  readonly scale: number;
  readonly zeroPoint: number;
}

export interface Tensor {
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: DType;
  /** Present exactly when `dtype` is not `f32`. */
  readonly quantization?: Quantization;
}

/** A constant array; `shape` is outermost first, e.g. (OC, KH, KW, IC). */
export interface Constant<Data = Float32Array | Int8Array | Int32Array> {
  readonly shape: readonly number[];
  readonly data: Data;
}

/** [height, width]. */
export type Pair = readonly [number, number];

export interface Padding {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** A sliding window over rows and columns. Places where a window leaves the image are padding. */
export interface Window {
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly padding: Padding;
  readonly dilation: Pair;
}

/**
 * Result limits of a fused activation: ReLU is [0, Infinity], ReLU6 [0, 6].
 * In a float graph in real units; in an int8 graph in units of the output's bytes, and always present.
 */
export interface Clamp {
  readonly min: number;
  readonly max: number;
}

/** Fixed-point multipliers, one per output channel: real = multiplier × 2^(shift − 31), multiplier in [2^30, 2^31). */
export interface Requantize {
  readonly multiplier: Int32Array;
  readonly shift: Int32Array;
  /** Rounded once, as PyTorch does and files that it quantised expect; else twice, as TensorFlow Lite does. */
  readonly roundsOnce?: boolean;
}

interface NodeBase {
  /** Unique; the `nn.Module` path where there is one, e.g. `features.0`. */
  readonly name: string;
  readonly inputs: readonly string[];
  readonly output: string;
}

/**
 * Convolution, then clamp, then (if `pool` is there) the maximum over a pooling window of its results.
 * The output tensor's shape is the pooled one.
 */
export interface Conv2d extends NodeBase {
  readonly kind: "conv2d";
  readonly window: Window;
  readonly groups: number;
  /** (OC, KH, KW, IC / groups): Float32Array, or Int8Array in an int8 graph (per-channel symmetric). */
  readonly weight: Constant<Float32Array | Int8Array>;
  /** Of int8 graphs: weights are in [−7, 7], and kernels may keep two in a byte; or 1 and −1, and eight in a byte. */
  readonly weightBits?: 4 | 1;
  /** (OC): Float32Array, or Int32Array in an int8 graph, with scale = input scale × weight scale of the channel. */
  readonly bias: Constant<Float32Array | Int32Array>;
  readonly clamp?: Clamp;
  readonly pool?: Window;
  readonly requantize?: Requantize;
}

/** A fully connected layer over its whole input: a convolution whose kernel is as large as its input. */
export interface Linear extends NodeBase {
  readonly kind: "linear";
  /** (OUT, H, W, C) of the input's own shape, so in HWC order. */
  readonly weight: Constant<Float32Array | Int8Array>;
  /** Of int8 graphs: weights are in [−7, 7], and kernels may keep two in a byte; or 1 and −1, and eight in a byte. */
  readonly weightBits?: 4 | 1;
  /** (OUT). */
  readonly bias: Constant<Float32Array | Int32Array>;
  readonly clamp?: Clamp;
  readonly requantize?: Requantize;
}

/** Per channel: (x − mean) / sqrt(variance + eps) × weight + bias. Float graphs only; `pass/` folds or replaces it. */
export interface BatchNorm extends NodeBase {
  readonly kind: "batchNorm";
  readonly weight: Float32Array;
  readonly bias: Float32Array;
  readonly mean: Float32Array;
  readonly variance: Float32Array;
  readonly eps: number;
}

/** ReLU, ReLU6, hardtanh, clamp: the input limited to [min, max]. */
export interface ClampNode extends NodeBase {
  readonly kind: "clamp";
  readonly clamp: Clamp;
}

/** Padding never wins: it is not among the values compared. */
export interface MaxPool2d extends NodeBase {
  readonly kind: "maxPool2d";
  readonly window: Window;
}

export interface AvgPool2d extends NodeBase {
  readonly kind: "avgPool2d";
  readonly window: Window;
  readonly countIncludePad: boolean;
  /**
   * Sums are divided by this instead of the number of taps: PyTorch's divisor_override; 1 gives sums. In an int8 graph
   * it is at least the number of taps, so that results are bytes.
   */
  readonly divisor?: number;
}

/**
 * The mean or the maximum of a bin of the input per output pixel, where sizes do not divide: bin i of n along an axis
 * of s places is [floor(i × s / n), ceil((i + 1) × s / n)).
 */
export interface AdaptivePool2d extends NodeBase {
  readonly kind: "adaptivePool2d";
  readonly fn: "avg" | "max";
  /** Of the output. */
  readonly size: Pair;
}

/** The input with a border. Quantisation is kept. */
export interface Pad extends NodeBase {
  readonly kind: "pad";
  readonly padding: Padding;
  readonly mode: "constant" | "reflect" | "replicate";
  /** What a constant border holds: in an int8 graph a byte. */
  readonly value: number;
}

/** The image resized by PyTorch's `interpolate`; `resample.ts` says from where. Quantisation is kept. */
export interface Upsample extends NodeBase {
  readonly kind: "upsample";
  readonly mode: "nearest" | "bilinear";
  /** Of bilinear: corners keep their values. */
  readonly alignCorners: boolean;
  /** Of the output. */
  readonly size: Pair;
  /** The factors the user gave, from which PyTorch takes source places; without them from the ratio of the sizes. */
  readonly scale?: Pair;
}

/** (h, w, c × f²) becomes (h × f, w × f, c): f² channels become f × f pixels. Quantisation is kept. */
export interface PixelShuffle extends NodeBase {
  readonly kind: "pixelShuffle";
  readonly factor: number;
}

/**
 * Transposed convolution, then clamp: every input pixel spreads its weighted kernel over the output, `stride` apart;
 * padding is cut off the result, output padding added at the bottom and right.
 */
export interface ConvTranspose2d extends NodeBase {
  readonly kind: "convTranspose2d";
  readonly window: Window;
  readonly outputPadding: Pair;
  readonly groups: number;
  /** (OC, KH, KW, IC / groups), not flipped: tap (ky, kx) goes to output iy × stride − top + ky × dilation. */
  readonly weight: Constant<Float32Array | Int8Array>;
  /** (OC), as of `Conv2d`. */
  readonly bias: Constant<Float32Array | Int32Array>;
  readonly clamp?: Clamp;
  readonly requantize?: Requantize;
}

/** The integers of TensorFlow Lite's int8 ADD; see `quantized.ts`. */
export interface RequantizeAdd {
  readonly leftShift: number;
  readonly left: Requantize;
  readonly right: Requantize;
  readonly output: Requantize;
}

/**
 * Element-wise sum, then clamp. The right operand has the left's shape, or is 1×1×C or 1×1×1 and repeated over space
 * (and channels); so it is with `sub` and `mul`.
 */
export interface Add extends NodeBase {
  readonly kind: "add";
  readonly clamp?: Clamp;
  readonly requantize?: RequantizeAdd;
}

/** Element-wise difference, left less right, then clamp. */
export interface Sub extends NodeBase {
  readonly kind: "sub";
  readonly clamp?: Clamp;
  readonly requantize?: RequantizeAdd;
}

/** Element-wise product, then clamp. */
export interface Mul extends NodeBase {
  readonly kind: "mul";
  readonly clamp?: Clamp;
  /** One multiplier: left scale × right scale / output scale. */
  readonly requantize?: Requantize;
}

/** PyTorch's functions of one number. `identity` stands in int8 graphs between two quantisations of one tensor. */
export type ActivationFunction =
  "leakyRelu" | "prelu" | "elu" | "silu" | "hardswish" | "hardsigmoid" | "sigmoid" | "tanh" | "identity";

/** A function of each element alone; `transcendental.ts` says what its float value is, to the bit. */
export interface ActivationNode extends NodeBase {
  readonly kind: "activation";
  readonly fn: ActivationFunction;
  /** leakyRelu, prelu: the slope below 0, one or one a channel. elu: alpha. Else empty. */
  readonly parameter: Float32Array;
  /** Of int8 graphs: 256 output bytes (times C, if a slope a channel), by input byte: q of u8, q + 128 of i8. */
  readonly table?: Int8Array | Uint8Array;
}

/** Softmax, or its logarithm, over the channels of each pixel. */
export interface Softmax extends NodeBase {
  readonly kind: "softmax";
  readonly log: boolean;
  /** Of int8 graphs: what each distance from the greatest byte counts; see `quantized-softmax.ts`. */
  readonly table?: Int32Array;
}

/** PyTorch's flatten(1): (h, w, c) becomes 1×1×(c·h·w) in CHW order. `pass/` absorbs it into the weights that follow. */
export interface Flatten extends NodeBase {
  readonly kind: "flatten";
}

export type AxisName = "h" | "w" | "c";

/** The inputs one after another along an axis. In an int8 graph all of them have the output's quantisation. */
export interface Concat extends NodeBase {
  readonly kind: "concat";
  readonly axis: AxisName;
}

/** A box of the input. `chunk`, `split`, `select` and `narrow` are slices. Quantisation is kept. */
export interface Slice extends NodeBase {
  readonly kind: "slice";
  /** Where in the input the box begins. */
  readonly from: Shape;
  /** The size of the box, which is the output's shape. */
  readonly shape: Shape;
}

/** Axis a of the output, in the order h, w, c, is axis `order[a]` of the input. Quantisation is kept. */
export interface Transpose extends NodeBase {
  readonly kind: "transpose";
  readonly order: readonly AxisName[];
}

/** PyTorch's view: the values in CHW order, read as CHW of another shape. Quantisation is kept. */
export interface Reshape extends NodeBase {
  readonly kind: "reshape";
  readonly shape: Shape;
}

/** Dropout in evaluation, nn.Identity and the like: the input, renamed. */
export interface Identity extends NodeBase {
  readonly kind: "identity";
}

export type Node =
  | Conv2d
  | Linear
  | BatchNorm
  | ClampNode
  | MaxPool2d
  | AvgPool2d
  | AdaptivePool2d
  | Pad
  | Upsample
  | PixelShuffle
  | ConvTranspose2d
  | Add
  | Sub
  | Mul
  | ActivationNode
  | Softmax
  | Concat
  | Slice
  | Transpose
  | Reshape
  | Flatten
  | Identity;

export interface Graph {
  /** A C identifier, lower case: the prefix of everything generated. */
  readonly name: string;
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly nodes: readonly Node[];
}
