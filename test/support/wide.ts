import { createInterpreter } from "../../src/backend/interpret.ts";
import type { Activation } from "../../src/graph/activation.ts";
import { evaluate } from "../../src/graph/evaluate.ts";
import type { Graph } from "../../src/graph/graph.ts";
import type { Program } from "../../src/loop/program.ts";
import { verifyProgram } from "../../src/loop/verify.ts";
import { optimize } from "../../src/pass/passes.ts";
import { programOf, type Dtype, type Way } from "./engines.ts";
import { byteFrames, frames, int8 } from "./frames.ts";
import { net } from "./networks.ts";
import type { Random } from "./random.ts";

/** A network of any number of inputs and outputs as a program, frames for it, and what the evaluator makes of them. */
export interface Wide {
  readonly text: string;
  readonly way: Way;
  readonly graph: Graph;
  readonly program: Program;
  readonly inputs: readonly Activation[];
  readonly expected: readonly Activation[];
}

/** Programs are called `name`; undefined where the strategy refuses the network. */
export function wide(text: string, dtype: Dtype, way: Way, numbers: Random, name = "net"): Wide | undefined {
  const float = net(text, { seed: numbers.int(1, 1 << 20), name });
  const graph = dtype === "int8" ? int8(float, numbers) : optimize(float, { fusePool: false });
  const program = programOf(graph, way);
  if (!program) return undefined;
  verifyProgram(program);
  const inputs = dtype === "int8" ? byteFrames(graph, numbers) : frames(graph, numbers);
  return { text: `${dtype} ${text}`, way, graph, program, inputs, expected: results(graph, inputs) };
}

/** The values of all of a graph's outputs. */
export function results(graph: Graph, inputs: readonly Activation[]): readonly Activation[] {
  const values = evaluate(graph, inputs);
  return graph.outputs.map((name) => values.get(name)!);
}

/** What the checked interpreter gives for the same frames. */
export function interpreted({ program, inputs }: Wide): readonly Activation[] {
  return createInterpreter(program).run(inputs) as readonly Activation[];
}
