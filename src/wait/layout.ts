/** Where an engine's code and constants would lie in flash, and how its kernels' cycles and bytes are shared out. */
import { countCalls } from "../backend/count.ts";
import { shareKernels } from "../backend/c-shared.ts";
import type { Core } from "../core/core.ts";
import type { TimedCost } from "../core/estimate.ts";
import { priceOf } from "../core/price.ts";
import type { Kernel } from "../loop/ir.ts";
import type { Program } from "../loop/program.ts";
import { elementBytes } from "../loop/type-of.ts";
import { stepsOf, weightOf, type Step } from "./steps.ts";

export interface PlacedKernel {
  readonly steps: readonly Step[];
  /** Of loop indices: see `Slots`. */
  readonly slots: number;
  /** Where its function begins. */
  readonly address: number;
  /** What turns weights into bytes. */
  readonly byteScale: number;
  /** What turns cycles at the core's prices into the kernel's own; and those of a call, by row. */
  readonly cycleScale: number;
  readonly cyclesOf: (row: number) => number;
}

/** The engine's flash: its kernels' functions one behind the other, and then its constants. */
export interface Layout {
  readonly core: Core;
  /** Where it begins. */
  readonly address: number;
  /** Bytes of an instruction, the mean of those that are executed. */
  readonly instructionBytes: number;
}

/** @param costs By kernel: all calls of one inference, without waits. */
export function layOut(
  program: Program,
  costs: readonly TimedCost[],
  layout: Layout,
): readonly PlacedKernel[] {
  const { served } = shareKernels(program);
  const leaders = program.kernels.map((_, index) => served.get(index)?.leader ?? index);
  const { functions, constants } = placesOf(program, costs, leaders, layout.address);
  return program.kernels.map((kernel, index) => {
    const rows = program.calls.filter((call) => call.kernel === index).map(({ row }) => row);
    const textBytes = costs[leaders[index]!]!.codeBytes;
    const shared = sharedOut(kernel, rows, costs[index]!, textBytes, layout, constants);
    return { ...shared, address: functions[leaders[index]!]! };
  });
}

function sharedOut(
  kernel: Kernel,
  rows: readonly number[],
  { cycles, instructions }: TimedCost,
  textBytes: number,
  { core, instructionBytes }: Layout,
  constants: ReadonlyMap<string, number>,
): Omit<PlacedKernel, "address"> {
  const { steps, weight, slots } = stepsOf(kernel, core, (buffer) => constants.get(buffer)!);
  const done = countCalls(kernel, rows);
  const priced = callPrices(kernel, core);
  const cycleScale = cycles / Math.max(priceOf(done, atOnce(core)), 1);
  const executedBytes = instructions * instructionBytes;
  return {
    steps,
    slots,
    // Text that is seldom executed lies elsewhere; where more is executed than there is text, it loops in place.
    byteScale: Math.min(textBytes / weight, executedBytes / Math.max(weightOf(done, core), 1)),
    cycleScale,
    cyclesOf: (row) => priced(row) * cycleScale,
  };
}

/** The core as if its flash did not wait: a chip's own waits are walked. */
const atOnce = (core: Core): Core => ({ ...core, flash: { ...core.flash, waitCycles: () => 0 } });

function callPrices(kernel: Kernel, core: Core): (row: number) => number {
  const known = new Map<number, number>();
  return (row) => {
    const price = known.get(row) ?? priceOf(countCalls(kernel, [row]), atOnce(core));
    known.set(row, price);
    return price;
  };
}

const aligned = (address: number): number => Math.ceil(address / 4) * 4;

function placesOf(
  { kernels, constants }: Program,
  costs: readonly TimedCost[],
  leaders: readonly number[],
  address: number,
): { readonly functions: readonly number[]; readonly constants: ReadonlyMap<string, number> } {
  let end = address;
  const take = (bytes: number): number => {
    const place = aligned(end);
    end = place + bytes;
    return place;
  };
  const functions = kernels.map((_, index) => take(leaders[index] === index ? costs[index]!.codeBytes : 0));
  const places = constants.map(({ buffer: { name, type, length } }): [string, number] => [
    name,
    take(length * elementBytes[type]),
  ]);
  return { functions, constants: new Map(places) };
}
