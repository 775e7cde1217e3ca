import type { SimulatedCore } from "../core/core.ts";
import type { Device } from "../device.ts";
import type { MemoryRegion } from "../region.ts";

/** A part: a core with memories, a clock and the few devices that programs need to print and to end. */
export interface Chip {
  /** `rp2350` */
  readonly id: string;
  readonly name: string;
  /** Ids of the cores it may have; undefined if any. */
  readonly cores: readonly string[] | undefined;
  /** Undefined where no clock belongs to it: cycles are then not turned into time. */
  readonly clockHz: number | undefined;
  readonly regions: readonly MemoryRegion[];
  readonly devices: (core: SimulatedCore) => readonly Device[];
  /** Where addresses, sizes and waits were read. */
  readonly source: string;
  /** What of it is not modelled. */
  readonly missing: string;
}
