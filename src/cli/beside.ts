/** Files in a model's own folder, and none outside it: what ONNX calls external data. */
import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, join, sep } from "node:path";

/** A reader of the files beside `model`; undefined where there is none of the name, or it lies elsewhere. */
export function readerBeside(model: string): (name: string) => Uint8Array | undefined {
  const read = new Map<string, Uint8Array>();
  return (name) => {
    const path = join(dirname(model), name);
    if (!isInside(dirname(model), path)) return undefined;
    const known = read.get(path);
    if (known) return known;
    const bytes = new Uint8Array(readFileSync(path));
    read.set(path, bytes);
    return bytes;
  };
}

/** Links are followed first, so that none leads out. */
function isInside(folder: string, path: string): boolean {
  if (!existsSync(path) || !statSync(path).isFile()) return false;
  return realpathSync(path).startsWith(`${realpathSync(folder)}${sep}`);
}
