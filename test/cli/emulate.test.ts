import assert from "node:assert/strict";
import { test } from "node:test";
import { pingpool } from "../support/pingpool.ts";

const wrong: readonly (readonly [string, readonly string[], RegExp])[] = [
  [
    "an unknown device",
    ["emulate", "models/lenet5.pt", "--device", "z80"],
    /z80: unknown; any of cortex-m0plus, /,
  ],
  [
    "a folder without CMSIS-NN",
    ["emulate", "models/lenet5.pt", "--cmsis-nn", "models"],
    /has no Include\/arm_nn/,
  ],
  ["CMSIS-NN without devices", ["bench", "models/lenet5.pt", "--cmsis-nn", "models"], /add --devices/],
];

for (const [what, words, message] of wrong) {
  test(`${what} is refused in a sentence`, () => {
    const { status, stderr } = pingpool(...words);
    assert.equal(status, 1, stderr);
    assert.match(stderr, message);
    assert.doesNotMatch(stderr, /\n\s+at /);
  });
}

test("the help of emulate lists the devices", () => {
  const { stdout } = pingpool("emulate", "--help");
  for (const id of ["cortex-m55", "rv32imc-zb", "rp2040", "atmega2560"])
    assert.match(stdout, new RegExp(`\\b${id}\\b`));
});
