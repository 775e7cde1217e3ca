import { CompileError } from "../error.ts";
import { byteClamp, farthestFromZero, type ByteType } from "../graph/byte-type.ts";
import type { Constant, Conv2d, ConvTranspose2d, Linear, Node, Requantize } from "../graph/graph.ts";
import { quantizeMultiplier, roundHalfAway } from "../graph/quantized.ts";
import type { TypeOfRange } from "./activation-quantization.ts";
import { bitsFor, channelScale, quantizedWeight, type LayerBits, type WeightBits } from "./channel-scale.ts";

/** Room above an accumulator for rounding and the zero point, so that nothing on its way to a byte leaves 32 bits. */
const accumulatorLimit = 2 ** 31 - 2 ** 9;

/** A channel whose bias is large beside its weights gets a coarser weight scale, so that the bias fits. */
const largestBias = 2 ** 29;

/** One output channel in integers. */
interface Channel {
  /** Of a unit of the accumulator: input scale × weight scale. */
  readonly scale: number;
  readonly bias: number;
  /** The most an accumulator can be for any input, also on its way. */
  readonly bound: number;
}

/**
 * A convolution or linear in int8: weights per output channel, symmetric in [−127, 127], [−7, 7], or 1 and −1; bias in i32 with scale
 * input scale × weight scale; one fixed-point multiplier a channel (Krishnamoorthi 2018; TensorFlow Lite's
 * quantisation specification). Also gives the type of its output.
 *
 * @param wanted Bits of a weight; where fewer would not make them smaller, they are 8.
 * @throws CompileError where a sum could leave 32 bits.
 */
export function quantizeConvolution<Kind extends Conv2d | ConvTranspose2d | Linear>(
  node: Kind,
  input: ByteType,
  rangeType: TypeOfRange,
  wanted: LayerBits,
): { node: Kind; output: ByteType } {
  const bits = bitsFor(node, wanted);
  const outChannels = node.bias.data.length;
  const perChannel = node.weight.data.length / outChannels;
  const weight = new Int8Array(node.weight.data.length);
  const channels: Channel[] = [];
  for (let oc = 0; oc < outChannels; oc++) {
    const from = oc * perChannel;
    const real = node.weight.data.subarray(from, from + perChannel) as Float32Array;
    const bytes = weight.subarray(from, from + perChannel);
    channels.push(quantizeChannel(real, node.bias.data[oc]!, input, bytes, bits));
  }
  refuseOverflow(node, channels);
  const output = rangeType(leastScaleFor(channels));
  const bias: Constant<Int32Array> = {
    shape: node.bias.shape,
    data: Int32Array.from(channels, (channel) => channel.bias),
  };
  return {
    node: {
      ...node,
      ...(bits !== 8 && { weightBits: bits }),
      weight: { ...node.weight, data: weight },
      bias,
      clamp: byteClamp(node.clamp, output),
      requantize: multipliers(channels, output),
    },
    output,
  };
}

/**
 * Writes the channel's weights to `bytes`. A channel of zeros alone has any scale that suits its bias; but weights of 1 bit,
 * which are never 0, the smallest there is.
 */
function quantizeChannel(
  real: Float32Array,
  realBias: number,
  input: ByteType,
  bytes: Int8Array,
  bits: WeightBits,
): Channel {
  const inputScale = input.quantization.scale;
  const needed = Math.max(channelScale(real, bits), Math.abs(realBias) / (inputScale * largestBias));
  const weightScale = needed > 0 || bits === 1 ? Math.max(Math.fround(needed), 2 ** -126) : 1;
  let weights = 0;
  real.forEach((w, i) => {
    bytes[i] = quantizedWeight(w, weightScale, bits);
    weights += Math.abs(bytes[i]!);
  });
  const scale = inputScale * weightScale;
  const bias = roundHalfAway(realBias / scale);
  return { scale, bias, bound: Math.abs(bias) + weights * farthestFromZero(input) };
}

function refuseOverflow(node: Node, channels: readonly Channel[]): void {
  const oc = channels.findIndex(({ bound }) => bound > accumulatorLimit);
  if (oc < 0) return;
  throw new CompileError(
    `${node.name}: channel ${oc} could sum to ${channels[oc]!.bound}, more than 32 bits hold; ` +
      `use fewer input channels, a smaller kernel, or --dtype f32`,
  );
}

/** The output scale from which on no multiplier's left shift can push an accumulator out of 32 bits. */
function leastScaleFor(channels: readonly Channel[]): number {
  const least = channels.map(({ scale, bound }) => {
    if (bound === 0) return 0;
    const bitsFree = Math.floor(Math.log2(accumulatorLimit / bound));
    return (scale / 2 ** bitsFree) * (1 + 2 ** -20);
  });
  return Math.max(...least);
}

function multipliers(channels: readonly Channel[], output: ByteType): Requantize {
  const fixed = channels.map(({ scale }) => quantizeMultiplier(scale / output.quantization.scale));
  return {
    multiplier: Int32Array.from(fixed, ({ multiplier }) => multiplier),
    shift: Int32Array.from(fixed, ({ shift }) => shift),
  };
}
