import assert from "node:assert/strict";
import { test } from "node:test";
import type { Engine } from "../../src/bench/engine.ts";
import { describeEnvironment, packageVersion } from "../../src/bench/environment.ts";
import { measureLatencies, measureRatios } from "../../src/bench/measure.ts";
import { progressOn } from "../../src/bench/progress.ts";

let now = 0;
const fake = (name: string, ms: number): Engine => ({
  name,
  run: (frame) => frame,
  load: () => undefined,
  invoke: () => void (now += ms),
  result: () => new Uint8Array(),
  begin: () => undefined,
  pushRow: () => undefined,
});
const options = { clock: () => now, budgetMs: 160 };
const slow = { variant: "naive", engine: fake("lenet5 naive", 2) };
const fast = { variant: "stream", engine: fake("lenet5 stream", 0.5) };

test("latencies carry nanoseconds, interval and a source that warns", async () => {
  const [latency] = await measureLatencies([slow], options);
  assert.deepEqual(
    { ...latency, source: "" },
    {
      metric: "latencyNs",
      value: 2e6,
      how: "measured",
      variant: "naive",
      interval: { low: 2e6, high: 2e6, kind: "95 % bootstrap" },
      source: "",
    },
  );
  assert.match(latency!.source, /^Wasm in Node v\d.* tinybench \d+\.\d+\.\d+, \d+ batches, 25th percentile/);
  assert.match(latency!.source, /host only, says little about a microcontroller$/);
});

test("ratios say how many times faster than the baseline, in how many blocks", async () => {
  const [ratio, latency] = await measureRatios(slow, [fast], options);
  assert.deepEqual([ratio!.metric, ratio!.variant, ratio!.value], ["ratio", "stream", 4]);
  assert.deepEqual([latency!.metric, latency!.value], ["latencyNs", 0.5e6]);
  assert.match(ratio!.source, / \d+ ABBA blocks against naive,/);
});

test("the environment names Node, the platform and the versions of the tools", () => {
  const sentence = describeEnvironment();
  assert.ok(sentence.startsWith(`Node ${process.version}, ${process.platform} ${process.arch}, `));
  assert.match(sentence, /, \d+ cores?, assemblyscript \d+\.\d+\.\d+, tinybench \d/);
  assert.equal(packageVersion("no-such-package"), undefined);
});

test("progress is plain lines where there is no terminal, and one changing line where there is", () => {
  const record = (isTTY: boolean): string => {
    let text = "";
    const progress = progressOn({ isTTY, columns: 12, write: (part) => (text += part) });
    progress.step("one of two steps");
    progress.done("done");
    return text;
  };
  assert.equal(record(false), "one of two steps\ndone\n");
  assert.equal(record(true), "\r\u001b[Kone of two \r\u001b[Kdone\n");
});
