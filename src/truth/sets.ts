/** Every comparison there is, those with the surest truth first. */
import { accuracyOf, accuracyWords, type Accuracy, type Comparisons } from "./comparison.ts";
import { hardware } from "./hardware.ts";
import { networks } from "./networks.ts";
import { paper } from "./paper.ts";
import { qemu } from "./qemu.ts";
import { rp2040js } from "./rp2040js.ts";
import { rtl } from "./rtl.ts";
import { waits } from "./waits.ts";

/** What simulated cores were held against. */
const simulations: readonly Comparisons[] = [rtl, hardware, paper, rp2040js, qemu];

export const comparisonSets: readonly Comparisons[] = [...simulations, networks, waits];

/** How far simulated cycles and instructions of a core have been from the truth, set by set; none if never compared. */
export function accuraciesOf(core: string): readonly Accuracy[] {
  return simulations.flatMap((set) => accuracyOf(set, core) ?? []);
}

/** Simulated cores whose cycles were never compared, each with the reason. */
export const cyclesNotCompared: Readonly<Record<string, string>> = {
  "cortex-m0": "its rules are its manual's; published runs are whole milliseconds of unknown builds",
  "cortex-m3":
    "its rules are its manual's and Cortex-M4's; published runs are whole milliseconds of unknown builds",
  "qingke-v2c":
    "its rules are QingKe V2A's, whose measured loops were met; runs of it were published as source only",
};

/** How right a core's simulated cycles and instructions are, a sentence a set. */
export function accuracySentences(core: string): readonly string[] {
  const reason = cyclesNotCompared[core];
  return [
    ...(reason === undefined ? [] : [`its cycles were never compared; ${reason}`]),
    ...accuraciesOf(core).map(accuracyWords),
  ];
}
