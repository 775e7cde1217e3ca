/**
 * Damage done to model files, for tests and the fuzzer: a seed always does the same. Each mutator knows only bytes, or
 * only where lengths lie in zip archives, pickles and protobuf messages; none knows what a model is.
 */
import { unzipSync, zipSync } from "fflate";
import { random, type Random } from "./random.ts";

export type Mutate = (bytes: Uint8Array, seed: number) => Uint8Array;

export const flipBits: Mutate = (bytes, seed) => {
  const { int } = random(seed);
  const changed = bytes.slice();
  for (let count = int(1, 8); count > 0; --count) changed[int(0, bytes.length - 1)]! ^= 1 << int(0, 7);
  return changed;
};

export const truncate: Mutate = (bytes, seed) => bytes.slice(0, random(seed).int(0, bytes.length - 1));

export const swapRuns: Mutate = (bytes, seed) => {
  const { int } = random(seed);
  const changed = bytes.slice();
  const length = Math.min(int(1, 64), bytes.length);
  changed.copyWithin(int(0, bytes.length - length), int(0, bytes.length - length), bytes.length);
  return changed;
};

/** A byte changed to another length, tag or number, near enough to be taken for one. */
export const lie: Mutate = (bytes, seed) => {
  const { int } = random(seed);
  const changed = bytes.slice();
  changed[int(0, bytes.length - 1)] = [0, 1, 2, 0x7f, 0x80, 0xff][int(0, 5)]!;
  return changed;
};

/** A run written again after itself, up to thousands of times: lists, nests and directories that do not end. */
export const repeatBlock: Mutate = (bytes, seed) => {
  const { int } = random(seed);
  const length = Math.min(int(1, 200), bytes.length);
  const at = int(0, bytes.length - length);
  const times = 2 ** int(1, 12);
  const changed = new Uint8Array(bytes.length + length * times);
  changed.set(bytes.subarray(0, at));
  for (let n = 0; n <= times; ++n) changed.set(bytes.subarray(at, at + length), at + n * length);
  changed.set(bytes.subarray(at + length), at + length * (times + 1));
  return changed;
};

/** Bytes 4 (local), 4 (central) or 2 and 4 (end) wide that say how long or where something is, by their record's signature. */
const zipLengths: readonly (readonly [signature: number, offsets: readonly number[]])[] = [
  [0x04034b50, [18, 22, 26, 28]],
  [0x02014b50, [8, 10, 16, 20, 24, 28, 30, 32, 42]],
  [0x06054b50, [8, 10, 12, 16, 20]],
  [0x06064b50, [32, 36, 48, 52]],
];

/** A length, count, method or place of a zip record replaced; other files are given back as `lengthLie` has them. */
export const zipLie: Mutate = (bytes, seed) => {
  const rng = random(seed);
  const [signature, offsets] = zipLengths[rng.int(0, zipLengths.length - 1)]!;
  const places = find(
    bytes,
    Uint8Array.from([0, 8, 16, 24], (shift) => (signature >>> shift) & 255),
  );
  if (places.length === 0) return lengthLie(bytes, seed);
  const at = places[rng.int(0, places.length - 1)]! + offsets[rng.int(0, offsets.length - 1)]!;
  return overwritten(bytes, at, littleEndian(rng));
};

/** Opcodes followed by a length, a count or a number: BINUNICODE, BINBYTES, BININT, LONG_BINPUT and their short forms. */
const pickleLengths = new Set([...`XBJTrjKMqh\x8a\x8b\x8c\x8d\x8e`].map((opcode) => opcode.charCodeAt(0)));

/** What follows an opcode of pickle replaced by a number too small, too large or negative. */
export const pickleLie: Mutate = (bytes, seed) => {
  const rng = random(seed);
  let at = rng.int(0, bytes.length - 1);
  while (at < bytes.length && !pickleLengths.has(bytes[at]!)) at += 1;
  return overwritten(bytes, at + 1, littleEndian(rng));
};

/** A protobuf number of up to ten bytes, over what was there. */
export const varintLie: Mutate = (bytes, seed) => {
  const { int } = random(seed);
  const length = int(1, 10);
  const number = Uint8Array.from({ length }, (_, n) => (n === length - 1 ? int(0, 127) : 128 | int(0, 127)));
  return overwritten(bytes, int(0, bytes.length - 1), number);
};

export const lengthLie: Mutate = (bytes, seed) => {
  const rng = random(seed);
  return overwritten(bytes, rng.int(0, bytes.length - 1), littleEndian(rng));
};

/** Every mutator above; those that do not find what they look for damage something else. */
export const mutators: Readonly<Record<string, Mutate>> = {
  flipBits,
  truncate,
  swapRuns,
  lie,
  repeatBlock,
  zipLie,
  pickleLie,
  varintLie,
  lengthLie,
};

/**
 * One record of an archive damaged, its checksum and lengths made right again, so that damage reaches whoever reads
 * the record. A file that is no archive is damaged as it is.
 */
export function mutateRecord(bytes: Uint8Array, change: Mutate, seed: number): Uint8Array {
  const { int } = random(seed ^ 0x5eed);
  const records = recordsOf(bytes);
  const names = Object.keys(records ?? {}).filter((name) => records![name]!.length > 0);
  if (!records || names.length === 0) return change(bytes, seed);
  const readable = names.filter((name) => /\.(pkl|py|json|pt)$/.test(name));
  const chosen = readable.length > 0 && int(0, 3) > 0 ? readable : names;
  const name = chosen[int(0, chosen.length - 1)]!;
  return zipSync({ ...records, [name]: change(records[name]!, seed) }, { level: 0 });
}

/** Records of two archives exchanged or added; of other files, the head of one and the tail of the other. */
export function splice(bytes: Uint8Array, other: Uint8Array, seed: number): Uint8Array {
  const { int } = random(seed);
  const ours = recordsOf(bytes);
  const theirs = recordsOf(other);
  if (!ours || !theirs || int(0, 3) === 0) {
    const head = bytes.subarray(0, int(0, bytes.length));
    const tail = other.subarray(int(0, other.length));
    return Uint8Array.from([...head.subarray(0, 1 << 16), ...tail.subarray(0, 1 << 16)]);
  }
  const names = Object.keys(ours);
  const donors = Object.keys(theirs);
  const mixed = { ...ours };
  for (let count = int(1, 4); count > 0; --count) {
    const donor = donors[int(0, donors.length - 1)]!;
    const sameEnd = names.filter((name) => name.split("/").at(-1) === donor.split("/").at(-1));
    const target = sameEnd.length > 0 ? sameEnd : names;
    mixed[int(0, 3) === 0 ? donor : target[int(0, target.length - 1)]!] = theirs[donor]!;
  }
  return zipSync(mixed, { level: 0 });
}

function recordsOf(bytes: Uint8Array): Record<string, Uint8Array> | undefined {
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) return undefined;
  return unzipSync(bytes);
}

function find(bytes: Uint8Array, wanted: Uint8Array): number[] {
  const places: number[] = [];
  for (let at = bytes.indexOf(wanted[0]!); at >= 0; at = bytes.indexOf(wanted[0]!, at + 1))
    if (wanted.every((byte, n) => bytes[at + n] === byte)) places.push(at);
  return places;
}

const extremes = [
  0n,
  1n,
  0x7fn,
  0xffn,
  0xffffn,
  0x7fffffffn,
  0x80000000n,
  0xfffffff0n,
  0xffffffffn,
  1n << 40n,
  -1n,
];

function littleEndian({ int }: Random): Uint8Array {
  const value = extremes[int(0, extremes.length - 1)]! + BigInt(int(0, 2) === 0 ? int(-9, 9) : 0);
  return new Uint8Array(BigInt64Array.of(BigInt.asIntN(64, value)).buffer).subarray(
    0,
    [1, 2, 4, 8][int(0, 3)]!,
  );
}

function overwritten(bytes: Uint8Array, at: number, written: Uint8Array): Uint8Array {
  const changed = bytes.slice();
  changed.set(written.subarray(0, Math.max(0, bytes.length - at)), Math.min(at, bytes.length));
  return changed;
}
