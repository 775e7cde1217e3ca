/** Why a tensor of an int8 graph is noisy, and what would help: one sentence drawn from its numbers. */
import type { Graph, Node } from "../graph/graph.ts";
import type { Comparison } from "./compare.ts";
import type { Noise } from "./noise.ts";

/**
 * The first that applies, from what hides all else to what is left when nothing is wrong.
 *
 * @param quantized The int8 graph that was compared.
 */
export function cureOf(noise: Noise, quantized: Graph, { tensors }: Comparison): string {
  const node = quantized.nodes.find(({ output }) => output === noise.tensor);
  const inputs = tensors.filter(({ tensor }) => node?.inputs.includes(tensor));
  return (
    clipped(noise) ??
    unreached(noise) ??
    // A layer whose own rounding is the lesser part of its noise is not helped by another range.
    (noise.rounding < 0.5 ? (coarseWeights(node) ?? inherited(noise, inputs, quantized)) : undefined) ??
    outlier(noise) ??
    unevenChannels(noise) ??
    (node ? whole : atInput)
  );
}

const whole =
  "its range is well used and int8 has little more to give: if accuracy suffers, train with quantisation in mind";
const atInput =
  "the input's own bytes are this coarse: normalise inputs so that they fill their range evenly";

function clipped({ outside, limit, reach }: Noise): string | undefined {
  if (outside < 0.001) return undefined;
  return (
    `${percent(outside)} of its values lie beyond the calibrated range (limit ${short(limit)}, met ${short(reach)}): ` +
    "calibrate on more inputs like these"
  );
}

function unreached({ limit, reach }: Noise): string | undefined {
  if (reach === 0) return "it is 0 on all samples: run other inputs, or remove the layer";
  if (reach >= limit / 2) return undefined;
  return (
    `its values reach ${short(reach)} where bytes go to ${short(limit)}: ` +
    "calibrate on inputs like these, without the rare large ones"
  );
}

const fewWeights = 16;

/** Channels in which one large weight leaves the others a handful of bytes. */
function coarseWeights(node: Node | undefined): string | undefined {
  if (!node || !("weight" in node) || !("shape" in node.weight)) return undefined;
  const { data, shape } = node.weight;
  const channels = shape[0]!;
  const size = data.length / channels;
  // With fewer weights than this, few distinct ones are no surprise.
  if (size < 4 * fewWeights) return undefined;
  const distinct = Array.from(
    { length: channels },
    (_, oc) => new Set(data.subarray(oc * size, (oc + 1) * size)).size,
  );
  const coarse = distinct.filter((n) => n > 1 && n < fewWeights).length;
  if (coarse === 0) return undefined;
  return (
    `in ${coarse} of ${channels} channels the ${size} weights take fewer than ${fewWeights} distinct bytes: ` +
    "clip the largest weights there, or train with weight decay"
  );
}

/** Noise that came with an input, which is nearly as noisy. */
function inherited(noise: Noise, inputs: readonly Noise[], { nodes }: Graph): string | undefined {
  const worst = inputs.reduce<Noise | undefined>(
    (found, input) => (found && found.decibels <= input.decibels ? found : input),
    undefined,
  );
  if (!worst || worst.decibels > noise.decibels + 6) return undefined;
  const path = nodes.find(({ output }) => output === worst.tensor)?.name ?? worst.tensor;
  return (
    `${percent(1 - noise.rounding)} of its noise is not its own rounding: ` +
    `begin with what it reads, ${path} (${worst.decibels.toFixed(1)} dB)`
  );
}

function outlier({ bulk, reach }: Noise): string | undefined {
  if (bulk >= 0.5) return undefined;
  return (
    `99.9 % of its values lie within ${percent(bulk)} of its range, which outliers up to ${short(reach)} set: ` +
    "clip them (ReLU6, hardtanh), or leave such inputs out of the calibration"
  );
}

function unevenChannels({ channelReach, reach }: Noise): string | undefined {
  const sorted = [...channelReach].sort((a, b) => a - b);
  const median = sorted[sorted.length >> 1]!;
  if (sorted.length < 2 || median >= reach / 8) return undefined;
  return (
    `channel ${channelReach.indexOf(reach)} reaches ${short(reach)}, the median channel ${short(median)}: ` +
    "scale this channel down and the weights that read it up, or train with batch-norm"
  );
}

const percent = (part: number): string => `${short(100 * part)} %`;
const short = (value: number): string => String(Number(value.toPrecision(3)));
