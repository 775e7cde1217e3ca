/** What each optimisation buys: switched on in turn, and removed alone from the full set. */
import { scheduleOf } from "../../lower/schedule.ts";
import { scheduled } from "../../lower/scheduled.ts";
import type { Measurement } from "../../measurement.ts";
import type { AblationReport } from "../../report/data.ts";
import { pairMeasurements, sideOf } from "../measure.ts";
import { comparePair, type PairOptions } from "../pair.ts";
import type { Progress } from "../progress.ts";
import {
  fullSet,
  optimisations,
  variantOf,
  without,
  type OptimisationId,
  type Optimisation,
} from "./optimisation.ts";
import { workMeasurements, type Workpiece, type Workshop } from "./workshop.ts";

export async function ablation(
  workshop: Workshop,
  frame: Uint8Array,
  options: PairOptions,
  progress: Progress,
): Promise<AblationReport[]> {
  const reports: AblationReport[] = [];
  const on = new Set<OptimisationId>();
  const full = workshop(variantOf(fullSet));
  let before = workshop(variantOf(on));
  reports.push(baseline(before));
  for (const optimisation of optimisations) {
    const { id } = optimisation;
    progress.step(`ablation: ${optimisation.title}`);
    on.add(id);
    const step = workshop(variantOf(on));
    const lesser = workshop(variantOf(without(fullSet, id)));
    reports.push({
      ...optimisation,
      switchedOn: [
        ...costs(`+ ${id}`, step),
        ...(await ratio(before, step, `+ ${id}`, "the step before", frame, options)),
      ],
      removed: [
        ...costs(`- ${id}`, lesser),
        ...(await ratio(full, lesser, `- ${id}`, "the full set", frame, options)),
      ],
    });
    before = step;
  }
  progress.step("ablation: 128-bit vectors");
  reports.push(await vectors(workshop, before, frame, options));
  return reports;
}

/** Where the ablation starts; there is nothing to remove. */
function baseline(piece: Workpiece): AblationReport {
  return {
    id: "naive",
    title: "Textbook",
    what: "Every layer writes a buffer of its own; the loops are written as in a textbook.",
    switchedOn: costs("naive", piece),
    removed: [],
  };
}

const vectorStep: Omit<Optimisation, "id"> = {
  title: "128-bit vectors (host only)",
  what: "Eight products a step in Wasm's v128; no microcontroller here has it, so there are no cycles.",
};

/** Vectors are the host's: they have a time, and no cycles on any core. */
async function vectors(
  workshop: Workshop,
  before: Workpiece,
  frame: Uint8Array,
  options: PairOptions,
): Promise<AblationReport> {
  const schedule = scheduleOf(["hoist", "collapse", "block", "unroll", "vectorize"]);
  const piece = workshop({ ...variantOf(fullSet), recipes: scheduled(schedule) });
  const id = "vectorize";
  return {
    id,
    ...vectorStep,
    switchedOn: [
      ...costs(`+ ${id}`, piece).filter(({ metric }) => metric !== "cycles"),
      ...(await ratio(before, piece, `+ ${id}`, "the step before", frame, options)),
    ],
    removed: [],
  };
}

function costs(variant: string, { compiled, work }: Workpiece): Measurement[] {
  const { arenaBytes, placement } = compiled.plan;
  return [
    {
      metric: "arenaBytes",
      value: arenaBytes,
      how: "counted",
      variant,
      source: `plan ${compiled.plan.strategy}, frame ${compiled.plan.frame}, placement ${placement}; proven by replay`,
    },
    ...workMeasurements(variant, work),
  ];
}

async function ratio(
  base: Workpiece,
  piece: Workpiece,
  variant: string,
  baseName: string,
  frame: Uint8Array,
  options: PairOptions,
): Promise<Measurement[]> {
  if (base === piece) return [];
  const [a, b] = [await base.engine(), await piece.engine()];
  a.load(frame);
  b.load(frame);
  return pairMeasurements(variant, baseName, await comparePair(sideOf(a), sideOf(b), options));
}
