/** Instructions and code of every way to compute the bundled networks' layers, on an emulated core. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { countProgram } from "../../src/backend/count.ts";
import { buildImage } from "../../src/bench/device/build.ts";
import type { Device } from "../../src/bench/device/list.ts";
import { emulateQemu } from "../../src/bench/device/qemu.ts";
import { candidates } from "../../src/choose/candidates.ts";
import { distinct } from "../../src/choose/price.ts";
import { fitKey } from "../../src/choose/work.ts";
import { printEngine } from "../../src/cli/compile.ts";
import { readModelFile } from "../../src/cli/model-file.ts";
import { compile, graphOf, prepare, type Compiled } from "../../src/compile.ts";
import type { Features } from "../../src/core/core.ts";
import type { Counts } from "../../src/loop/operation.ts";
import { identifier } from "../../src/lower/name.ts";
import type { Recipe, Recipes } from "../../src/lower/recipe.ts";

/** One layer computed in one way. */
export interface Measured {
  readonly device: string;
  readonly model: string;
  readonly layer: string;
  readonly key: string;
  readonly counts: Counts;
  readonly instructions: number;
  readonly codeBytes: number;
}

/** Whole tensors, each for itself: planned at once, and where rows lie changes a layer's instructions by little. */
const variant = { strategy: "best-fit", frame: "pushed", fusePool: true } as const;

/** Engines in which the layers take turns with their ways, at most `most` of them; with many ways each layer tries a share. */
export async function measureWays(
  model: string,
  device: Device,
  features: Features,
  most: number,
): Promise<readonly Measured[]> {
  const file = readModelFile(`models/${model}.pt`, { files: [], values: {}, flags: new Set() });
  const prepared = prepare(file.graph, "int8", file.calibration);
  const graph = graphOf(prepared, { ...variant, recipes: undefined as never });
  const ways = new Map(graph.nodes.map((node) => [node.name, distinct(candidates(graph, node, features))]));
  const all = Math.max(...[...ways.values()].map(({ length }) => length));
  const turns = Math.min(most, all);
  const found: Measured[] = [];
  for (let turn = 0; turn < turns; turn++) {
    const picks = new Map(
      graph.nodes.map(({ name }, i) => {
        const list = ways.get(name)!;
        return [name, list[(turn + (turns < all ? 5 * i : 0)) % list.length]!];
      }),
    );
    const recipes: Recipes = { name: "turn", refuses: () => undefined, of: (_, n) => picks.get(n.name)! };
    const compiled = compile(prepared, { ...variant, recipes });
    const engine = { file, prepared, compiled, ...variant, recipes, choice: undefined, inRam: [] };
    found.push(...(await measure(printEngine(engine, "fit-ways").files, compiled, picks, model, device)));
  }
  return found;
}

async function measure(
  files: Readonly<Record<string, string>>,
  { graph, program }: Compiled,
  picks: ReadonlyMap<string, Recipe>,
  model: string,
  device: Device,
): Promise<readonly Measured[]> {
  if (device.emulator.kind !== "qemu") throw new Error(`${device.name}: fits are made on QEMU`);
  const folder = mkdtempSync(join(tmpdir(), "pingpool-fit-"));
  try {
    const build = { compiler: "gcc", optimisation: "-O2", marked: true } as const;
    const image = await buildImage({ files }, device, build, folder);
    const { instructions, console: said } = await emulateQemu(device.emulator, image, folder, 120);
    if (!/selftest 0/.test(said)) throw new Error(`${device.name}, ${model}: ${said}`);
    const sizes = functionSizes(device, image.path);
    const counts = new Map(countProgram(program).map((entry) => [entry.layer, entry.counts]));
    return graph.nodes.flatMap((node, n): Measured[] => {
      const kernel = graph.inputs.length + n;
      const codeBytes = sizes.get(`${program.name}_${identifier(program.kernels[kernel]!.name)}`);
      // A kernel that serves several layers has its code at one of them.
      if (codeBytes === undefined) return [];
      const key = fitKey(graph, node, picks.get(node.name)!);
      return [
        {
          ...{ device: device.id, model, layer: node.name, key, counts: counts.get(node.name)!, codeBytes },
          instructions: instructions.get(kernel) ?? 0,
        },
      ];
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function functionSizes({ target }: Device, image: string): ReadonlyMap<string, number> {
  const lines = execFileSync(`${target}-nm`, ["-S", image], { encoding: "utf8" }).split("\n");
  return new Map(
    lines.flatMap((line) => {
      const [, bytes, , name] = line.split(" ");
      return name === undefined ? [] : [[name, parseInt(bytes!, 16)] as const];
    }),
  );
}
