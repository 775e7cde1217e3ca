import assert from "node:assert/strict";
import { test } from "node:test";
import { semihosting } from "../../src/simulate/semihosting.ts";
import type { SemihostingHost } from "../../src/simulate/semihosting.ts";

/** 256 bytes of memory with words at their addresses, and what the program did. */
function host(words: Readonly<Record<number, number>>) {
  const memory = new DataView(new ArrayBuffer(256));
  for (const [address, value] of Object.entries(words)) memory.setUint32(Number(address), value, true);
  const done: { readonly text: number[]; code: number | undefined } = { text: [], code: undefined };
  const board: SemihostingHost = {
    write: (byte) => done.text.push(byte),
    exit: (code) => (done.code = code),
    cycles: () => 0n,
    peek: (address, bytes) => (bytes === 1 ? memory.getUint8(address) : memory.getInt32(address, true)),
    poke: (address, bytes, value) =>
      bytes === 1 ? memory.setUint8(address, value) : memory.setInt32(address, value, true),
    spare: { from: 0x20001000, to: 0x20008000 },
    place: { next: 0 },
  };
  return { board, memory, done };
}
const name = (text: string): Record<number, number> =>
  Object.fromEntries(
    Array.from({ length: (text.length >> 2) + 1 }, (_, i) => [
      128 + 4 * i,
      [0, 1, 2, 3].reduce((word, j) => word | ((text.charCodeAt(4 * i + j) || 0) << (8 * j)), 0) >>> 0,
    ]),
  );

test("the features that C libraries ask for: exits carry codes, standard error opens", () => {
  const { board, memory, done } = host({ 0: 128, 16: 2, 20: 64, 24: 4, ...name(":semihosting-features") });
  assert.equal(semihosting(0x01, 0, board), 2);
  assert.equal(semihosting(0x0c, 16, board), 5);
  assert.equal(semihosting(0x06, 16, board), 0); // read: none of the four is left
  assert.equal(memory.getUint32(64, true), 0x42464853); // "SHFB"
  assert.equal(semihosting(0x06, 16, board), 3); // one more, three of four are left
  assert.equal(memory.getUint8(64), 3);
  memory.setUint32(0, 0x20026, true);
  memory.setUint32(4, 7, true);
  semihosting(0x20, 0, board);
  assert.equal(done.code, 7);
});

test("a heap above the program and a stack from the end of RAM; standard input has ended", () => {
  const { board, memory } = host({ 0: 32, 16: 1, 20: 64, 24: 9 });
  assert.equal(semihosting(0x16, 0, board), 0);
  const words = [0, 4, 8, 12].map((at) => memory.getUint32(32 + at, true));
  assert.deepEqual(words, [0x20001000, 0x20008000, 0x20008000, 0x20001000]);
  assert.equal(semihosting(0x06, 16, board), 9);
});

test("other files do not open, what is not offered is not answered", () => {
  const { board } = host({ 0: 128, ...name("data.bin") });
  assert.equal(semihosting(0x01, 0, board), -1);
  assert.equal(semihosting(0x10, 0, board), undefined); // the host's clock
});
