/** A user's checkout of CMSIS-NN: which of its sources an int8 network needs, and which version it is. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { CompileError } from "../../error.ts";
import type { Library } from "../device/build.ts";

export interface CmsisNn extends Library {
  /** `CMSIS-NN 99f736a`, or the release in its package description. */
  readonly version: string;
}

/** Throws a `CompileError` where `folder` is no checkout of CMSIS-NN. */
export function openCmsisNn(folder: string): CmsisNn {
  // Compilers run in folders of their own.
  const home = resolve(folder);
  const include = join(home, "Include");
  if (!existsSync(join(include, "arm_nnfunctions.h")))
    throw new CompileError(
      `--cmsis-nn ${folder}: has no Include/arm_nnfunctions.h; give the folder of a checkout of ` +
        "github.com/ARM-software/CMSIS-NN",
    );
  const source = join(home, "Source");
  const files = readdirSync(source, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".c"))
    .sort()
    .map((file) => join(source, file));
  return { sources: neededSources(files), includes: [include], version: versionIn(home) };
}

/** The functions our driver calls. */
const called: readonly string[] = [
  ...["arm_convolve_wrapper_s8", "arm_convolve_wrapper_s8_get_buffer_size"],
  ...["arm_depthwise_conv_wrapper_s8", "arm_depthwise_conv_wrapper_s8_get_buffer_size"],
  ...["arm_fully_connected_per_channel_s8", "arm_vector_sum_s8", "arm_elementwise_add_s8"],
  ...["arm_max_pool_s8", "arm_avgpool_s8", "arm_avgpool_s8_get_buffer_size", "arm_softmax_s8"],
];

/** The files that define those functions, what they call in turn, and so on; found in the text. */
function neededSources(files: readonly string[]): readonly string[] {
  const texts = new Map(files.map((file) => [file, readFileSync(file, "utf8")]));
  const home = new Map<string, string>();
  for (const [file, text] of texts)
    for (const [, name] of text.matchAll(/^[\w ]+[ *]+(\w+)\([^;]*?\)\s*\{/gm)) home.set(name!, file);
  const needed = new Set<string>();
  const visit = (name: string): void => {
    const file = home.get(name);
    if (file === undefined || needed.has(file)) return;
    needed.add(file);
    for (const [, callee] of texts.get(file)!.matchAll(/\b(arm_\w+)\s*\(/g)) visit(callee!);
  };
  called.forEach(visit);
  return [...needed];
}

function versionIn(folder: string): string {
  try {
    const text = execFileSync("git", ["-C", folder, "log", "-1", "--format=%h", "--abbrev=7"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    return `CMSIS-NN ${text.trim()}`;
  } catch {
    const description = join(folder, "ARM.CMSIS-NN.pdsc");
    const release = existsSync(description)
      ? /<release version="([^"]+)"/.exec(readFileSync(description, "utf8"))?.[1]
      : undefined;
    return `CMSIS-NN ${release ?? "of unknown version"}`;
  }
}
