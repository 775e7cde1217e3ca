/** Which memory of a chip an engine's data lies in. */
import type { Chip } from "../simulate/chip/chip.ts";
import type { MemoryRegion } from "../simulate/region.ts";

/** The RAM for an arena: the largest that answers at once, else the largest; undefined where none is large enough. */
export function arenaRegion({ regions }: Pick<Chip, "regions">, bytes: number): MemoryRegion | undefined {
  const enough = regions.filter((region) => region.kind === "ram" && region.bytes >= bytes);
  const bySize = [...enough].sort((a, b) => b.bytes - a.bytes);
  return bySize.find(answersAtOnce) ?? bySize[0];
}

/** Whether data there costs what the core's own rules say. */
export const answersAtOnce = ({ loadWaits, storeWaits, load, store }: MemoryRegion): boolean =>
  loadWaits + storeWaits === 0 && load === undefined && store === undefined;
