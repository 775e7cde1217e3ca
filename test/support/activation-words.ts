import type { ActivationFunction, ActivationNode } from "../../src/graph/graph.ts";
import type { Random } from "./random.ts";

/** Activations of the notation of `networks.ts`, and the parameter each has if none is given. */
const functions: Readonly<Record<string, readonly [ActivationFunction, number?]>> = {
  leaky: ["leakyRelu", 0.25],
  prelu: ["prelu"],
  elu: ["elu", 1],
  silu: ["silu"],
  hardswish: ["hardswish"],
  hardsigmoid: ["hardsigmoid"],
  sigmoid: ["sigmoid"],
  tanh: ["tanh"],
};

/** The slopes of `prelu` are random, one a channel, some of them negative. */
export function activationBody(
  words: readonly string[],
  channels: number,
  generator: Random,
): Pick<ActivationNode, "fn" | "parameter"> {
  const [word, number] = words;
  const found = functions[word!];
  if (!found) throw new Error(`unknown layer "${words.join(" ")}"`);
  const [fn, given] = found;
  if (fn === "prelu") {
    return { fn, parameter: Float32Array.from({ length: channels }, () => generator.next() - 0.25) };
  }
  return { fn, parameter: Float32Array.from(given === undefined ? [] : [Number(number ?? given)]) };
}
