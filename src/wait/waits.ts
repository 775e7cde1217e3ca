/** How long an engine waits for its chip's flash, and how far off such figures have been on that chip. */
import { workOf } from "../backend/count.ts";
import type { Core } from "../core/core.ts";
import { errorBar } from "../core/error-bar.ts";
import { kernelCost, type TimedCost } from "../core/estimate.ts";
import type { ErrorBar } from "../measurement.ts";
import type { Program } from "../loop/program.ts";
import type { Chip } from "../simulate/chip/chip.ts";
import { findSimulatedCore } from "../simulate/core/cores.ts";
import type { MemoryRegion } from "../simulate/region.ts";
import { errorOf, type Comparison } from "../truth/comparison.ts";
import { waits as compared } from "../truth/waits.ts";
import { instructionBytes } from "./instruction-bytes.ts";
import { answersAtOnce, arenaRegion } from "./regions.ts";
import { walkProgram, type Waits } from "./walk.ts";

export interface EstimatedWaits extends Waits {
  readonly kind: "estimated";
  /** Of the whole inference, its cycles without waits being known; undefined where no memory waits. */
  readonly error: ErrorBar | undefined;
}

export interface NoWaits {
  readonly kind: "none";
  /** In words that complete «no figure: …». */
  readonly why: string;
}

/** An error of more, in percent, is no figure. */
const mostPercent = 15;

/** Of an engine whose kernels have estimates on its core. */
export function estimateWaits(
  program: Program,
  dtype: "int8" | "f32",
  chip: Chip,
  core: Core,
): EstimatedWaits | NoWaits {
  const none = (why: string): NoWaits => ({ kind: "none", why });
  const flash = flashOf(chip);
  const arena = arenaRegion(chip, program.arenaBytes);
  if (!arena || !answersAtOnce(arena))
    return none(`its arena lies in RAM behind a cache (${arena?.name ?? "none"}), which is not walked`);
  if (!flash.fetch && !flash.load && flash.fetchWaits + flash.loadWaits === 0)
    return { kind: "estimated", code: 0, constants: 0, error: undefined };
  // Where the order of loads decides, engines of either type may have a bad one.
  const hangsOnOrder = flash.load?.memory.continues === true && !flash.load.cache;
  const error = errorOnChip(chip, core, hangsOnOrder ? "" : dtype);
  if (!error) return none(`waits of its flash have not been held against simulated ${dtype} engines`);
  if (error.worstPercent > mostPercent)
    return none(
      `estimated waits of its flash put engines up to ${error.worstPercent} % off (${error.over}): the order of loads is a ` +
        "compiler's, and its library is not walked; pingpool simulate takes a compiled engine",
    );
  const costs = workOf(program).map((work) => kernelCost(core, work));
  if (costs.some((cost) => cost?.cycles === undefined)) return none("a kernel of it has no estimate");
  const bytes = instructionBytes[dtype]?.[core.simulatedAs];
  if (bytes === undefined)
    return none(`bytes of its instructions have not been measured in ${dtype} engines`);
  return { kind: "estimated", ...waitsOf(program, costs as TimedCost[], chip, core, bytes), error };
}

/**
 * The walk of one engine, from its kernels' costs.
 *
 * @param bytes Of an instruction, the mean of those executed.
 */
export function waitsOf(
  program: Program,
  costs: readonly TimedCost[],
  chip: Chip,
  core: Core,
  bytes: number,
): Waits {
  const { parameters } = findSimulatedCore(core.simulatedAs);
  const numberOf = (name: string): number => parameters[name]!.value as number;
  const fetchUnit = { bytes: numberOf("FETCH_BYTES"), ahead: numberOf("FETCH_AHEAD") };
  return walkProgram(program, costs, { core, fetchUnit, flash: flashOf(chip), instructionBytes: bytes });
}

/** Where code and constants lie. */
export function flashOf({ id, regions }: Pick<Chip, "id" | "regions">): MemoryRegion {
  const flash = regions.find(({ kind }) => kind === "flash");
  if (!flash) throw new Error(`${id} has no flash`);
  return flash;
}

/** How rows of `truth/waits.ts` call an engine. */
export const waitProgram = (network: string, dtype: string, chip: Pick<Chip, "id">): string =>
  `${network} ${dtype} on ${chip.id}`;

/** Undefined where no such engine was run on the chip's core; of either type where `dtype` is empty. */
export function errorOnChip(
  chip: Pick<Chip, "id">,
  core: Core,
  dtype: "int8" | "f32" | "",
): ErrorBar | undefined {
  const isOnChip = (row: Comparison): boolean =>
    row.core === core.simulatedAs && row.program.endsWith(`${dtype} on ${chip.id}`);
  const rows = compared.rows.filter(isOnChip);
  return rows.length === 0 ? undefined : errorBar(rows.map(errorOf), `${rows.length} simulated engines`);
}
