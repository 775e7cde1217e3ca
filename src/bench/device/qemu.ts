/** Images on QEMU, their instructions counted by the plugin `devices/count.c`. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Image } from "./build.ts";
import { type Emulation, marksOf } from "./emulation.ts";
import { boardFile, execute, lastingFolder } from "./execute.ts";
import type { Emulator } from "./list.ts";

/** Runs an image to its end. Throws an `Error` where the plugin cannot be built. */
export async function emulateQemu(
  { command, machine }: Extract<Emulator, { kind: "qemu" }>,
  image: Image,
  folder: string,
  timeoutSeconds: number,
): Promise<Emulation> {
  const [marks, out] = ["marks.txt", "counts.txt"].map((name) => join(folder, name)) as [string, string];
  const lines = marksOf(image).map(({ address, region }) => `${address.toString(16)} ${region}\n`);
  writeFileSync(marks, lines.join(""));
  const plugin = await (counter ??= buildCounter());
  const { output } = await execute(
    command,
    [
      ...machine,
      ...["-nographic", "-monitor", "none", "-kernel", image.path],
      ...["-plugin", `file=${plugin},marks=${marks},out=${out}`],
    ],
    { timeoutSeconds },
  );
  return {
    console: output,
    instructions: existsSync(out) ? readCounts(readFileSync(out, "utf8")) : new Map(),
  };
}

function readCounts(text: string): ReadonlyMap<number, number> {
  const lines = text.trim().split("\n");
  return new Map(lines.map((line) => line.split(" ").map(Number) as [number, number]));
}

let counter: Promise<string> | undefined;

/** Compiles the plugin, once a process. */
async function buildCounter(): Promise<string> {
  const folder = lastingFolder();
  const plugin = join(folder, "count.so");
  const { failed, output } = await execute("cc", [
    ...["-O2", "-shared", "-fPIC", boardFile("count.c"), "-o", plugin],
  ]);
  if (failed) throw new Error(`the instruction counter could not be built\n${output}`);
  return plugin;
}
