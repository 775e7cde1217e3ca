/** What all readers of a program are held to: the bytes of the evaluator, for whole frames and for rows pushed. */
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { bytesOf } from "../../src/bench/engine.ts";
import type { Activation } from "../../src/graph/activation.ts";
import type { Graph } from "../../src/graph/graph.ts";
import type { Program } from "../../src/loop/program.ts";
import { programOf, type Way } from "./engines.ts";
import { result } from "./frames.ts";

/** A prepared network, frames for it, and what the evaluator makes of each. */
export interface Network {
  readonly text: string;
  readonly graph: Graph;
  readonly frames: readonly Activation[];
  readonly expected: readonly Uint8Array[];
}

export function networkOf(text: string, graph: Graph, frames: readonly Activation[]): Network {
  return { text, graph, frames, expected: frames.map((frame) => bytesOf(result(graph, frame))) };
}

/** A network on fewer frames. */
export const firstFrames = (network: Network, count: number): Network => ({
  ...network,
  frames: network.frames.slice(0, count),
  expected: network.expected.slice(0, count),
});

/** A network lowered in one way. */
export interface Trial extends Network {
  /** All that is needed to find it again. */
  readonly what: string;
  readonly program: Program;
}

/** None where the strategy refuses the network. */
export function trialsOf(network: Network, ways: readonly Way[]): readonly Trial[] {
  return ways.flatMap((way) => {
    const program = programOf(network.graph, way);
    const what = `${network.text} (${way.strategy}, ${way.frame}, ${way.schedule})`;
    return program ? [{ ...network, what, program }] : [];
  });
}

/** What a reader made of one frame. */
export interface Answer {
  readonly whole: Uint8Array;
  readonly pushed: Uint8Array;
}

/** Runs many programs at once, as compilers are faster so: an answer a frame of each trial. */
export type Reader = (trials: readonly Trial[]) => Promise<readonly (readonly Answer[])[]>;

/** Compilers take this many programs at once. */
const batch = 40;

/** Holds a reader against the evaluator and says how much was compared. Fails with all the trials that differ. */
export async function assertAgrees(t: TestContext, trials: readonly Trial[], reader: Reader): Promise<void> {
  assert.ok(trials.length > 0);
  const different: string[] = [];
  let frames = 0;
  for (let at = 0; at < trials.length; at += batch) {
    const some = trials.slice(at, at + batch);
    const answers = await reader(some);
    some.forEach((trial, i) => {
      assert.equal(answers[i]!.length, trial.frames.length);
      frames += trial.frames.length;
      different.push(...differences(trial, answers[i]!));
    });
  }
  assert.deepEqual(different, []);
  t.diagnostic(`${trials.length} programs, ${frames} frames, each whole and by rows`);
}

function differences(trial: Trial, answers: readonly Answer[]): string[] {
  return answers.flatMap((answer, i) =>
    (["whole", "pushed"] as const)
      .filter((how) => Buffer.compare(answer[how], trial.expected[i]!) !== 0)
      .map((how) => `${trial.what}: frame ${i}, ${how}`),
  );
}

/** Bytes of one row of a trial's only input. */
export function rowBytesOf({ program, frames }: Trial): number {
  return frames[0]!.byteLength / program.inputs[0]!.rows;
}
