/** Lays out a system's memories in a simulator's own memory, and tells it how long their accesses take. */
import { CompileError } from "../error.ts";
import type { SimulatorExports } from "./exports.ts";
import { hex } from "./hex.ts";
import type { Image } from "./image.ts";
import type { Cache, Path, SlowMemory } from "./path.ts";
import { fills, replacements, writes } from "./path.ts";
import type { MemoryRegion } from "./region.ts";
import { checkRegions } from "./region.ts";

/** Maps every region and copies the program in. */
export function loadProgram(
  exported: SimulatorExports,
  regions: readonly MemoryRegion[],
  image: Image,
): void {
  checkRegions(regions);
  const paths = new Paths(exported);
  const hosts = regions.map((region, i) => {
    const { fetchWaits, loadWaits, storeWaits, fetch, load, store } = region;
    exported.route(i, fetchWaits, loadWaits, storeWaits, paths.of(fetch), paths.of(load), paths.of(store));
    return exported.mapRegion(i, region.address, region.bytes, region.kind === "ram" ? 1 : 0);
  });
  for (const { address, bytes } of image.segments) {
    const i = regions.findIndex(
      (region) => address >= region.address && address + bytes.length <= region.address + region.bytes,
    );
    const region = regions[i];
    if (region === undefined)
      throw new CompileError(
        `the program has ${bytes.length} bytes at ${hex(address)}, which no memory holds: ` +
          regions
            .map((one) => `${one.name} ${hex(one.address)} to ${hex(one.address + one.bytes - 1)}`)
            .join(", "),
      );
    new Uint8Array(exported.memory.buffer).set(bytes, (hosts[i]! >>> 0) + address - region.address);
  }
}

/** Makes each path, cache and memory once: what is named twice is shared. */
export class Paths {
  readonly #made = new Map<Path | Cache | SlowMemory, number>();
  readonly exported: Pick<SimulatorExports, "makeMemory" | "makeCache" | "makePath">;
  constructor(exported: Paths["exported"]) {
    this.exported = exported;
  }
  /** The simulator's own address of the path, 0 for none. */
  of(path: Path | undefined): number {
    if (path === undefined) return 0;
    return this.#once(path, () =>
      this.exported.makePath(
        this.#memory(path.memory),
        path.cache === undefined ? 0 : this.#cache(path.cache),
        Number(path.prefetch ?? false),
        path.hitWaits ?? 0,
      ),
    );
  }
  #memory(memory: SlowMemory): number {
    return this.#once(memory, () =>
      this.exported.makeMemory(
        memory.width,
        memory.waits,
        memory.next,
        Number(memory.continues ?? false),
        Number(memory.keepsStep ?? false),
      ),
    );
  }
  #cache(cache: Cache): number {
    return this.#once(cache, () =>
      this.exported.makeCache(
        cache.bytes,
        cache.ways,
        cache.line,
        replacements.indexOf(cache.replacement),
        cache.hitWaits,
        fills.indexOf(cache.fill),
        writes.indexOf(cache.write),
        Number(cache.allocatesOnWrite),
      ),
    );
  }
  #once(key: Path | Cache | SlowMemory, make: () => number): number {
    const made = this.#made.get(key) ?? make();
    this.#made.set(key, made);
    return made;
  }
}
