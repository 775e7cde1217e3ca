import assert from "node:assert/strict";
import { test } from "node:test";
import { zipSync } from "fflate";
import { writeNpy, type NpyArray } from "../../src/load/npy.ts";
import { readNumpy } from "../../src/load/npz.ts";

const one: NpyArray = { shape: [2], dtype: "f4", data: Float32Array.of(1, -2) };
const two: NpyArray = { shape: [1, 3], dtype: "u1", data: Uint8Array.of(7, 8, 9) };
const both = zipSync({ "x.npy": writeNpy(one), "y.npy": writeNpy(two) });

test("an array comes out of a .npy file, and out of a .npz file with one array or by its name", () => {
  assert.deepEqual(readNumpy(writeNpy(one)), one);
  assert.deepEqual(readNumpy(zipSync({ "x.npy": writeNpy(one) })), one);
  assert.deepEqual(readNumpy(both, "y"), two);
});

test("of several arrays one must be chosen, and a wrong name is answered with the right ones", () => {
  assert.throws(() => readNumpy(both), /npz: holds x, y; say which, as in FILE\.npz:x/);
  assert.throws(() => readNumpy(both, "z"), /npz: has no array z, only x, y/);
  assert.throws(() => readNumpy(zipSync({ a: new Uint8Array(1) })), /npz: holds no arrays/);
});
