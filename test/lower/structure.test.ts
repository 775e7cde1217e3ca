import assert from "node:assert/strict";
import { test } from "node:test";
import type { Way } from "../support/engines.ts";
import { random } from "../support/random.ts";
import { interpreted, wide, type Wide } from "../support/wide.ts";

/** Networks that join, cut and turn, in all the ways a row can be moved. */
const texts = [
  "in 8x8x3 | conv 3x3 4 p1 | relu | as a | conv 1x1 2 | as b | from a | conv 5x5 3 p2 | relu | concat a b | conv 1x1 4",
  "in 6x5x4 | conv 1x1 4 | as a | maxpool 3 s1 p1 | concat w a | as b | conv 3x3 4 p1 | concat h b b | avgpool 2",
  "in 6x6x8 | as x | slice c 0:4 | conv 3x3 4 p1 | relu | as a | from x | slice c 4:8 | concat a | slice h 1:5 | slice w 2:5 | conv 1x1 3",
  "in 5x4x6 | conv 1x1 6 | transpose whc | conv 3x3 6 p1 | transpose hcw | relu | transpose cwh | conv 1x1 2",
  "in 4x6x8 | conv 1x1 8 | reshape 24x2x4 | transpose hcw | reshape 4x6x8 | conv 3x3 2",
  "in 4x4x3 | flatten | linear 32 | relu | reshape 4x4x2 | conv 3x3 4 p1 | reshape 1x16x4 | reshape 8x2x4 | conv 1x1 2",
  "in 28x1x1 | conv 3x1 1 p1x0 | reshape 7x4x1 | conv 1x1 1 | reshape 28x1x1 | conv 3x1 2 | flatten | as a | linear 3 | concat a",
  "in 6x6x3 | in2 6x6x2 as b | conv 3x3 4 p1 | relu | concat b | conv 1x1 3 | as head | maxpool 2 | flatten | linear 5 | out head",
  "in 6x6x3 | in2 1x1x4 as b | conv 3x3 4 | relu | avgpool 4 | concat b | as joined | linear 5 | out joined | out b",
];

const ways: readonly Way[] = [
  { schedule: "plain", strategy: "stream", frame: "pushed" },
  { schedule: "blocked", strategy: "stream", frame: "resident" },
  { schedule: "collapsed", strategy: "naive", frame: "resident" },
  { schedule: "blocked", strategy: "overlap", frame: "pushed" },
];

const describe = ({ text, way }: Wide): string => `${text} (${way.schedule}, ${way.strategy}, ${way.frame})`;

test("what moves values moves the evaluator's bytes, in every order and arena", () => {
  let seed = 1;
  for (const text of texts) {
    for (const dtype of ["int8", "f32"] as const) {
      for (const way of ways) {
        const one = wide(text, dtype, way, random(seed++));
        assert.ok(one);
        assert.deepEqual(interpreted(one), one.expected, describe(one));
      }
    }
  }
});
