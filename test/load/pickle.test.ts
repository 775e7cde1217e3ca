import assert from "node:assert/strict";
import { test } from "node:test";
import { zipSync } from "fflate";
import { loadModel } from "../../src/load/load-model.ts";
import { isKind, readPickle } from "../../src/load/pickle.ts";
import type { PickleValue } from "../../src/load/pickle-value.ts";
import { openTorchSave } from "../../src/load/torch-save.ts";
import { ZipArchive } from "../../src/load/zip.ts";
import { joined, op, pickle, pickleValue } from "./archives.ts";

const read = (bytes: Uint8Array, strict = true): PickleValue =>
  readPickle(bytes, { file: "data.pkl", strict, storagePrefix: "data/" }).value;

test("plain values come out as they went in", () => {
  const value = read(pickle(pickleValue([null, true, false, -7, 0.5, "é", [1, 2]])));
  assert.deepEqual(value, {
    kind: "tuple",
    items: [null, true, false, -7, 0.5, "é", { kind: "tuple", items: [1, 2] }],
  });
});

test("long integers are exact", () => {
  assert.equal(read(op("\x80\x02\x8a\x02\x00\x80.")), -32768);
  assert.equal(read(op("\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.")), 0x1950a86a20f9469cfc6cn);
});

test("lists, dictionaries and the memo share what Python shares", () => {
  const value = read(op("\x80\x02(]q\x00K\x01ah\x00}X\x01\x00\x00\x00ah\x00st."));
  assert.ok(isKind(value, "tuple"));
  const [list, again, dict] = value.items;
  assert.equal(list, again);
  assert.ok(isKind(dict!, "dict"));
  assert.equal(dict.entries.get("a"), list);
});

test("a tensor is a view of a storage, wherever that was", () => {
  const value = read(pickle(pickleValue({ size: [2, 3], numbers: [1, 2, 3, 4, 5, 6] })));
  assert.deepEqual(value, {
    kind: "tensor",
    storage: { kind: "storage", type: "FloatStorage", key: "0", record: "data/0" },
    offset: 0,
    size: [2, 3],
    stride: [3, 1],
  });
});

test("reading ends after STOP and says where", () => {
  const two = joined(pickle(op("K\x01")), pickle(op("K\x02")));
  const first = readPickle(two, { file: "f", strict: true, storagePrefix: "" });
  assert.equal(first.end, 5);
  assert.equal(readPickle(two, { file: "f", strict: true, storagePrefix: "", start: first.end }).value, 2);
});

for (const name of [
  "posix system",
  "nt system",
  "os popen",
  "subprocess Popen",
  "builtins eval",
  "__builtin__ exec",
  "builtins getattr",
  "runpy _run_code",
  "torch.hub load",
]) {
  test(`a pickle that names ${name} is refused, and never run`, () => {
    const [module, attribute] = name.split(" ");
    const hostile = op(`\x80\x02c${module}\n${attribute}\nX\x04\x00\x00\x00true\x85R.`);
    const expected = `m.pt: data.pkl: refused: pickle references ${module}.${attribute}; do not open this file with Python`;
    const file = zipSync({ "archive/data.pkl": hostile });
    assert.throws(() => loadModel(file, { fileName: "m.pt" }), { message: expected });
  });
}

test("a hostile name given by STACK_GLOBAL is refused too", () => {
  const hostile = joined(op("\x80\x04\x8c\x05posix\x8c\x06system\x93."));
  assert.throws(() => read(hostile, false), /refused: pickle references posix\.system/);
});

test("a class of the user is only a name, and TorchScript may not even name it", () => {
  const bytes = op("\x80\x02c__main__\nNet\n)\x81}b.");
  const value = read(bytes, false);
  assert.ok(isKind(value, "object"));
  assert.deepEqual(value.type, { kind: "global", module: "__main__", name: "Net" });
  assert.throws(() => read(bytes), /refused: pickle references __main__\.Net/);
});

for (const [what, bytes, expected] of [
  [
    "an opcode PyTorch does not write",
    op("\x80\x02K\x01i."),
    /^CompileError: data\.pkl: pickle offset 4: opcode 0x69 is not one PyTorch writes$/,
  ],
  [
    "a pickle cut off",
    op("\x80\x02X\xff\x00\x00\x00a"),
    /pickle offset 2: needs 255 more bytes, the pickle ends at 8/,
  ],
  ["no STOP", op("\x80\x02N"), /pickle offset 3: needs 1 more bytes/],
  ["an empty stack", op("\x80\x02."), /the stack is empty/],
  ["a missing mark", op("\x80\x02t."), /pickle offset 2: no mark/],
  ["an unknown memo", op("\x80\x02h\x07."), /memo 7 was never stored/],
  ["a key without a value", op("\x80\x02}(K\x01u."), /key has no value/],
  [
    "a storage of an unknown type",
    joined(
      op("\x80\x02("),
      pickleValue("storage"),
      op("ctorch\nSize\n"),
      pickleValue("0"),
      pickleValue("cpu"),
      op("K\x01tQ."),
    ),
    /storage type torch\.Size is not supported/,
  ],
  [
    "a tensor without a storage",
    op("\x80\x02ctorch._utils\n_rebuild_tensor_v2\n(NK\x00))\x89NtR."),
    /a tensor has no storage/,
  ],
] as const) {
  test(`${what} is refused with its offset`, () => {
    assert.throws(() => read(bytes), expected);
  });
}

test("deep nesting and sharing cost no stack and no time", () => {
  const deep = joined(op("\x80\x02N"), op("\x85".repeat(100_000)), op("."));
  assert.ok(isKind(read(deep), "tuple"));
  const shared = joined(op("\x80\x02N"), op("q\x00h\x00\x86".repeat(60)), op(".")); // 2^60 leaves, if it were a tree
  const file = zipSync({ "m/data.pkl": shared });
  assert.throws(() => loadModel(file, { fileName: "m.pt" }), /torch\.save file without a model/);
});

test("an archive of torch.save without its pickle is refused", () => {
  const zip = new ZipArchive(zipSync({ "archive/version": op("3") }));
  assert.throws(() => openTorchSave(zip), /^CompileError: torch\.save archive without data\.pkl/);
});
