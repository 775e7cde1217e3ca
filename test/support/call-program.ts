/** RV32 programs with symbols and marks, run on Ibex: what they say of calls. */
import { buildSimulator } from "../../src/bench/simulator.ts";
import { analyse } from "../../src/simulate/analyse.ts";
import type { Analysis } from "../../src/simulate/analyse.ts";
import type { CallPath } from "../../src/simulate/call-paths.ts";
import { testbench } from "../../src/simulate/chip/testbench.ts";
import { findSimulatedCore } from "../../src/simulate/core/cores.ts";
import { simulate } from "../../src/simulate/simulate.ts";
import type { Simulation } from "../../src/simulate/simulation.ts";
import { a0, addi, bytesOf, exit, jal, jalr, origin, ra, zero } from "./rv32.ts";

export const core = findSimulatedCore("ibex-small");

export interface CallProgram {
  readonly words: readonly number[];
  /** Word indices of functions. */
  readonly functions: Readonly<Record<string, number>>;
  /** Word indices of regions, by number. */
  readonly marks?: readonly number[];
}

export async function runCalls({
  words,
  functions,
  marks = [],
}: CallProgram): Promise<{ readonly simulation: Simulation; readonly analysis: Analysis }> {
  const addressOf = (index: number): number => origin + 4 * index;
  const symbols = Object.entries(functions).map(
    ([name, index]) => ({ name, address: addressOf(index), bytes: 0, kind: "function" }) as const,
  );
  const marked = marks.map((index, region) => ({ address: addressOf(index), region }));
  const segments = [{ address: origin, bytes: bytesOf(words) }];
  const image = { set: "riscv", entry: origin, segments, symbols, marks: marked } as const;
  const simulator = await buildSimulator(core, testbench.regions, true);
  const system = { core, regions: testbench.regions, devices: testbench.devices(core) };
  const simulation = simulate(simulator, system, image, { entry: origin });
  return { simulation, analysis: analyse(simulation.timing!, symbols, marked) };
}

/** `main > f 2`: paths with how often each was called. */
export function pathsOf({ name, calls, callees }: CallPath, above = ""): string[] {
  const path = above === "" ? name : `${above} > ${name}`;
  return [`${path} ${calls}`, ...callees.flatMap((callee) => pathsOf(callee, path))];
}

const nop = addi(zero, zero, 0);
/** `main` calls f, which jumps to g; then g within each of two regions. */
export const marked: CallProgram = {
  words: [
    ...[jal(ra, 32), nop, jal(ra, 32), nop, jal(ra, 24), ...exit(0)],
    ...[addi(a0, a0, 1), jal(zero, 4)],
    ...[addi(a0, a0, 1), jalr(zero, ra)],
  ],
  functions: { main: 0, f: 8, g: 10 },
  marks: [1, 3],
};
