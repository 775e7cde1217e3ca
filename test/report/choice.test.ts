import assert from "node:assert/strict";
import test from "node:test";
import { parse } from "node-html-parser";
import { latencyOn, leastRam, namedCore, rivals } from "../../src/report/choice.ts";
import type { VariantReport } from "../../src/report/data.ts";
import { timesOf } from "../../src/report/number.ts";
import { renderSummary } from "../../src/report/summary.ts";
import { sampleReport } from "../support/sample-report.ts";

const report = sampleReport();

test("the best is the least RAM of ours, and is held against the paper and every CMSIS-NN", () => {
  const best = leastRam(report, "int8", "resident")!;
  assert.equal(best.id, "int8-stream-resident");
  assert.deepEqual(
    rivals(report, best).map((v) => v.id),
    ["int8-paper-resident", "cited-cmsis-nn-legacy", "cmsis-nn-int8-modelled"],
  );
});

test("a smaller rival is never called ours, and a best that is not ours to claim shows a ratio below one", () => {
  const tiny: VariantReport = {
    id: "cmsis-nn-x", title: "x", dtype: "int8", frame: "resident", what: "",
    measurements: [{ metric: "arenaBytes", value: 618, how: "emulated", variant: "x", source: "s" }],
  }; // prettier-ignore
  const changed = { ...report, variants: [...report.variants, tiny] };
  assert.equal(leastRam(changed, "int8", "resident")!.id, "int8-stream-resident");
  const card = parse(renderSummary(changed).body.html).querySelector(".card")!;
  assert.match(card.text, /x618 B emulated 0\.50× emulated/);
});

test("time on a core is its cycles at its clock, estimated like them", () => {
  const core = namedCore(report)!;
  const time = latencyOn(leastRam(report, "int8", "resident")!, core)!;
  assert.equal(core.id, "cortex-m4");
  assert.equal(time.metric, "latencyNs");
  assert.equal(time.how, "estimated");
  assert.ok(Math.abs(time.value - (2_040_000 / 84e6) * 1e9) < 1);
});

test("a number made of two is as firm as the weaker one", () => {
  const of = (how: "counted" | "cited", value: number) =>
    ({ metric: "arenaBytes", value, how, variant: "v", source: "s" }) as const;
  assert.equal(timesOf(of("counted", 10), of("cited", 25)).how, "cited");
  assert.equal(timesOf(of("counted", 10), of("cited", 25)).value, 2.5);
});
