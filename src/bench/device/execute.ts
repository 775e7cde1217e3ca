/** Other programs, run to their end. */
import { execFile, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export interface Execution {
  readonly failed: boolean;
  /** Both output streams in one: semihosting writes to stderr, a serial line to stdout. */
  readonly output: string;
}

export interface ExecutionOptions {
  readonly folder?: string;
  readonly timeoutSeconds?: number;
}

export function execute(
  command: string,
  args: readonly string[],
  { folder, timeoutSeconds = 0 }: ExecutionOptions = {},
): Promise<Execution> {
  return new Promise((resolve) => {
    const options = { cwd: folder, timeout: timeoutSeconds * 1000, maxBuffer: 1 << 24 };
    const child = execFile(command, args, options, (error, stdout, stderr) => {
      const late = error?.killed === true ? `${command} was stopped after ${timeoutSeconds} s\n` : "";
      const absent = error?.code === "ENOENT" ? `${command} not found\n` : "";
      resolve({ failed: error !== null, output: `${stdout}${stderr}${late}${absent}` });
    });
    child.stdin?.end();
  });
}

/** The first line of what `command --version` says, or undefined where there is no such command; asked for once. */
export function versionOf(command: string): string | undefined {
  if (!versions.has(command)) {
    const { status, stdout } = spawnSync(command, ["--version"], { encoding: "utf8" });
    versions.set(command, status === 0 ? stdout.split("\n", 1)[0]! : undefined);
  }
  return versions.get(command);
}

const versions = new Map<string, string | undefined>();

let ours: string | undefined;

/** A new folder that is there until this process ends. */
export function lastingFolder(): string {
  if (ours === undefined) {
    const folder = mkdtempSync(join(tmpdir(), "pingpool-devices-"));
    process.once("exit", () => {
      rmSync(folder, { recursive: true, force: true });
    });
    ours = folder;
  }
  return mkdtempSync(join(ours, "part-"));
}

/** A file of this package's `devices/`. */
export function boardFile(name: string): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) folder = dirname(folder);
  return join(folder, "devices", name);
}
