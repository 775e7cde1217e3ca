/** Whether an engine fits a chip, how fast it would be there, and why not. */
import { workOf } from "../backend/count.ts";
import { openChooser, type Chooser } from "../choose/choose.ts";
import type { ChooseOptions } from "../choose/search.ts";
import { graphOf, lowerPlanned, planVariant, type Compiled, type Prepared } from "../compile.ts";
import type { Core } from "../core/core.ts";
import { cores } from "../core/cores.ts";
import { estimate, type Estimate } from "../core/estimate.ts";
import { CompileError } from "../error.ts";
import type { Recipes } from "../lower/recipe.ts";
import { schedules } from "../lower/schedule.ts";
import { scheduled } from "../lower/scheduled.ts";
import type { Chip } from "../simulate/chip/chip.ts";
import { chips } from "../simulate/chip/chips.ts";
import type { MemoryRegion } from "../simulate/region.ts";
import { constantBytes } from "./choices.ts";

/** Set aside for the stack: engines on emulated cores go less than 500 bytes deep. */
export const stackBytes = 512;
/** Set aside in flash for what is not a kernel: start-up, the engine around the kernels, the compiler's library. */
export const otherCodeBytes = 4096;

export interface BoardFit {
  readonly chip: Chip;
  /** Undefined where there are no prices of the chip's core: the blocked schedule is then compiled for it. */
  readonly core: Core | undefined;
  /** The largest RAM that is one piece, and all flash. */
  readonly ramBytes: number;
  readonly flashBytes: number;
  /** Undefined where nothing fits, and `why` says what was missing. */
  readonly engine: BoardEngine | undefined;
  readonly why: string;
}

export interface BoardEngine {
  readonly how: string;
  readonly compiled: Compiled;
  /** Arena and `stackBytes`. */
  readonly ramBytes: number;
  /** Constants, the kernels' code as estimated (0 where it is not known) and `otherCodeBytes`. */
  readonly flashBytes: number;
  readonly codeBytes: number | undefined;
  readonly estimate: Estimate;
}

/** Parts one can buy: boards of emulators and test benches have no clock. */
export const boards: readonly Chip[] = chips.filter(({ clockHz }) => clockHz !== undefined);

/** Fits a network to every board, on each of its cores that there are prices of. */
export function fitBoards(prepared: Prepared, options: ChooseOptions): readonly BoardFit[] {
  const fitter = openFitter(prepared, options);
  return boards.flatMap((chip) => {
    const known = cores.filter(({ simulatedAs }) => chip.cores?.includes(simulatedAs));
    return (known.length > 0 ? known : [undefined]).map((core) => fitBoard(chip, core, fitter));
  });
}

function fitBoard(chip: Chip, core: Core | undefined, fitter: Fitter): BoardFit {
  const ramBytes = Math.max(0, ...sizes(chip, "ram"));
  const flash = sizes(chip, "flash").reduce((sum, bytes) => sum + bytes, 0);
  const about = { chip, core, ramBytes, flashBytes: flash };
  try {
    const engine = fitter(core, { ramBytes: ramBytes - stackBytes, flashBytes: flash });
    return { ...about, engine, why: "" };
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    return { ...about, engine: undefined, why: error.message };
  }
}

const sizes = ({ regions }: Chip, wanted: MemoryRegion["kind"]): number[] =>
  regions.filter(({ kind }) => kind === wanted).map(({ bytes }) => bytes);

interface Room {
  readonly ramBytes: number;
  readonly flashBytes: number;
}

type Fitter = (core: Core | undefined, room: Room) => BoardEngine;

/** Ways are priced once a core. */
function openFitter(prepared: Prepared, options: ChooseOptions): Fitter {
  const variant = { ...options, fusePool: true, recipes: scheduled(schedules.blocked) };
  const graph = graphOf(prepared, variant);
  const choosers = new Map<string, Chooser>();
  return (core, room) => {
    if (!core) {
      const compiled = lowerPlanned(planVariant(prepared, variant), variant.recipes);
      return checked(engineOf(compiled, variant.recipes, undefined), room);
    }
    const choose = choosers.get(core.id) ?? openChooser(graph, core, options);
    choosers.set(core.id, choose);
    const choice = choose({ ramBytes: room.ramBytes, flashBytes: room.flashBytes - otherCodeBytes });
    const compiled = lowerPlanned({ graph, plan: choice.plan }, choice.recipes);
    return checked(engineOf(compiled, choice.recipes, core), room);
  };
}

function engineOf(compiled: Compiled, { name }: Recipes, core: Core | undefined): BoardEngine {
  const found: Estimate = core
    ? estimate(workOf(compiled.program), core)
    : { kind: "none", core: "", why: "its core has not been calibrated" };
  const codeBytes = found.kind === "estimated" ? found.codeBytes : undefined;
  return {
    how: name,
    compiled,
    ramBytes: compiled.plan.arenaBytes + stackBytes,
    flashBytes: constantBytes(compiled) + (codeBytes ?? 0) + otherCodeBytes,
    codeBytes,
    estimate: found,
  };
}

/** The chooser's code may be less than the estimate's, and without a chooser there was no budget. */
function checked(engine: BoardEngine, room: Room): BoardEngine {
  const ram = engine.ramBytes - room.ramBytes - stackBytes;
  const flash = engine.flashBytes - room.flashBytes;
  if (ram > 0) throw new CompileError(`${ram} bytes of RAM too few: arena and stack take ${engine.ramBytes}`);
  if (flash > 0)
    throw new CompileError(`${flash} bytes of flash too few: constants and code take ${engine.flashBytes}`);
  return engine;
}
