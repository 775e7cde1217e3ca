import type { Measurement } from "../measurement.ts";
import type { Life } from "../plan/plan.ts";

/**
 * What one report page is made of: the same object is written to `reports/data/NAME.json` and rendered to HTML.
 * Everything that is a figure is a `Measurement`, so that no number reaches a page without its provenance.
 */
export interface ModelReport {
  readonly name: string;
  /** One sentence: what the network is and where its weights come from. */
  readonly description: string;
  readonly file: { readonly path: string; readonly sha256: string; readonly bytes: number };
  /** `1x1x32x32`, NCHW as PyTorch says it. */
  readonly input: string;
  readonly toolVersion: string;
  /** The command line that made this page. */
  readonly command: string;
  /** Host and versions: `Node v20.20.2, linux x64, assemblyscript 0.28.20`. */
  readonly environment: string;
  /** What the importer or a pass wants the reader to know. */
  readonly notes: readonly string[];
  readonly layers: readonly LayerReport[];
  readonly variants: readonly VariantReport[];
  readonly maps: readonly MapReport[];
  readonly ablation: readonly AblationReport[];
  /** Accuracy, samples and preprocessing, float and int8. */
  readonly accuracy: readonly AccuracyReport[];
  readonly cores: readonly CoreReport[];
}

/** One layer of the network as it is compiled (after the passes). */
export interface LayerReport {
  /** `nn.Module` path. */
  readonly path: string;
  /** `Conv2d 5×5 + ReLU + MaxPool2d 2×2`. */
  readonly what: string;
  /** `14×14×6` */
  readonly output: string;
  /** macs, weightBytes, arenaBytes (its output ring) and, per core, cycles. */
  readonly measurements: readonly Measurement[];
}

/** One way to run the network. Its measurements: arenaBytes, floorBytes, latencyNs, cycles per core, flashBytes, … */
export interface VariantReport {
  readonly id: string;
  readonly title: string;
  readonly dtype: "f32" | "int8";
  /** Where the frame is; `-` for cited engines. */
  readonly frame: "resident" | "pushed" | "-";
  /** One sentence: what this variant is. */
  readonly what: string;
  readonly measurements: readonly Measurement[];
}

/** The memory map of one plan: address × event. */
export interface MapReport {
  readonly variant: string;
  readonly title: string;
  readonly arenaBytes: number;
  readonly floorBytes: number;
  readonly floorEvent: number;
  /** One label an event, in order: `row 3 of input`, `0: row 5`, `output`. */
  readonly events: readonly string[];
  readonly lives: readonly Life[];
}

/** One optimisation: its state after being switched on in turn, and the loss when it alone is removed from the best. */
export interface AblationReport {
  readonly id: string;
  readonly title: string;
  readonly what: string;
  /** Everything before it and it: arenaBytes, operations, cycles per core, ratio (host time, to the step before). */
  readonly switchedOn: readonly Measurement[];
  /** The full set without it: the same metrics; ratio is to the full set. */
  readonly removed: readonly Measurement[];
}

export interface AccuracyReport {
  /** `float, PyTorch`, `float, generated engine`, `int8, generated engine`. */
  readonly title: string;
  readonly dtype: "f32" | "int8";
  readonly samples: number;
  /** The data and its preprocessing, in words. */
  readonly data: string;
  readonly accuracy: Measurement;
}

export interface CoreReport {
  readonly id: string;
  readonly name: string;
  readonly part: string;
  readonly clockHz: number;
  /** Every price with its citation. */
  readonly prices: readonly {
    readonly operation: string;
    readonly cycles: number;
    readonly source: string;
  }[];
}
