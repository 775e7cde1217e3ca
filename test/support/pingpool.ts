import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { packageRoot } from "./package-root.ts";

const cli = fileURLToPath(new URL("../../src/cli.js", import.meta.url));

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line in the package's folder, as a user would. */
export function pingpool(...words: readonly string[]): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...words], {
    cwd: packageRoot(),
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  return { status, stdout, stderr };
}

/** The value a command prints with `--json`; the command must succeed. */
export function pingpoolJson(...words: readonly string[]): unknown {
  const { status, stdout, stderr } = pingpool(...words, "--json");
  if (status !== 0)
    throw new Error(`pingpool ${words.join(" ")} ended with ${status ?? "a signal"}: ${stderr}`);
  return JSON.parse(stdout);
}
