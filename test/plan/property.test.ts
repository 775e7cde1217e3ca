/** What holds for every plan, on random chains and random residual graphs. `planMemory` replays each plan itself. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { accumulation } from "../../src/graph/accumulate.ts";
import type { Graph } from "../../src/graph/graph.ts";
import { inPlaceInputs } from "../../src/graph/in-place.ts";
import { optimize } from "../../src/pass/passes.ts";
import { lives } from "../../src/plan/lives.ts";
import type { FramePolicy, Plan, Strategy } from "../../src/plan/plan.ts";
import { planMemory } from "../../src/plan/plan-memory.ts";
import { strategies } from "../../src/plan/strategy.ts";
import { net, randomChain } from "../support/networks.ts";
import { random, type Random } from "../support/random.ts";
import { inBytes } from "./bytes.ts";

/** Blocks of one to three convolutions with a shortcut round them, now and then strided with a 1×1 convolution. */
function randomResidual(generator: Random): string {
  let channels = generator.int(1, 4);
  const parts = [`in ${generator.int(9, 14)}x${generator.int(3, 8)}x2 | conv 3 ${channels} p1`];
  const blocks = generator.int(1, 3);
  for (let block = 0; block < blocks; block++) {
    const stride = generator.int(1, 2);
    const out = stride === 1 ? channels : generator.int(1, 5);
    parts.push(`as in${block}`, `conv 3 ${out} s${stride} p1 | relu`);
    for (let more = generator.int(0, 2); more > 0; more--) parts.push(`conv 3 ${out} p1`);
    parts.push(`as out${block}`, `from in${block}`);
    parts.push(stride === 1 ? `add out${block}` : `conv 1 ${out} s2 | add out${block}`);
    channels = out;
  }
  parts.push(generator.next() < 0.5 ? "maxpool 2x1 s1 | flatten | linear 3" : "maxpool 3 s1 p1");
  return parts.join(" | ");
}

const generator = random(5);
const texts = [
  ...Array.from({ length: 30 }, () => randomChain(generator)),
  ...Array.from({ length: 20 }, () => randomChain(generator, { exotic: true })),
  ...Array.from({ length: 30 }, () => randomResidual(generator)),
];
const frames: readonly FramePolicy[] = ["resident", "pushed"];
const anyGraph = (Object.keys(strategies) as Strategy[]).filter((s) => strategies[s].placement !== "in turn");

interface Case {
  readonly text: string;
  readonly graph: Graph;
  readonly frame: FramePolicy;
  readonly plans: ReadonlyMap<Strategy, Plan>;
}

const cases = texts.flatMap((text, i) => {
  const float = optimize(net(text), { fusePool: i % 2 === 0 });
  const graph = i % 3 === 0 ? float : inBytes(float);
  const scratch = new Map(i % 4 === 0 ? [[graph.nodes[0]!.name, 17]] : []);
  return frames.map((frame): Case => {
    const plans = anyGraph.map(
      (strategy) => [strategy, planMemory(graph, { strategy, frame, scratch })] as const,
    );
    return { text, graph, frame, plans: new Map(plans) };
  });
});

function everyPlan(check: (plan: Plan, name: string, graph: Graph) => void): void {
  for (const { text, graph, frame, plans } of cases) {
    for (const [strategy, plan] of plans) check(plan, `${strategy} ${frame}: ${text}`, graph);
  }
}

test("no plan is smaller than its floor, and one that meets it is optimal", () => {
  everyPlan((plan, name) => {
    assert.ok(plan.arenaBytes >= plan.floorBytes, name);
    if (plan.arenaBytes === plan.floorBytes) assert.ok(plan.optimal, name);
  });
});

test("best-fit is never larger than naive", () => {
  for (const { text, plans } of cases) {
    assert.ok(plans.get("best-fit")!.arenaBytes <= plans.get("naive")!.arenaBytes, text);
  }
});

test("stream is never larger than overlap, whose order it could have chosen", () => {
  for (const { text, plans } of cases) {
    assert.ok(plans.get("stream")!.arenaBytes <= plans.get("overlap")!.arenaBytes, text);
  }
});

test("no order has a lower floor than stream's, unless its plan is larger", () => {
  for (const { text, plans } of cases) {
    for (const plan of plans.values()) {
      const stream = plans.get("stream")!;
      const isLower = stream.floorBytes <= plan.floorBytes;
      assert.ok(isLower || stream.arenaBytes < plan.arenaBytes, `${plan.strategy}: ${text}`);
    }
  }
});

test("every step of every node runs exactly once, every input row arrives exactly once", () => {
  everyPlan((plan, name, graph) => {
    const keys = plan.events.map((event) => JSON.stringify(event));
    assert.equal(new Set(keys).size, keys.length, name);
    const rows = [...graph.tensors.values()].reduce((sum, tensor) => sum + tensor.shape.h, 0);
    // An accumulating node takes a step for each row it reads, not for each it writes.
    const more = graph.nodes
      .filter((node) => plan.accumulators.has(node.name))
      .map((node) => accumulation(graph, node)!)
      .reduce((sum, { from, to }) => sum + to - from - 1, 0);
    assert.equal(keys.length, rows + more + graph.outputs.length, name);
  });
});

test("no two rectangles of a memory map overlap, and their sum peaks at the floor or, where a row could be overwritten and is not, above", () => {
  let above = 0;
  everyPlan((plan, name, graph) => {
    const map = lives(graph, plan);
    const alive = plan.events.map(() => 0);
    for (const life of map) {
      for (let event = life.first; event <= life.last; event++) alive[event]! += life.bytes;
    }
    const peak = Math.max(...alive);
    assert.ok(peak >= plan.floorBytes && peak <= plan.arenaBytes, name);
    if (peak > plan.floorBytes) {
      above++;
      assert.ok(
        graph.nodes.some((node) => inPlaceInputs(graph, node).length > 0),
        name,
      );
    } else assert.equal(alive[plan.floorEvent], peak, name);
    const sorted = [...map].sort((a, b) => a.offset - b.offset);
    sorted.forEach((low, i) => {
      for (const high of sorted.slice(i + 1)) {
        if (high.offset >= low.offset + low.bytes) break;
        assert.ok(low.last < high.first || high.last < low.first, `${name}: ${low.owner} and ${high.owner}`);
      }
    });
  });
  assert.ok(above < cases.length / 10, `${above} plans miss a chance`);
});
