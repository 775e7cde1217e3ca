/** Every comparison there is, those with the surest truth first. */
import { accuracyOf, type Accuracy, type Comparisons } from "./comparison.ts";
import { hardware } from "./hardware.ts";
import { networks } from "./networks.ts";
import { paper } from "./paper.ts";
import { rtl } from "./rtl.ts";

/** What simulated cores were held against. */
const simulations: readonly Comparisons[] = [rtl, hardware, paper];

export const comparisonSets: readonly Comparisons[] = [...simulations, networks];

/** How far simulated cycles and instructions of a core have been from the truth, set by set; none if never compared. */
export function accuraciesOf(core: string): readonly Accuracy[] {
  return simulations.flatMap((set) => accuracyOf(set, core) ?? []);
}
