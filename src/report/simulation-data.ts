import type { Analysis } from "../simulate/analyse.ts";
import type { Ending } from "../simulate/simulation.ts";

/** What the page of one simulated run is made of. */
export interface SimulationReport {
  readonly program: { readonly path: string; readonly bytes: number; readonly sha256: string };
  readonly core: { readonly id: string; readonly name: string };
  readonly chip: {
    readonly id: string;
    readonly name: string;
    /** What the model of the chip does not have, in words. */
    readonly missing: string;
    readonly clockHz: number | undefined;
  };
  readonly ending: Ending;
  readonly cycles: number;
  readonly instructions: number;
  readonly analysis: Analysis;
  readonly toolVersion: string;
  /** The command line that made this page. */
  readonly command: string;
  readonly environment: string;
}
