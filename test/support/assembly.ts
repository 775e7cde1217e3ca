/** Modules of `assembly/` that stand alone, compiled for a test that calls their functions. */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { compileAssemblyScript } from "../../src/bench/asc.ts";
import { packageRoot } from "./package-root.ts";

/** What `entry`, AssemblyScript beside the folders of `assembly/`, exports. */
export async function compileAssembly(entry: string): Promise<Record<string, CallableFunction>> {
  const folder = join(packageRoot(), "assembly");
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".ts"),
  );
  const sources = names.map((name) => [name.replaceAll("\\", "/"), readFileSync(join(folder, name), "utf8")]);
  const files: Record<string, string> = { ...Object.fromEntries(sources), "entry.ts": entry };
  const binary = await compileAssemblyScript({ entry: "entry.ts", files }, { pages: 2 });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(binary.slice()), {
    env: { abort: () => assertionFailed() },
  });
  return exports as Record<string, CallableFunction>;
}

function assertionFailed(): never {
  throw new Error("an assertion of the module failed");
}
