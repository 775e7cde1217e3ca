/**
 * One layer as a call of CMSIS-NN's int8 functions (`arm_nnfunctions.h`): parameters in its structures, weights in its
 * layouts: OHWI of a convolution, 1HWC of a depthwise one, rows of outputs of a linear layer.
 */
import { CompileError } from "../../error.ts";
import { byteTypeOf } from "../../graph/byte-type.ts";
import { tensorOf } from "../../graph/build.ts";
import { describe } from "../../graph/describe.ts";
import type {
  Add,
  AvgPool2d,
  Clamp,
  Conv2d,
  Graph,
  Linear,
  MaxPool2d,
  Node,
  Window,
} from "../../graph/graph.ts";
import type { Shape, Tensor } from "../../graph/graph.ts";
import { byteLimits, quantizeMultiplier } from "../../graph/quantized.ts";

export interface LayerCall {
  /** Statements; `failed` becomes nonzero where the library refuses. */
  readonly text: string;
  readonly constants: readonly ConstantArray[];
  /** Statements that declare `bytes`: what the library asks for as working memory. */
  readonly scratchBytes?: string;
  /** Sums of weights, one an output, that the library wants made beforehand with MVE, and the call that makes them. */
  readonly sums?: number;
  readonly prepare?: string;
}

interface ConstantArray {
  readonly name: string;
  readonly type: "int8_t" | "int32_t";
  readonly data: ArrayLike<number>;
}

/** `id` begins the names of its constants; `at` is the address of a tensor. Throws a `CompileError` where there is no such function. */
export function callOf(graph: Graph, node: Node, id: string, at: (tensor: string) => string): LayerCall {
  const layer: Layer = {
    id,
    inputs: node.inputs.map((name) => ({ tensor: tensorOf(graph, name), at: at(name) })),
    output: { tensor: tensorOf(graph, node.output), at: at(node.output) },
  };
  const call = knownCall(node, layer);
  if (call) return call;
  throw new CompileError(
    `${graph.name}: ${node.name}, ${describe(node)}: the CMSIS-NN driver has no call for it`,
  );
}

function knownCall(node: Node, layer: Layer): LayerCall | undefined {
  const { inputs, output } = layer;
  if (node.kind === "conv2d" && node.groups === 1) return convolution(node, layer, "convolve", "conv");
  if (node.kind === "conv2d" && node.groups === inputs[0]!.tensor.shape.c)
    return convolution(node, layer, "depthwise_conv", "dw_conv");
  if (node.kind === "linear") return linear(node, layer);
  if ((node.kind === "maxPool2d" || node.kind === "avgPool2d") && isPlainPool(node)) return pool(node, layer);
  const isSameSize = inputs.every(({ tensor }) => lengthOf(tensor) === lengthOf(output.tensor));
  if (node.kind === "add" && isSameSize) return add(node, layer);
  if (node.kind === "softmax" && !node.log) return softmax(layer);
  return undefined;
}

interface Place {
  readonly tensor: Tensor;
  readonly at: string;
}

interface Layer {
  readonly id: string;
  readonly inputs: readonly Place[];
  readonly output: Place;
}

const lengthOf = ({ shape }: Tensor): number => shape.h * shape.w * shape.c;

const isPlainPool = (node: MaxPool2d | AvgPool2d): boolean => {
  const { padding, dilation } = node.window;
  const isPadded = Object.values(padding).some((rows) => rows !== 0);
  if (dilation.some((step) => step !== 1)) return false;
  return node.kind === "maxPool2d" || (node.divisor === undefined && !(isPadded && node.countIncludePad));
};

/** Distance from our bytes to the library's, which are signed. */
const shift = (tensor: Tensor): number => (byteTypeOf(tensor).dtype === "u8" ? 128 : 0);

const zeroPoint = (tensor: Tensor): number => byteTypeOf(tensor).quantization.zeroPoint - shift(tensor);

function limits(clamp: Clamp | undefined, output: Tensor): string {
  const { min, max } = clamp ?? byteLimits(byteTypeOf(output).dtype);
  return `{${min - shift(output)}, ${max - shift(output)}}`;
}

/** The library's pairs are width first. */
const tile = ([height, width]: readonly [number, number]): string => `{${width}, ${height}}`;

const dims = (name: string, n: number, h: number, w: number, c: number): string =>
  `const cmsis_nn_dims ${name} = {${n}, ${h}, ${w}, ${c}};`;

const image = (name: string, { h, w, c }: Shape): string => dims(name, 1, h, w, c);

const block = (lines: readonly string[]): string =>
  `    {\n${lines.map((line) => `        ${line}\n`).join("")}    }\n`;

const statements = (lines: readonly string[]): string => lines.map((line) => `        ${line}\n`).join("");

const context = "const cmsis_nn_context context = {scratch, SCRATCH_BYTES};";

const succeeds = (call: string): string => `failed |= ${call} != ARM_CMSIS_NN_SUCCESS;`;

function convolution(
  node: Conv2d,
  { id, inputs, output }: Layer,
  word: "convolve" | "depthwise_conv",
  type: "conv" | "dw_conv",
): LayerCall {
  const { tensor: x } = inputs[0]!;
  const { tensor: y } = output;
  const [oc, kh, kw, ic] = node.weight.shape as [number, number, number, number];
  const { stride, padding, dilation } = node.window;
  const multiplier = word === "convolve" ? "" : `${oc / x.shape.c}, `;
  const parameters = [
    `const cmsis_nn_${type}_params params = {${-zeroPoint(x)}, ${zeroPoint(y)}, ${multiplier}${tile(stride)}, ` +
      `${tile([padding.top, padding.left])}, ${tile(dilation)}, ${limits(node.clamp, y)}};`,
    image("input", x.shape),
    word === "convolve" ? dims("filter", oc, kh, kw, ic) : dims("filter", 1, kh, kw, oc),
    image("output", y.shape),
  ];
  const size = `arm_${word}_wrapper_s8_get_buffer_size(&params, &input, &filter, &output)`;
  return {
    text: block([
      ...parameters,
      dims("bias", 1, 1, 1, oc),
      `const cmsis_nn_per_channel_quant_params quant = {(int32_t *)${id}_multiplier, (int32_t *)${id}_shift};`,
      context,
      succeeds(
        `arm_${word}_wrapper_s8(&context, &params, &quant, &input, ${inputs[0]!.at}, &filter, ${id}_weight, &bias, ` +
          `${id}_bias, &output, ${output.at})`,
      ),
    ]),
    scratchBytes: statements([...parameters, `const int32_t bytes = ${size};`]),
    constants: [
      {
        name: `${id}_weight`,
        type: "int8_t",
        data: word === "convolve" ? node.weight.data : channelsLast(node.weight.data, oc),
      },
      ...requantizing(node, id),
    ],
  };
}

/** OHW1 as 1HWO. */
function channelsLast(data: ArrayLike<number>, channels: number): readonly number[] {
  const taps = data.length / channels;
  return Array.from(
    { length: data.length },
    (_, i) => data[(i % channels) * taps + Math.floor(i / channels)]!,
  );
}

function requantizing(node: Conv2d | Linear, id: string): readonly ConstantArray[] {
  const { multiplier, shift: shifts } = node.requantize!;
  return [
    { name: `${id}_bias`, type: "int32_t", data: node.bias.data },
    { name: `${id}_multiplier`, type: "int32_t", data: multiplier },
    { name: `${id}_shift`, type: "int32_t", data: shifts },
  ];
}

function linear(node: Linear, { id, inputs, output }: Layer): LayerCall {
  const { tensor: x } = inputs[0]!;
  const [depth, outputs] = [lengthOf(x), lengthOf(output.tensor)];
  return {
    text: block([
      `const cmsis_nn_fc_params params = {${-zeroPoint(x)}, 0, ${zeroPoint(output.tensor)}, ${limits(node.clamp, output.tensor)}};`,
      `const cmsis_nn_per_channel_quant_params quant = {(int32_t *)${id}_multiplier, (int32_t *)${id}_shift};`,
      dims("input", 1, 1, 1, depth),
      dims("filter", depth, 1, 1, outputs),
      dims("bias", 1, 1, 1, outputs),
      dims("output", 1, 1, 1, outputs),
      `const cmsis_nn_context context = {SUMS(${id}_sums), ${4 * outputs}};`,
      succeeds(
        `arm_fully_connected_per_channel_s8(&context, &params, &quant, &input, ${inputs[0]!.at}, &filter, ${id}_weight, ` +
          `&bias, ${id}_bias, &output, ${output.at})`,
      ),
    ]),
    sums: outputs,
    prepare: `    arm_vector_sum_s8(${id}_sums, ${depth}, ${outputs}, ${id}_weight, ${-zeroPoint(x)}, 0, ${id}_bias);\n`,
    constants: [{ name: `${id}_weight`, type: "int8_t", data: node.weight.data }, ...requantizing(node, id)],
  };
}

function pool(node: MaxPool2d | AvgPool2d, { inputs, output }: Layer): LayerCall {
  const { tensor: x } = inputs[0]!;
  const { tensor: y } = output;
  const { kernel, stride, padding }: Window = node.window;
  const isMax = node.kind === "maxPool2d";
  return {
    text: block([
      `const cmsis_nn_pool_params params = {${tile(stride)}, ${tile([padding.top, padding.left])}, ${limits(undefined, y)}};`,
      image("input", x.shape),
      dims("filter", 1, kernel[0], kernel[1], 1),
      image("output", y.shape),
      context,
      succeeds(
        `arm_${isMax ? "max_pool" : "avgpool"}_s8(&context, &params, &input, ${inputs[0]!.at}, &filter, &output, ${output.at})`,
      ),
    ]),
    ...(!isMax && {
      scratchBytes: statements([
        `const int32_t bytes = arm_avgpool_s8_get_buffer_size(${y.shape.w}, ${x.shape.c});`,
      ]),
    }),
    constants: [],
  };
}

function add(node: Add, { inputs, output }: Layer): LayerCall {
  const factors = node.requantize!;
  const factor = ({ multiplier, shift: by }: typeof factors.left): string => `${multiplier[0]}, ${by[0]}`;
  const [a, b] = inputs as readonly [Place, Place];
  const { min, max } = node.clamp ?? byteLimits(byteTypeOf(output.tensor).dtype);
  const by = shift(output.tensor);
  return {
    text: block([
      succeeds(
        `arm_elementwise_add_s8(${a.at}, ${b.at}, ${-zeroPoint(a.tensor)}, ${factor(factors.left)}, ` +
          `${-zeroPoint(b.tensor)}, ${factor(factors.right)}, ${factors.leftShift}, ${output.at}, ` +
          `${zeroPoint(output.tensor)}, ${factor(factors.output)}, ${min - by}, ${max - by}, ${lengthOf(output.tensor)})`,
      ),
    ]),
    constants: [],
  };
}

/**
 * TensorFlow Lite's preparation of SOFTMAX (`PreprocessSoftmaxScaling`, `CalculateInputRadius`, 5 integer bits):
 * distances are scaled by 2^26 × the input's scale; below `least` a power of e counts nothing.
 */
function softmax({ inputs, output }: Layer): LayerCall {
  const [x] = inputs as readonly [Place];
  const real = byteTypeOf(x.tensor).quantization.scale * 2 ** 26;
  const { multiplier, shift: by } = quantizeMultiplier(Math.min(real, 2 ** 31 - 1));
  const least = -Math.floor((31 * 2 ** 26) / 2 ** by);
  const { h, w, c } = x.tensor.shape;
  return {
    text: block([`arm_softmax_s8(${x.at}, ${h * w}, ${c}, ${multiplier}, ${by}, ${least}, ${output.at});`]),
    constants: [],
  };
}
