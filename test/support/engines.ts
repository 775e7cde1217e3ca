import { strategies } from "../../src/plan/strategy.ts";
import type { FramePolicy, Strategy } from "../../src/plan/plan.ts";
import type { Activation } from "../../src/graph/activation.ts";
import type { Graph } from "../../src/graph/graph.ts";
import { cmsisLike } from "../../src/lower/cmsis-like.ts";
import { schedules, type ScheduleName } from "../../src/lower/schedule.ts";
import { scheduled } from "../../src/lower/scheduled.ts";
import type { Program } from "../../src/loop/program.ts";
import { compile } from "../../src/compile.ts";
import { CompileError } from "../../src/error.ts";
import { optimize } from "../../src/pass/passes.ts";
import { byteFrame, frame, int8, result } from "./frames.ts";
import { net } from "./networks.ts";
import { randomChain } from "./random-chain.ts";
import { random, type Random } from "./random.ts";

/** A network ready to be lowered, a frame for it, and what the evaluator makes of that. */
export interface Subject {
  readonly text: string;
  readonly graph: Graph;
  readonly input: Activation;
  readonly expected: Activation;
}

export type Dtype = "int8" | "f32";

export function subject(text: string, dtype: Dtype, numbers: Random, name = "net"): Subject {
  const float = net(text, { seed: numbers.int(1, 1 << 20), name });
  const graph = dtype === "int8" ? int8(float, numbers) : optimize(float, { fusePool: false });
  const input = dtype === "int8" ? byteFrame(graph, numbers) : frame(graph, numbers);
  return { text: `${dtype} ${text}`, graph, input, expected: result(graph, input) };
}

/** A way to lower: everything that must not change a byte of the result. */
export interface Way {
  readonly schedule: ScheduleName | "cmsis-like";
  readonly strategy: Strategy;
  readonly frame: FramePolicy;
}

/** The program of a graph lowered this way; undefined where the strategy refuses the graph. */
export function programOf(graph: Graph, { schedule, strategy, frame: policy }: Way): Program | undefined {
  const cmsis = schedule === "cmsis-like";
  const variant = {
    strategy,
    frame: policy,
    fusePool: strategies[strategy].fusePool && !cmsis,
    recipes: cmsis ? cmsisLike : scheduled(schedules[schedule]),
  };
  try {
    return compile({ dtype: "int8", graph }, variant).program;
  } catch (error) {
    if (error instanceof CompileError && /ping-pong|chain/.test(error.message)) return undefined;
    throw error;
  }
}

export interface Case extends Subject {
  readonly way: Way;
  readonly program: Program;
}

/**
 * Random networks, each lowered in two ways: schedules, strategies and frame policies take turns, so that every pair of a
 * schedule and a strategy comes up. Programs are called `n0`, `n1`, ….
 */
export function randomCases(seed: number, count: number, ways: readonly Way["schedule"][]): readonly Case[] {
  const numbers = random(seed);
  const names = Object.keys(strategies) as Strategy[];
  const cases: Case[] = [];
  for (let turn = 0; cases.length < count; turn++) {
    const dtype = turn % 4 === 3 ? "f32" : "int8";
    const some = subject(randomChain(numbers, { exotic: turn % 2 === 1 }), dtype, numbers);
    for (const offset of [0, 1]) {
      const schedule = ways[(2 * turn + offset) % ways.length]!;
      if (dtype === "f32" && (schedule === "v128" || schedule === "cmsis-like")) continue;
      const frame = (turn + offset) % 3 === 0 ? "pushed" : "resident";
      const way: Way = { schedule, strategy: names[(turn + offset) % names.length]!, frame };
      const program = programOf({ ...some.graph, name: `n${cases.length}` }, way);
      if (program) cases.push({ ...some, way, program });
    }
  }
  return cases;
}

export const describe = ({ text, way }: Case): string =>
  `${text} (${way.schedule}, ${way.strategy}, ${way.frame})`;
