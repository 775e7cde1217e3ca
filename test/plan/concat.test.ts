/** Concatenations in place: producers write their rows where the concatenation has them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Graph } from "../../src/graph/graph.ts";
import { lives } from "../../src/plan/lives.ts";
import type { Plan, Ring } from "../../src/plan/plan.ts";
import { planMemory } from "../../src/plan/plan-memory.ts";
import { replay } from "../../src/plan/replay.ts";
import { net } from "../support/networks.ts";
import { random, type Random } from "../support/random.ts";
import { inBytes } from "./bytes.ts";

/** SqueezeNet's module: few channels in, many out, half of them by way of 1×1, half of 3×3. */
const fire =
  "in 32x32x3 | conv 3 16 s2 p1 | as x | conv 1 8 | as s | conv 1 32 | as e | from s | conv 3 32 p1 | concat e | conv 1 10";

function planned(graph: Graph, inPlace: boolean): Plan {
  const writesApart = new Set(inPlace ? graph.nodes.map(({ name }) => name) : []);
  return planMemory(graph, { strategy: "stream", frame: "pushed", writesApart });
}

const partsOf = (plan: Plan): readonly Ring[] => [...plan.rings.values()].filter(({ part }) => part);

test("a fire module needs 3680 bytes in place, 4704 with its halves copied", () => {
  const graph = inBytes(net(fire));
  assert.deepEqual([false, true].map((inPlace) => planned(graph, inPlace).arenaBytes), [4704, 3680]); // prettier-ignore
});

test("pixels of parts lie as far apart as the concatenation's, columns follow each other", () => {
  const [left, right] = partsOf(planned(inBytes(net(fire)), true));
  assert.deepEqual(left!.part, { within: "4.concat", runs: 16, runBytes: 32, runPitch: 64 });
  assert.equal(Math.abs(left!.offset - right!.offset), 32);
  const wide = inBytes(net("in 6x4x2 | as s | conv 1 6 | as e | from s | conv 1 6 | concat w e | conv 1 1"));
  const parts = partsOf(planned(wide, false));
  assert.deepEqual(parts.map(({ part }) => part!.runs), [1, 1]); // prettier-ignore
  assert.equal(Math.abs(parts[0]!.offset - parts[1]!.offset), 24);
});

/** One to three branches of one to three layers, joined along channels or columns, now and then read by others as well. */
function randomBranches(generator: Random): string {
  const axis = generator.next() < 0.3 ? "w " : "";
  const count = generator.int(2, 4);
  const parts = [`in ${generator.int(5, 8)}x${generator.int(2, 6)}x3 | as s`];
  const same = generator.int(2, 6);
  for (let branch = 0; branch < count; branch++) {
    const channels = axis === "" ? generator.int(2, 9) : same;
    parts.push("from s", ...Array.from({ length: generator.int(0, 2) }, () => `conv 3 ${channels} p1`));
    parts.push(`conv 1 ${channels}`, `as b${branch}`);
  }
  const joined = Array.from({ length: count - 1 }, (_, branch) => `b${branch}`).join(" ");
  parts.push(`concat ${axis}${joined}`);
  parts.push(generator.next() < 0.5 ? "conv 3 2 p1" : "maxpool 2 | relu | linear 3");
  if (generator.next() < 0.3) parts.push("out b0");
  return parts.join(" | ");
}

test("random concatenations keep their rows clear of each other, and never cost more in place", () => {
  const generator = random(17);
  let joined = 0;
  for (let turn = 0; turn < 24; turn++) {
    const text = randomBranches(generator);
    const graph = turn % 3 === 0 ? net(text) : inBytes(net(text));
    const [copied, inPlace] = [planned(graph, false), planned(graph, true)];
    joined += partsOf(inPlace).length > 0 ? 1 : 0;
    assert.ok(inPlace.floorBytes <= copied.floorBytes || inPlace.arenaBytes <= copied.arenaBytes, text);
    const map = lives(graph, inPlace).toSorted((a, b) => a.offset - b.offset);
    map.forEach((low, i) => {
      for (const high of map.slice(i + 1)) {
        if (high.offset >= low.offset + low.bytes) break;
        assert.ok(low.last < high.first || high.last < low.first, `${text}: ${low.owner} and ${high.owner}`);
      }
    });
  }
  assert.ok(joined > 8, `${joined} of 24 join in place`);
});

test("replay refuses a part that lies elsewhere, or whose pixels are where the other's are", () => {
  const graph = inBytes(net(fire));
  const plan = planned(graph, true);
  const [one, other] = partsOf(plan) as [Ring, Ring];
  const refused = (change: Partial<Ring>): void => {
    const rings = new Map([...plan.rings, [one.tensor, { ...one, ...change }]]);
    assert.throws(() => replay(graph, { ...plan, rings }), /does not lie in the rows of/);
  };
  replay(graph, plan);
  refused({ offset: other.offset });
  refused({ phase: one.phase + 1 });
  refused({ part: { ...one.part!, runPitch: 32 } });
});

test("a part that another layer reads, too, and one along rows are copied", () => {
  const shared = "in 8x4x2 | conv 1 8 | as a | conv 1 8 | as b | from a | conv 1 8 | concat a b | conv 1 1";
  const parts = partsOf(planned(inBytes(net(shared)), true)).map(({ tensor }) => tensor);
  assert.ok(!parts.includes("0.conv2d"));
  const rows = "in 8x4x2 | as s | conv 1 8 | as a | from s | conv 1 8 | concat h a | conv 1 1";
  assert.deepEqual(partsOf(planned(inBytes(net(rows)), true)), []);
});
