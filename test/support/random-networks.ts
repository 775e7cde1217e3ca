/**
 * The random networks all readers must agree on: 200 chains, then 40 with branches, groups, dilation, average pools. Every
 * third int8 network rounds once, as files do that PyTorch quantised, and every fourth has weights of 4 bits,
 * every seventh of 1 bit.
 */
import { optimize } from "../../src/pass/passes.ts";
import type { Dtype } from "./engines.ts";
import { byteFrame, frame, int8, roundedOnce } from "./frames.ts";
import { net } from "./networks.ts";
import { randomChain } from "./random-chain.ts";
import { random } from "./random.ts";
import { networkOf, type Network } from "./trial.ts";

const chains = 200;
const exotics = 40;

/** Each with two frames: random, and of the largest and smallest values alone, where sums are largest. */
export function randomNetworks(dtype: Dtype): readonly Network[] {
  const numbers = random(2007);
  return Array.from({ length: chains + exotics }, (_, i) => {
    const text = randomChain(numbers, { exotic: i >= chains });
    const seed = numbers.int(1, 1 << 20);
    return randomNetwork(text, dtype, seed);
  });
}

/** From its seed alone, so that a network is the same whatever came before it. */
function randomNetwork(text: string, dtype: Dtype, seed: number): Network {
  const numbers = random(seed);
  const float = net(text, { seed });
  const label = `${dtype} ${text}, seed ${seed}`;
  if (dtype === "int8") {
    const quantized = int8(float, numbers, 4, seed % 4 === 1 ? 4 : seed % 7 === 0 ? 1 : 8);
    const graph = seed % 3 === 0 ? roundedOnce(quantized) : quantized;
    const some = byteFrame(graph, numbers);
    const [low, high] = some instanceof Int8Array ? [-128, 127] : [0, 255];
    return networkOf(label, graph, [some, some.map(() => (numbers.next() < 0.5 ? low : high))]);
  }
  const graph = optimize(float, { fusePool: false });
  const some = frame(graph, numbers);
  return networkOf(label, graph, [some, some.map((x) => 1e4 * x)]);
}
