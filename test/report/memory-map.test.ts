import assert from "node:assert/strict";
import test from "node:test";
import { parse } from "node-html-parser";
import type { MapReport } from "../../src/report/data.ts";
import { liveBytes, liveGroups, ownersOf } from "../../src/report/live.ts";
import { drawMap, ticks } from "../../src/report/map-drawing.ts";
import { renderMemoryMaps } from "../../src/report/memory-map.ts";
import { sampleReport } from "../support/sample-report.ts";

const small: MapReport = {
  variant: "stream",
  title: "small",
  arenaBytes: 100,
  floorBytes: 90,
  floorEvent: 2,
  events: ["row 0 of input", "a: row 0", "b: row 0", "output"],
  lives: [
    { owner: "input", kind: "row", row: 0, offset: 0, bytes: 40, first: 0, last: 1 },
    { owner: "a", kind: "row", row: 0, offset: 60, bytes: 40, first: 1, last: 2 },
    { owner: "a", kind: "scratch", row: 0, offset: 40, bytes: 10, first: 1, last: 1 },
    { owner: "b", kind: "row", row: 0, offset: 0, bytes: 50, first: 2, last: 3 },
  ],
};

test("a life is drawn as wide as its events and as high as its bytes, address 0 at the bottom", () => {
  const rects = parse(drawMap(small).html).querySelectorAll("rect");
  const shape = (i: number) =>
    ["x", "y", "width", "height"].map((name) => Number(rects[i]!.getAttribute(name)));
  assert.equal(rects.length, 4);
  assert.deepEqual(shape(0), [0, 60, 2, 40]);
  assert.deepEqual(shape(1), [1, 0, 2, 40]);
  assert.deepEqual(shape(3), [2, 50, 2, 50]);
  assert.equal(rects[2]!.getAttribute("class"), "o1 scratch");
});

test("what is alive at an event is grouped by owner and adds up to the live bytes", () => {
  assert.deepEqual(liveBytes(small.lives, 4), [40, 90, 90, 50]);
  assert.deepEqual(liveGroups(small.lives, 1), [
    { owner: "input", kind: "row", rows: [0], bytes: 40 },
    { owner: "a", kind: "row", rows: [0], bytes: 40 },
    { owner: "a", kind: "scratch", rows: [0], bytes: 10 },
  ]);
  assert.deepEqual(ownersOf(small.lives), ["input", "a", "b"]);
});

test("every panel begins at its floor event, where the live bytes are the floor", () => {
  const report = sampleReport();
  const panels = parse(renderMemoryMaps(report).body.html).querySelectorAll(".map");
  assert.equal(panels.length, report.maps.length);
  for (const [i, panel] of panels.entries()) {
    const map = report.maps[i]!;
    const slider = panel.querySelector("input[type=range]")!;
    assert.equal(slider.getAttribute("value"), String(map.floorEvent));
    assert.equal(slider.getAttribute("max"), String(map.events.length - 1));
    assert.equal(panel.querySelector(".total")!.getAttribute("data-total"), String(map.floorBytes));
    assert.equal(panel.querySelectorAll("rect[data-life]").length, map.lives.length);
    assert.equal(panel.querySelectorAll(".every-life tbody tr").length, map.lives.length);
    assert.equal(panel.querySelectorAll(".every-event tbody tr").length, map.events.length);
  }
});

test("the plan shown first is the best int8 one with a resident frame", () => {
  const shown = parse(renderMemoryMaps(sampleReport()).body.html).querySelector("option[selected]")!;
  assert.equal(shown.text, "stream, resident");
});

test("axes have round numbers and their end, never too close to it", () => {
  assert.deepEqual(ticks(6256), [0, 2000, 4000, 6256]);
  assert.deepEqual(ticks(134), [0, 20, 40, 60, 80, 100, 134]);
  assert.deepEqual(ticks(1), [0, 1]);
});
