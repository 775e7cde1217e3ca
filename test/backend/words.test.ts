/** The intrinsics on packed words mean the same in every reader. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { verifyProgram } from "../../src/loop/verify.ts";
import { requantize, requantizeOnce } from "../../src/loop/intrinsic.ts";
import { hasCompiler } from "../support/cc.ts";
import { nativeC } from "../support/native-reader.ts";
import { net } from "../support/networks.ts";
import { random } from "../support/random.ts";
import { assemblyScript, interpreter } from "../support/readers.ts";
import { assertAgrees, type Trial } from "../support/trial.ts";
import { onceExactly, wordsProgram } from "../support/words.ts";

const { program, frame, expected } = wordsProgram(random(17), 400);
const trials: readonly Trial[] = [
  {
    what: "words",
    text: "words",
    graph: net("in 1x1x1 | relu"),
    program,
    frames: [frame],
    expected: [expected],
  },
];

test("the program is well-formed", () => verifyProgram(program));

test("the interpreter agrees", (t) => assertAgrees(t, trials, interpreter));

test("AssemblyScript agrees", (t) => assertAgrees(t, trials, assemblyScript));

test("C on this machine agrees", async (t) => {
  if (hasCompiler(t, "gcc")) await assertAgrees(t, trials, nativeC);
});

test("rounding once is rounding twice wherever that is not negative, and not above 0 elsewhere", () => {
  const numbers = random(18);
  for (let i = 0; i < 100_000; i++) {
    const a = numbers.int(-0x80000000, 0x7fffffff) >> numbers.int(0, 30);
    const multiplier = i % 9 === 0 ? 1 << 30 : numbers.int(1 << 30, 0x7fffffff);
    const shift = numbers.int(-31, -1);
    const once = requantizeOnce(a, multiplier, shift);
    const twice = requantize(a, multiplier, shift);
    const what = `${a} ${multiplier} ${shift}`;
    assert.equal(once, onceExactly({ a, multiplier, shift }), what);
    assert.equal(Math.max(once, 0), Math.max(twice, 0), what);
  }
});
