/** The ways there are to compute a layer, the plainest first. */
import type { Recipe } from "../lower/recipe.ts";
import { schedules } from "../lower/schedule.ts";
import { nestRecipe } from "../lower/scheduled.ts";

const nests: readonly Recipe[] = [schedules.blocked, schedules.unrolled, schedules.collapsed].map(nestRecipe);

export function candidates(): readonly Recipe[] {
  return nests;
}
