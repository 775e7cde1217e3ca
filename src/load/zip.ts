/**
 * Reads a zip archive from memory, as far as PyTorch writes and people re-pack them: stored and deflated entries,
 * ZIP64, data descriptors. Sizes come from the central directory, because PyTorch leaves them out of the local headers.
 *
 * A stored entry is a view of the file, never a copy. What an entry means is for others to say. Every length in the
 * file is distrusted: a wrong one is a `CompileError`, and inflating is limited both by entry and in total.
 */
import { inflateSync } from "fflate";
import { CompileError } from "../error.ts";

interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly compressedBytes: number;
  readonly bytes: number;
  readonly crc: number;
  readonly headerOffset: number;
}

const endSignature = 0x06054b50;
const end64Signature = 0x06064b50;
const locator64Signature = 0x07064b50;
const centralSignature = 0x02014b50;
const localSignature = 0x04034b50;

const endBytes = 22;
const longestComment = 0xffff;
const mostEntries = 100_000;
/** Deflate cannot expand more than this. */
const largestExpansion = 1032;
const mostInflatedBytes = 512 * 1024 * 1024;

export class ZipArchive {
  readonly #file: Uint8Array;
  readonly #view: DataView;
  readonly #entries: ReadonlyMap<string, ZipEntry>;
  readonly #read = new Map<string, Uint8Array>();
  readonly #damaged: string[] = [];
  #inflatedBytes = 0;

  constructor(file: Uint8Array) {
    this.#file = file;
    this.#view = new DataView(file.buffer, file.byteOffset, file.byteLength);
    this.#entries = readDirectory(this.#view);
  }

  get names(): readonly string[] {
    return [...this.#entries.keys()];
  }

  /** Entries read so far whose checksum was not what the directory says; PyTorch may be told to write wrong ones. */
  get damaged(): readonly string[] {
    return this.#damaged;
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  /** The uncompressed bytes of one entry. */
  read(name: string): Uint8Array {
    const known = this.#read.get(name);
    if (known) return known;
    const entry = this.#entries.get(name);
    if (!entry) throw new CompileError(`${name}: missing from the archive; save the model again`);
    const bytes = entry.method === 0 ? this.#stored(entry) : this.#inflated(entry);
    if (entry.crc !== 0 && crc32(bytes) !== entry.crc) this.#damaged.push(name);
    this.#read.set(name, bytes);
    return bytes;
  }

  readText(name: string): string {
    return new TextDecoder().decode(this.read(name));
  }

  #stored(entry: ZipEntry): Uint8Array {
    if (entry.compressedBytes !== entry.bytes) {
      throw new CompileError(
        `${entry.name}: stored entry of ${entry.compressedBytes} bytes claims ${entry.bytes}`,
      );
    }
    return this.#content(entry);
  }

  #inflated(entry: ZipEntry): Uint8Array {
    if (entry.method !== 8) {
      throw new CompileError(
        `${entry.name}: zip compression method ${entry.method} is not supported; pack it with deflate`,
      );
    }
    this.#inflatedBytes += entry.bytes;
    const expansion = entry.bytes / Math.max(1, entry.compressedBytes);
    if (expansion > largestExpansion || this.#inflatedBytes > mostInflatedBytes) {
      throw new CompileError(
        `${entry.name}: ${entry.compressedBytes} compressed bytes claim to become ${entry.bytes}; refused as a zip bomb`,
      );
    }
    const bytes = inflate(this.#content(entry), entry);
    if (bytes.length !== entry.bytes) {
      throw new CompileError(
        `${entry.name}: holds ${bytes.length} bytes, the directory says ${entry.bytes}; the file is damaged`,
      );
    }
    return bytes;
  }

  #content(entry: ZipEntry): Uint8Array {
    const at = entry.headerOffset;
    if (at + 30 > this.#file.length || this.#view.getUint32(at, true) !== localSignature) {
      throw new CompileError(`${entry.name}: no entry at byte ${at} of the archive; the file is damaged`);
    }
    const start = at + 30 + this.#view.getUint16(at + 26, true) + this.#view.getUint16(at + 28, true);
    const end = start + entry.compressedBytes;
    if (end > this.#file.length) {
      throw new CompileError(
        `${entry.name}: ends at byte ${end}, the file has ${this.#file.length}; the file is damaged or cut off`,
      );
    }
    return this.#file.subarray(start, end);
  }
}

function inflate(compressed: Uint8Array, entry: ZipEntry): Uint8Array {
  try {
    return inflateSync(compressed, { out: new Uint8Array(entry.bytes) });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CompileError(`${entry.name}: its compressed bytes are damaged (${reason})`);
  }
}

function readDirectory(view: DataView): ReadonlyMap<string, ZipEntry> {
  const { count, start } = readEnd(view);
  const entries = new Map<string, ZipEntry>();
  let at = start;
  for (let index = 0; index < count; ++index) {
    const { entry, next } = readCentralEntry(view, at);
    if (entries.has(entry.name))
      throw new CompileError(`${entry.name}: appears twice in the archive; refused`);
    entries.set(entry.name, entry);
    at = next;
  }
  return entries;
}

function readEnd(view: DataView): { count: number; start: number } {
  const end = findEnd(view);
  const found = { count: view.getUint16(end + 10, true), start: view.getUint32(end + 16, true) };
  const { count, start } = readEnd64(view, end) ?? found;
  if (count > mostEntries)
    throw new CompileError(`zip archive of ${count} entries; the limit is ${mostEntries}`);
  return { count, start };
}

function findEnd(view: DataView): number {
  const lowest = Math.max(0, view.byteLength - endBytes - longestComment);
  for (let at = view.byteLength - endBytes; at >= lowest; --at) {
    if (view.getUint32(at, true) === endSignature) return at;
  }
  throw new CompileError(
    `truncated zip archive: ${view.byteLength} bytes without the directory that ends a whole file; download or save it again`,
  );
}

function readEnd64(view: DataView, end: number): { count: number; start: number } | undefined {
  const locator = end - 20;
  if (locator < 0 || view.getUint32(locator, true) !== locator64Signature) return undefined;
  const at = safeNumber(view.getBigUint64(locator + 8, true));
  if (at + 56 > view.byteLength || view.getUint32(at, true) !== end64Signature) return undefined;
  return {
    count: safeNumber(view.getBigUint64(at + 32, true)),
    start: safeNumber(view.getBigUint64(at + 48, true)),
  };
}

function readCentralEntry(view: DataView, at: number): { entry: ZipEntry; next: number } {
  if (at + 46 > view.byteLength || view.getUint32(at, true) !== centralSignature) {
    throw new CompileError(
      `zip directory is damaged at byte ${at} of ${view.byteLength}; download or save the file again`,
    );
  }
  const nameEnd = at + 46 + view.getUint16(at + 28, true);
  const extraEnd = nameEnd + view.getUint16(at + 30, true);
  const next = extraEnd + view.getUint16(at + 32, true);
  if (next > view.byteLength) throw new CompileError(`zip directory is cut off at byte ${view.byteLength}`);
  const name = new TextDecoder().decode(
    new Uint8Array(view.buffer, view.byteOffset + at + 46, nameEnd - at - 46),
  );
  if ((view.getUint16(at + 8, true) & 1) !== 0)
    throw new CompileError(`${name}: is encrypted; save it without a password`);
  const short = {
    bytes: view.getUint32(at + 24, true),
    compressedBytes: view.getUint32(at + 20, true),
    headerOffset: view.getUint32(at + 42, true),
  };
  const sizes = widenSizes(view, nameEnd, extraEnd, short);
  return {
    entry: { name, method: view.getUint16(at + 10, true), crc: view.getUint32(at + 16, true), ...sizes },
    next,
  };
}

interface Sizes {
  readonly bytes: number;
  readonly compressedBytes: number;
  readonly headerOffset: number;
}

/** ZIP64 replaces, in this order, exactly those sizes that are all ones. */
function widenSizes(view: DataView, from: number, to: number, short: Sizes): Sizes {
  let at = from;
  while (at + 4 <= to && view.getUint16(at, true) !== 1) at += 4 + view.getUint16(at + 2, true);
  at += 4;
  const widen = (value: number): number => {
    if (value !== 0xffffffff || at + 8 > to) return value;
    at += 8;
    return safeNumber(view.getBigUint64(at - 8, true));
  };
  return {
    bytes: widen(short.bytes),
    compressedBytes: widen(short.compressedBytes),
    headerOffset: widen(short.headerOffset),
  };
}

function safeNumber(value: bigint): number {
  return Number(value < BigInt(Number.MAX_SAFE_INTEGER) ? value : BigInt(Number.MAX_SAFE_INTEGER));
}

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; ++bit) rest = (rest & 1) === 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  return rest;
});

/** The checksum of zip and gzip (ISO 3309), reflected polynomial 0xEDB88320. */
export function crc32(bytes: Uint8Array): number {
  let rest = 0xffffffff;
  for (const byte of bytes) rest = (rest >>> 8) ^ crcTable[(rest ^ byte) & 0xff]!;
  return (rest ^ 0xffffffff) >>> 0;
}
