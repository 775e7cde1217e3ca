/**
 * Files of `torch.save` from before PyTorch 1.6, and of later ones asked for the old format: five pickles one after
 * another (magic number, protocol, system, the object, the keys of its storages), then each storage as its count of
 * elements and its bytes.
 */
import { CompileError } from "../error.ts";
import { isKind, readPickle } from "./pickle.ts";
import { isStorageType, itemBytes } from "./pickle-value.ts";
import type { PickleStorage, PickleValue } from "./pickle-value.ts";
import type { RecordSource } from "./weights.ts";

export interface SavedObject {
  readonly root: PickleValue;
  readonly records: RecordSource;
}

export function openLegacySave(bytes: Uint8Array): SavedObject {
  const file = "legacy torch.save file";
  const types = new Map<string, PickleStorage>();
  const options = { file, strict: false, storagePrefix: "" };
  const onStorage = (storage: PickleStorage): void => void types.set(storage.key, storage);
  let start = 0;
  const read = (): PickleValue => {
    const { value, end } = readPickle(bytes, { ...options, start, onStorage });
    start = end;
    return value;
  };
  read();
  read();
  checkByteOrder(read());
  const root = read();
  const keys = read();
  if (!isKind(keys, "list")) throw new CompileError(`${file}: no list of storages after the object`);
  const storages = new Map<string, Uint8Array>();
  for (const key of keys.items) {
    const type = typeof key === "string" ? types.get(key)?.type : undefined;
    if (typeof key !== "string" || type === undefined || !isStorageType(type))
      throw new CompileError(`${file}: storage ${String(key)} is listed, but no tensor uses it`);
    const next = readStorage(bytes, start, itemBytes[type], key);
    storages.set(key, next.bytes);
    start = next.end;
  }
  return { root, records: recordsOf(storages) };
}

function checkByteOrder(system: PickleValue): void {
  if (isKind(system, "dict") && system.entries.get("little_endian") === false)
    throw new CompileError("saved on a big-endian machine; load and save it again on another");
}

function readStorage(
  bytes: Uint8Array,
  start: number,
  itemSize: number,
  key: string,
): { bytes: Uint8Array; end: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = start + 8 <= bytes.length ? Number(view.getBigInt64(start, true)) : -1;
  const end = start + 8 + count * itemSize;
  if (count < 0 || end > bytes.length) {
    throw new CompileError(
      `storage ${key} needs ${Math.max(count, 0) * itemSize + 8} bytes from byte ${start} on, the file has ${bytes.length}; it is cut off`,
    );
  }
  return { bytes: bytes.subarray(start + 8, end), end };
}

function recordsOf(storages: ReadonlyMap<string, Uint8Array>): RecordSource {
  return {
    has: (name) => storages.has(name),
    read: (name) => storages.get(name) ?? new Uint8Array(),
  };
}
