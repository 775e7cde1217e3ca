import assert from "node:assert/strict";
import { test } from "node:test";
import type { Graph } from "../../src/graph/graph.ts";
import { floorOf } from "../../src/plan/floor.ts";
import { flowOf } from "../../src/plan/flow.ts";
import { lifetimesOf } from "../../src/plan/lifetimes.ts";
import { layerByLayer, orderOf, type Staging } from "../../src/plan/order.ts";
import type { Event, FramePolicy } from "../../src/plan/plan.ts";
import { ringRows } from "../../src/plan/ring.ts";
import { smallestFloor, stagePeaks } from "../../src/plan/stages.ts";
import { net } from "../support/networks.ts";
import { inBytes } from "./bytes.ts";

/** Two convolutions of three rows each: four input rows and more are needed before the second can begin. */
const twoConvolutions = inBytes(net("in 5x1x1 | conv 3x1 1 | conv 3x1 1"));

function order(graph: Graph, staging: Staging, frame: FramePolicy): string {
  return orderOf(flowOf(graph), staging, frame).map(short).join(" ");
}

function short(event: Event): string {
  switch (event.kind) {
    case "input":
      return `i${event.row}`;
    case "step":
      return `${event.node.split(".")[0]}:${event.step}`;
    case "output":
      return "out";
  }
}

test("one stage pulls each row as late as it can", () => {
  const staging = { cuts: [], pulls: "most first" } as const;
  assert.equal(order(twoConvolutions, staging, "pushed"), "i0 i1 i2 0:0 i3 0:1 i4 0:2 1:0 out");
});

test("a resident frame arrives whole before anything runs", () => {
  const staging = { cuts: [], pulls: "most first" } as const;
  assert.equal(order(twoConvolutions, staging, "resident"), "i0 i1 i2 i3 i4 0:0 0:1 0:2 1:0 out");
});

test("layer by layer, a tensor is complete before the next layer begins", () => {
  const graph = inBytes(net("in 4x1x1 | conv 3x1 1 p1,1,0,0 | conv 3x1 1 p1,1,0,0"));
  const layers = layerByLayer(flowOf(graph));
  assert.equal(order(graph, layers, "pushed"), "i0 i1 0:0 i2 0:1 i3 0:2 0:3 1:0 1:1 1:2 1:3 out");
});

test("rows nobody reads are made all the same, at the end of their stage", () => {
  const graph = inBytes(net("in 4x1x1 | conv 1x1 1 | conv 1x1 1 s2x1"));
  const staging = { cuts: [], pulls: "most first" } as const;
  assert.equal(order(graph, staging, "pushed"), "i0 0:0 1:0 i1 0:1 i2 0:2 1:1 i3 0:3 out");
});

test("a sum pulls its deep branch or its shortcut first, as it is told", () => {
  const graph = inBytes(
    net("in 2x1x1 | as x | conv 1x1 1 | conv 1x1 1 | as y | from x | conv 1x1 1 | add y"),
  );
  const deep = order(graph, { cuts: [], pulls: "most first" }, "pushed");
  const shallow = order(graph, { cuts: [], pulls: "fewest first" }, "pushed");
  assert.equal(deep, "i0 0:0 1:0 2:0 3:0 i1 0:1 1:1 2:1 3:1 out");
  assert.equal(shallow, "i0 2:0 0:0 1:0 3:0 i1 2:1 0:1 1:1 3:1 out");
});

test("a row lives from the event that writes it to the last that reads it", () => {
  const flow = flowOf(twoConvolutions);
  const events = orderOf(flow, { cuts: [], pulls: "most first" }, "pushed");
  const { rows } = lifetimesOf(flow, events, "pushed");
  assert.deepEqual(rows[0], [
    { first: 0, last: 3 },
    { first: 1, last: 5 },
    { first: 2, last: 7 },
    { first: 4, last: 7 },
    { first: 6, last: 7 },
  ]);
  assert.deepEqual(rows[2], [{ first: 8, last: 9 }]);
});

test("all rows of a resident frame live from the first event on", () => {
  const flow = flowOf(twoConvolutions);
  const events = orderOf(flow, { cuts: [], pulls: "most first" }, "resident");
  const { rows } = lifetimesOf(flow, events, "resident");
  assert.deepEqual(new Set(rows[0]!.map((life) => life.first)), new Set([0]));
});

test("a ring is as tall as the rows alive together, and whole where they never die", () => {
  const lives = (all: readonly [number, number][]) => all.map(([first, last]) => ({ first, last }));
  assert.equal(ringRows(lives([[0, 0], [1, 1], [2, 2]])), 1); // prettier-ignore
  assert.equal(ringRows(lives([[0, 2], [1, 3], [2, 4], [3, 5]])), 3); // prettier-ignore
  assert.equal(ringRows(lives([[0, 9], [1, 9], [2, 9]])), 3); // prettier-ignore
  // Row 0 outlives its neighbours: two rows are alive at most, but row 2 needs a slot that row 0 is not in.
  assert.equal(ringRows(lives([[0, 9], [1, 1], [2, 2], [3, 3]])), 4); // prettier-ignore
});

test("the floor is the fullest event, its scratch counted", () => {
  const flow = flowOf(twoConvolutions, { scratch: new Map([["0.conv2d", 7]]) });
  const events = orderOf(flow, { cuts: [], pulls: "most first" }, "pushed");
  // Event 7 is step 2 of the first convolution: input rows 2 to 4, all three of its own rows, 7 bytes of scratch.
  assert.deepEqual(floorOf(flow, lifetimesOf(flow, events, "pushed"), events.length), {
    bytes: 13,
    event: 7,
  });
});

for (const frame of ["resident", "pushed"] as const) {
  test(`the smallest floor is that of the best of all cuttings, frame ${frame}`, () => {
    const text =
      "in 12x5x2 | conv 3 4 p1 | as a | conv 3 4 p1 | add a | maxpool 2 s1 | conv 3 3 s2 | flatten | linear 5";
    const flow = flowOf(inBytes(net(text)), { scratch: new Map([["1.conv2d", 40]]) });
    const places = flow.nodes.length - 1;
    const floors = Array.from({ length: 2 ** places }, (_, mask) => {
      const cuts = Array.from({ length: places }, (_, c) => c + 1).filter((c) => (mask >> (c - 1)) & 1);
      const events = orderOf(flow, { cuts, pulls: "most first" }, frame);
      return floorOf(flow, lifetimesOf(flow, events, frame), events.length).bytes;
    });
    assert.equal(smallestFloor(stagePeaks(flow, frame, "most first")), Math.min(...floors));
    assert.ok(Math.min(...floors) < Math.max(...floors));
  });
}
