/** Host time of a variant, against the naive plan with the same loops. */
import { schedules } from "../../lower/schedule.ts";
import { scheduled } from "../../lower/scheduled.ts";
import type { Measurement } from "../../measurement.ts";
import { measureLatencies, measureRatios } from "../measure.ts";
import type { PairOptions } from "../pair.ts";
import type { Progress } from "../progress.ts";
import type { Workpiece, Workshop } from "./workshop.ts";

/** `latencyNs` of a variant and its `ratio` to the naive plan; of the naive plan itself only the time. */
export type TimeVariant = (variant: string, piece: Workpiece) => Promise<Measurement[]>;

export function timerOf(
  shop: Workshop,
  frame: Uint8Array,
  timing: PairOptions,
  progress: Progress,
): TimeVariant {
  const naive = shop({
    strategy: "naive",
    frame: "resident",
    fusePool: false,
    recipes: scheduled(schedules.blocked),
  });
  return async (variant, piece) => {
    const options = { ...timing, progress };
    const engine = await piece.engine();
    engine.load(frame);
    if (piece === naive) return measureLatencies([{ variant, engine }], options);
    const baseline = await naive.engine();
    baseline.load(frame);
    return measureRatios({ variant: "the naive plan", engine: baseline }, [{ variant, engine }], options);
  };
}
