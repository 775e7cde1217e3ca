import type { Kernel } from "../ir.ts";
import { buffersIn, declaredIn } from "../walk.ts";

/** The names of a kernel that are taken, those of its buffers included. A rewrite's copies are called `acc_1`, `acc_2`, … after the first free number. */
export type Names = Set<string>;

export function namesIn(kernel: Kernel): Names {
  const names = new Set(["row", ...declaredIn(kernel.body)]);
  for (const buffer of buffersIn(kernel.body)) names.add(buffer.name);
  return names;
}

/** The name a copy was made from: `acc` of `acc_3`. */
export const originOf = (name: string): string => name.replace(/(_\d+)+$/, "");

/** A free name for a copy of `name` (`name` itself if it is free), taken from now on. */
export function takeName(names: Names, name: string): string {
  const origin = originOf(name);
  let free = names.has(name) ? origin : name;
  for (let n = 1; names.has(free); n++) free = `${origin}_${n}`;
  names.add(free);
  return free;
}
