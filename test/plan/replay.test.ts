import assert from "node:assert/strict";
import { test } from "node:test";
import { lives } from "../../src/plan/lives.ts";
import type { Life, Plan } from "../../src/plan/plan.ts";
import { planMemory } from "../../src/plan/plan-memory.ts";
import { replay } from "../../src/plan/replay.ts";
import { rowOffset } from "../../src/plan/ring.ts";
import { byteNet } from "./bytes.ts";

const graph = byteNet("in 12x4x2 | conv 3 4 p1 | relu | conv 3 4 p1 | relu | maxpool 2 | linear 3", "stream");
const scratch = new Map([["2.conv2d", 24]]);
const plan = planMemory(graph, { strategy: "stream", frame: "pushed", scratch });
const first = graph.nodes[0]!.output;

function withRing(change: { offset?: number; rows?: number }): Plan {
  const ring = plan.rings.get(first)!;
  return { ...plan, rings: new Map([...plan.rings, [first, { ...ring, ...change }]]) };
}

function refuses(candidate: Plan): boolean {
  try {
    replay(graph, candidate);
    return false;
  } catch {
    return true;
  }
}

function overlaps(map: readonly Life[]): boolean {
  return map.some((a, i) =>
    map
      .slice(i + 1)
      .some(
        (b) =>
          a.offset < b.offset + b.bytes &&
          b.offset < a.offset + a.bytes &&
          a.first <= b.last &&
          b.first <= a.last,
      ),
  );
}

test("a plan as made replays", () => {
  replay(graph, plan);
});

test("a ring one row too low is caught", () => {
  const rows = plan.rings.get(first)!.rows - 1;
  assert.throws(() => replay(graph, withRing({ rows })), /row \d+ is not what byte \d+ holds/);
});

test("two rings at the same bytes are caught", () => {
  const offset = plan.rings.get("input")!.offset;
  assert.throws(() => replay(graph, withRing({ offset })), /is not what byte|outside|of an arena/);
});

test("at every offset of a ring, replay refuses just those where two rectangles of the memory map overlap", () => {
  const { rows, rowBytes } = plan.rings.get(first)!;
  const verdicts = new Set<boolean>();
  for (let offset = 0; offset + rows * rowBytes <= plan.arenaBytes; offset++) {
    const moved = withRing({ offset });
    assert.equal(refuses(moved), overlaps(lives(graph, moved)), `offset ${offset}`);
    verdicts.add(refuses(moved));
  }
  assert.equal(verdicts.size, 2);
});

test("a step that runs before its rows are there is caught", () => {
  const steps = plan.events.filter((event) => event.kind === "step");
  const events = [...steps, ...plan.events.filter((event) => event.kind !== "step")];
  assert.throws(() => replay(graph, { ...plan, events }), /is not what byte/);
});

test("a missing step is caught", () => {
  const last = plan.events.findLastIndex((event) => event.kind === "step");
  const events = plan.events.filter((_, i) => i !== last);
  assert.throws(() => replay(graph, { ...plan, events }), /is not what byte|rows are ever written/);
});

test("an output that is never handed over is caught", () => {
  const events = plan.events.filter((event) => event.kind !== "output");
  assert.throws(() => replay(graph, { ...plan, events }), /never handed over/);
});

test("scratch on top of a row that is being read is caught", () => {
  const node = graph.nodes.find((n) => n.inputs.includes(first))!;
  const { offset } = plan.rings.get(first)!;
  const broken = { ...plan, scratch: new Map([[node.name, { node: node.name, bytes: 24, offset }]]) };
  assert.throws(() => replay(graph, broken), /is not what byte/);
});

test("scratch on top of the row its own step writes is caught", () => {
  const node = graph.nodes.find((n) => n.inputs.includes(first))!;
  const offset = rowOffset(plan.rings.get(node.output)!, 0);
  const broken = { ...plan, scratch: new Map([[node.name, { node: node.name, bytes: 4, offset }]]) };
  assert.throws(() => replay(graph, broken), /own scratch/);
});

test("bytes outside the arena are caught", () => {
  assert.throws(() => replay(graph, { ...plan, arenaBytes: plan.arenaBytes - 1 }), /of an arena of/);
});

const summing = byteNet("in 9x4x3 | conv 3 8 p1 | relu | avgpool 9x4 | linear 3", "stream");
const sums = planMemory(summing, { strategy: "stream", frame: "pushed" });
const pool = [...sums.accumulators.values()][0]!;

function withSums(change: { offset?: number; bytes?: number }): Plan {
  return { ...sums, accumulators: new Map([[pool.node, { ...pool, ...change }]]) };
}

test("sums that a row is written over between two steps are caught", () => {
  const offset = sums.rings.get(summing.nodes[0]!.output)!.offset;
  assert.throws(() => replay(summing, withSums({ offset })), /does not hold the sums of|is not what byte/);
});

test("too few bytes of sums are caught", () => {
  assert.throws(() => replay(summing, withSums({ bytes: 4 })), /accumulators of 4 bytes/);
});

test("steps of a sum out of order are caught", () => {
  const steps = sums.events.flatMap((event, at) =>
    event.kind === "step" && event.node === pool.node ? [at] : [],
  );
  const events = [...sums.events];
  const [first, second] = [steps[0]!, steps[1]!];
  [events[first], events[second]] = [events[second]!, events[first]!];
  assert.throws(() => replay(summing, { ...sums, events }), /out of order|is not what byte/);
});

const clamped = byteNet("in 8x4x2 | maxpool 3 s1 p1 | clamp -1 1 | conv 1 2", "stream");
const [pooled, limited] = clamped.nodes.map((node) => node.output) as [string, string];

/** The clamp's row so many bytes behind that of the pool before it. */
function behind(bytes: number): Plan {
  const made = planMemory(clamped, { strategy: "stream", frame: "pushed" });
  const ring = { ...made.rings.get(pooled)!, tensor: limited };
  const rings = new Map([...made.rings, [limited, { ...ring, offset: ring.offset + bytes }]]);
  return { ...made, rings, arenaBytes: made.arenaBytes + bytes };
}

test("a row may be overwritten element by element, but not one element further on", () => {
  replay(clamped, behind(0));
  assert.throws(() => replay(clamped, behind(1)), /is not what byte/);
});
