import assert from "node:assert/strict";
import { test } from "node:test";
import { countCalls } from "../../src/backend/count.ts";
import { compile, type Compiled } from "../../src/compile.ts";
import { cores } from "../../src/core/cores.ts";
import type { TimedCost } from "../../src/core/estimate.ts";
import { constantBytes } from "../../src/core/price.ts";
import type { Operation } from "../../src/loop/operation.ts";
import { schedules } from "../../src/lower/schedule.ts";
import { scheduled } from "../../src/lower/scheduled.ts";
import { readCache, type Path, type SlowMemory } from "../../src/simulate/path.ts";
import { ram, type MemoryRegion } from "../../src/simulate/region.ts";
import { walkProgram, type Waits } from "../../src/wait/walk.ts";
import { int8 } from "../support/frames.ts";
import { net } from "../support/networks.ts";
import { random } from "../support/random.ts";

const core = cores.find(({ id }) => id === "hazard3")!;
const memory: SlowMemory = { name: "flash", width: 4, waits: 3, next: 4 };
const cacheOf = (bytes: number): Path => ({
  memory: { ...memory, width: 8 },
  cache: readCache({ name: "cache", bytes, ways: 2, line: 8, replacement: "lru", fill: "whole" }),
});

function engine(text: string): Compiled {
  const graph = int8(net(text), random(3), 4);
  const variant = { strategy: "stream", frame: "pushed", fusePool: true } as const;
  return compile({ dtype: "int8", graph }, { ...variant, recipes: scheduled(schedules.blocked) });
}

const conv = engine("in 12x12x3 | conv 3 8 | relu | conv 3 8");

/** @param cycles Of every kernel; it is 400 bytes of code. */
function walk({ program }: Compiled, flash: Partial<MemoryRegion>, cycles = 200_000, ahead = 2): Waits {
  const cost: TimedCost = { cycles, instructions: cycles / 2, codeBytes: 400 };
  const costs = program.kernels.map(() => cost);
  const fetchUnit = { bytes: 4, ahead };
  const region = { ...ram("flash", 0x1000_0000, 1 << 20), ...flash };
  return walkProgram(program, costs, { core, fetchUnit, instructionBytes: 4, flash: region });
}

/** Loads of constants, of which a vector or a copy is several. */
function constantWords({ program: { kernels, calls } }: Compiled): number {
  return kernels.reduce((sum, kernel, index) => {
    const rows = calls.filter((call) => call.kernel === index).map(({ row }) => row);
    const counts = countCalls(kernel, rows);
    const words = (Object.entries(constantBytes) as [Operation, number][]).map(
      ([operation, bytes]) => counts[operation] * Math.ceil(bytes / 4),
    );
    return sum + words.reduce((all, one) => all + one, 0);
  }, 0);
}

test("memory that answers at once makes nothing wait", () => {
  assert.deepEqual(walk(conv, {}), { code: 0, constants: 0 });
});

test("without a cache every constant that is counted waits its cycles", () => {
  const { code, constants } = walk(conv, { load: { memory: { ...memory, width: 16 } } });
  assert.equal(code, 0);
  assert.equal(constants, 3 * constantWords(conv));
  assert.equal(walk(conv, { loadWaits: 3 }).constants, constants);
});

test("a cache that all constants fit in waits for each of their lines once", () => {
  const bytes = conv.program.constants.reduce((sum, { data }) => sum + data.byteLength, 0);
  const { constants } = walk(conv, { load: cacheOf(16 << 10) });
  assert.ok(constants <= 3 * (bytes / 8 + conv.program.constants.length), `${constants} for ${bytes} bytes`);
  assert.ok(constants >= (3 * bytes) / 8);
});

test("weights that go through a smaller cache again and again are read again and again", () => {
  const [large, small] = [16 << 10, 64].map((bytes) => walk(conv, { load: cacheOf(bytes) }).constants);
  assert.ok(small! > 20 * large!, `${small} and ${large}`);
});

test("loops that fit the cache are fetched once, and fetching ahead hides what comes in order", () => {
  const once = walk(conv, { fetch: cacheOf(16 << 10) }).code;
  assert.ok(once > 0 && once < 4 * conv.program.kernels.length * (400 / 8), `${once}`);
  const [ahead, late] = [2, 0].map((words) => walk(conv, { fetch: { memory } }, 2_000_000, words).code);
  assert.ok(ahead! > 10 * once && 2 * ahead! < late!, `${ahead} and ${late}`);
});

test("calls beyond those walked wait as those did", () => {
  const flash = { load: { memory: { ...memory, width: 16 } } };
  const [all, extrapolated] = [200_000, 30_000_000].map((cycles) => walk(conv, flash, cycles).constants);
  assert.ok(Math.abs(extrapolated! / all! - 1) < 0.02, `${extrapolated} and ${all}`);
});
