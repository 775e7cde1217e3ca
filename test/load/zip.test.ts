import assert from "node:assert/strict";
import { test } from "node:test";
import { zipSync } from "fflate";
import { crc32, ZipArchive } from "../../src/load/zip.ts";

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const files = { "a/one": text("1".repeat(500)), "a/two": text("two") };

test("stored and deflated entries read alike", () => {
  for (const level of [0, 6] as const) {
    const zip = new ZipArchive(zipSync(files, { level }));
    assert.deepEqual(zip.names, ["a/one", "a/two"]);
    assert.equal(zip.readText("a/one"), "1".repeat(500));
    assert.equal(zip.readText("a/two"), "two");
    assert.deepEqual(zip.damaged, []);
  }
});

test("a stored entry is a view of the file", () => {
  const file = zipSync(files, { level: 0 });
  assert.equal(new ZipArchive(file).read("a/two").buffer, file.buffer);
});

test("the checksum is that of ISO 3309", () => {
  assert.equal(crc32(text("123456789")), 0xcbf43926);
});

/** The file with `value` written at `offset` from the first central directory entry. */
function patched(level: 0 | 6, offset: number, value: number, size: 2 | 4): Uint8Array {
  const file = zipSync(files, { level });
  const view = new DataView(file.buffer);
  let at = 0;
  while (view.getUint32(at, true) !== 0x02014b50) ++at;
  if (size === 2) view.setUint16(at + offset, value, true);
  else view.setUint32(at + offset, value, true);
  return file;
}

test("a wrong checksum is remembered, not refused", () => {
  const zip = new ZipArchive(patched(0, 16, 0x12345678, 4));
  zip.read("a/one");
  assert.deepEqual(zip.damaged, ["a/one"]);
});

for (const [what, file, expected] of [
  ["an entry beyond the file", patched(0, 42, 0xfffff, 4), /^CompileError: a\/one: no entry at byte 1048575/],
  [
    "a size beyond the file",
    patched(6, 20, 0xfffff, 4),
    /^CompileError: a\/one: ends at byte \d+, the file has \d+/,
  ],
  [
    "a zip bomb",
    patched(6, 24, 0x7fffffff, 4),
    /^CompileError: a\/one: \d+ compressed bytes claim to become 2147483647; refused as a zip bomb/,
  ],
  [
    "a size that is not true",
    patched(6, 24, 501, 4),
    /^CompileError: a\/one: holds 50\d bytes|checksum|damaged/,
  ],
  [
    "a stored size that is not true",
    patched(0, 24, 7, 4),
    /^CompileError: a\/one: stored entry of 500 bytes claims 7/,
  ],
  [
    "an unknown method",
    patched(6, 10, 12, 2),
    /^CompileError: a\/one: zip compression method 12 is not supported/,
  ],
  ["encryption", patched(0, 8, 1, 2), /^CompileError: a\/one: is encrypted/],
] as const) {
  test(`${what} is refused`, () => {
    assert.throws(() => new ZipArchive(file).read("a/one"), expected);
  });
}

test("two entries of one name are refused", () => {
  const file = zipSync({ "a/one": text("1"), "a/two": text("2") }, { level: 0 });
  const twice = new TextDecoder("latin1").decode(file).replaceAll("a/two", "a/one");
  assert.throws(
    () => new ZipArchive(Uint8Array.from(twice, (c) => c.charCodeAt(0))),
    /^CompileError: a\/one: appears twice/,
  );
});

test("ZIP64 sizes are read where the short ones are all ones", () => {
  const name = text("n");
  const local = new Uint8Array(31 + 3);
  const l = new DataView(local.buffer);
  l.setUint32(0, 0x04034b50, true);
  l.setUint16(26, 1, true);
  local.set(name, 30);
  local.set(text("abc"), 31);
  const central = new Uint8Array(47 + 28);
  const c = new DataView(central.buffer);
  c.setUint32(0, 0x02014b50, true);
  for (const at of [20, 24, 42]) c.setUint32(at, 0xffffffff, true);
  c.setUint16(28, 1, true);
  c.setUint16(30, 28, true);
  central.set(name, 46);
  c.setUint16(47, 1, true);
  c.setUint16(49, 24, true);
  c.setBigUint64(51, 3n, true);
  c.setBigUint64(59, 3n, true);
  c.setBigUint64(67, 0n, true);
  const end = new Uint8Array(56 + 20 + 22);
  const e = new DataView(end.buffer);
  e.setUint32(0, 0x06064b50, true);
  e.setBigUint64(32, 1n, true);
  e.setBigUint64(48, BigInt(local.length), true);
  e.setUint32(56, 0x07064b50, true);
  e.setBigUint64(64, BigInt(local.length + central.length), true);
  e.setUint32(76, 0x06054b50, true);
  e.setUint16(86, 0xffff, true);
  e.setUint32(92, 0xffffffff, true);
  assert.equal(new ZipArchive(Uint8Array.from([...local, ...central, ...end])).readText("n"), "abc");
});
