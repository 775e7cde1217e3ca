/** Unpacks gzip (RFC 1952), which people wrap around model files; its own count of bytes limits what it may become. */
import { gunzipSync } from "fflate";
import { CompileError } from "../error.ts";
import { crc32 } from "./zip.ts";

/** Deflate cannot expand more than this. */
const largestExpansion = 1032;
const mostBytes = 512 * 1024 * 1024;

export function gunzip(bytes: Uint8Array): Uint8Array {
  if (bytes.length < 18) throw new CompileError(`gzip file of ${bytes.length} bytes is cut off`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(bytes.length - 4, true);
  if (length > mostBytes || length > bytes.length * largestExpansion)
    throw new CompileError(
      `gzip file of ${bytes.length} bytes claims to become ${length}; damaged or refused as a bomb`,
    );
  const unpacked = inflate(bytes, length);
  if (unpacked.length !== length || crc32(unpacked) !== view.getUint32(bytes.length - 8, true))
    throw new CompileError(`gzip file of ${bytes.length} bytes is damaged; download it again`);
  return unpacked;
}

function inflate(bytes: Uint8Array, length: number): Uint8Array {
  try {
    return gunzipSync(bytes, { out: new Uint8Array(length) });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CompileError(`gzip file of ${bytes.length} bytes is damaged (${reason})`);
  }
}
