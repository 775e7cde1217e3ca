/** Every comparison there is, those with the surest truth first. */
import { accuracyOf, type Accuracy, type Comparisons } from "./comparison.ts";
import { hardware } from "./hardware.ts";
import { paper } from "./paper.ts";
import { rtl } from "./rtl.ts";

export const comparisonSets: readonly Comparisons[] = [rtl, hardware, paper];

/** How far simulated cycles and instructions of a core have been from the truth, set by set; none if never compared. */
export function accuraciesOf(core: string): readonly Accuracy[] {
  return comparisonSets.flatMap((set) => accuracyOf(set, core) ?? []);
}
