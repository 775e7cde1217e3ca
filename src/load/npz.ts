/** NumPy's arrays as `numpy.save` and `numpy.savez` write them: one alone, or several in a zip archive. */
import { CompileError } from "../error.ts";
import { readNpy, type NpyArray } from "./npy.ts";
import { ZipArchive } from "./zip.ts";

/** @param name Which array of an archive; may be left out where it holds only one. */
export function readNumpy(bytes: Uint8Array, name?: string): NpyArray {
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) return readNpy(bytes);
  const archive = new ZipArchive(bytes);
  const names = archive.names.filter((entry) => entry.endsWith(".npy")).map((entry) => entry.slice(0, -4));
  const wanted = name ?? (names.length === 1 ? names[0]! : undefined);
  if (wanted !== undefined && names.includes(wanted)) return readNpy(archive.read(`${wanted}.npy`));
  const held = names.slice(0, 20).join(", ") + (names.length > 20 ? ", ..." : "");
  if (names.length === 0) throw new CompileError("npz: holds no arrays; write it with numpy.savez");
  throw new CompileError(
    name === undefined
      ? `npz: holds ${held}; say which, as in FILE.npz:${names[0]!}`
      : `npz: has no array ${name}, only ${held}`,
  );
}
