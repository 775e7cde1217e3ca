/** What a run says, in words that the terminal and the page share. */
import { totalOf } from "./analyse.ts";
import { hex } from "./hex.ts";
import type { Cycles, Ending } from "./simulation.ts";
import { reasons } from "./simulation.ts";

export function endingWords(ending: Ending): string {
  switch (ending.kind) {
    case "exit":
      return `ended with code ${ending.code}`;
    case "idle":
      return `waits for ever at ${hex(ending.address)}`;
    case "budget":
      return `stopped by --limit at ${hex(ending.address)}`;
  }
}

/** The stalls of some code, most first: `hazard 12 %, control 8 %`. */
export function stallWords(cycles: Cycles): string {
  const whole = totalOf(cycles);
  const stalls = reasons.filter((reason) => reason !== "issue" && cycles[reason] / whole >= 0.005);
  return stalls
    .sort((a, b) => cycles[b] - cycles[a])
    .map((reason) => `${reason} ${((100 * cycles[reason]) / whole).toFixed(0)} %`)
    .join(", ");
}

/** `12.3 %`; of nothing, nothing. */
export const percentOf = (part: number, whole: number): string =>
  `${((100 * part) / Math.max(whole, 1)).toFixed(1)} %`;
