/** What this machine and its tools are, in one sentence: a time without it means nothing. */
import { existsSync, readFileSync } from "node:fs";
import { arch, cpus, platform } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** `Node v20.20.2, linux x64, AMD EPYC 7B13, 2 cores, assemblyscript 0.28.20, tinybench 6.2.3, wabt 1.0.39` */
export function describeEnvironment(): string {
  const processors = cpus();
  const model = processors[0]?.model.trim().replace(/\s+/g, " ") || "unknown processor";
  const packages = ["assemblyscript", "tinybench", "wabt", "@yowasp/clang"]
    .map((name) => ({ name, version: packageVersion(name) }))
    .filter(({ version }) => version !== undefined)
    .map(({ name, version }) => `${name} ${version}`);
  return [
    `Node ${process.version}`,
    `${platform()} ${arch()}`,
    model,
    `${processors.length} ${processors.length === 1 ? "core" : "cores"}`,
    ...packages,
  ].join(", ");
}

/** Version of an installed package, or undefined. Looked up by walking, because `exports` may hide package.json. */
export function packageVersion(name: string): string | undefined {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const manifest = join(folder, "node_modules", name, "package.json");
    if (existsSync(manifest)) {
      return (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version;
    }
    const parent = dirname(folder);
    if (parent === folder) return undefined;
    folder = parent;
  }
}
