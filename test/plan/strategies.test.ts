import assert from "node:assert/strict";
import { test } from "node:test";
import { CompileError } from "../../src/error.ts";
import { graphOf } from "../../src/graph/build.ts";
import type { Graph, Node } from "../../src/graph/graph.ts";
import type { Strategy } from "../../src/plan/plan.ts";
import { planMemory } from "../../src/plan/plan-memory.ts";
import { strategies } from "../../src/plan/strategy.ts";
import { net } from "../support/networks.ts";
import { byteNet, inBytes } from "./bytes.ts";

const all = Object.keys(strategies) as Strategy[];
const chain = inBytes(net("in 8x8x1 | conv 3 2 p1 | conv 3 3 p1 | conv 3 1 p1"));

function arena(graph: Graph, strategy: Strategy): number {
  return planMemory(graph, { strategy, frame: "resident" }).arenaBytes;
}

function add(name: string, left: string, right: string): Node {
  return { kind: "add", name, inputs: [left, right], output: name };
}

test("naive is the sum of all tensors", () => {
  assert.equal(arena(chain, "naive"), 64 * (1 + 2 + 3 + 1));
});

test("ping-pong is the largest even and the largest odd tensor", () => {
  assert.equal(arena(chain, "ping-pong"), 64 * (3 + 2));
});

test("ping-pong lays tensor i of the chain in buffer i mod 2", () => {
  const { rings } = planMemory(chain, { strategy: "ping-pong", frame: "resident" });
  assert.deepEqual(
    [...rings.values()].map((ring) => ring.offset),
    [0, 192, 0, 192],
  );
});

test("overlap lets an output overwrite the rows of its input that were read for the last time", () => {
  const graph = inBytes(net("in 8x8x4 | conv 1 4"));
  // Row r of the output lies one row below row r of the input.
  assert.equal(arena(graph, "overlap"), 9 * 32);
  assert.equal(arena(graph, "best-fit"), 2 * 8 * 32);
});

test("ping-pong refuses a residual graph, names the tensor and says what to use", () => {
  const graph = inBytes(net("in 4x4x2 | conv 3 2 p1 | as a | conv 3 2 p1 | conv 3 2 p1 | add a"));
  assert.throws(
    () => arena(graph, "ping-pong"),
    (error: Error) =>
      error instanceof CompileError &&
      error.message ===
        "0.conv2d: lives for 3 layers, ping-pong buffers allow 1; use the strategy best-fit, overlap or stream",
  );
});

test("ping-pong refuses two inputs, which live side by side", () => {
  const shape = { h: 2, w: 2, c: 1 };
  const graph = graphOf("two", new Map([["x", shape], ["y", shape]]), [add("z", "x", "y")], ["z"]); // prettier-ignore
  assert.throws(() => arena(graph, "paper"), /^CompileError: y: lives beside x, another input; use/);
});

test("ping-pong refuses an output that a later layer leaves behind", () => {
  const graph = { ...chain, outputs: [chain.nodes[0]!.output, ...chain.outputs] };
  assert.throws(() => arena(graph, "ping-pong"), /^CompileError: 0.conv2d: lives for 2 layers/);
});

test("two inputs and two outputs are planned by every strategy that takes branches", () => {
  const shape = { h: 6, w: 2, c: 3 };
  const nodes = [add("sum", "x", "y"), add("twice", "sum", "sum"), add("all", "twice", "x")];
  const graph = graphOf("many", new Map([["x", shape], ["y", shape]]), nodes, ["sum", "all"]); // prettier-ignore
  for (const strategy of all.filter((s) => strategies[s].placement !== "in turn")) {
    for (const frame of ["resident", "pushed"] as const) {
      const plan = planMemory(graph, { strategy, frame });
      const handedOver = plan.events.flatMap((event) => (event.kind === "output" ? [event.tensor] : []));
      assert.deepEqual(handedOver, ["sum", "all"]);
      assert.ok(plan.arenaBytes >= 2 * 6 * 2 * 3 * 4, "both outputs are whole at the end");
    }
  }
});

test("a graph without nodes hands its input over", () => {
  const graph = graphOf("nothing", new Map([["x", { h: 3, w: 2, c: 1 }]]), [], ["x"]);
  for (const strategy of all) assert.equal(arena(graph, strategy), 24);
});

test("a pushed frame needs only the input rows its first layer reads", () => {
  for (const strategy of all) {
    const { rings } = planMemory(chain, { strategy, frame: "pushed" });
    assert.equal(rings.get("input")!.rows, 3, strategy);
  }
});

test("scratch is in the arena, in the floor, and clear of everything its node reads and writes", () => {
  const scratch = new Map([["1.conv2d", 1000]]);
  for (const strategy of all) {
    const without = planMemory(chain, { strategy, frame: "resident" });
    const plan = planMemory(chain, { strategy, frame: "resident", scratch });
    assert.equal(plan.scratch.get("1.conv2d")!.bytes, 1000);
    assert.equal(plan.scratch.get("1.conv2d")!.offset % 4, 0);
    assert.ok(plan.floorBytes >= 1000 && plan.arenaBytes >= plan.floorBytes, strategy);
    assert.ok(plan.arenaBytes <= without.arenaBytes + 1000 + 3, strategy);
  }
});

test("offsets are multiples of the alignment asked for, and of 4 for float", () => {
  const odd = net("in 5x5x3 | conv 3 5 p1 | conv 3 1 | linear 3");
  for (const strategy of all) {
    for (const [graph, alignment, multiple] of [
      [odd, undefined, 4],
      [inBytes(odd), 8, 8],
    ] as const) {
      const { rings } = planMemory(graph, { strategy, frame: "resident", ...(alignment && { alignment }) });
      for (const ring of rings.values())
        assert.equal(ring.offset % multiple, 0, `${strategy} ${ring.tensor}`);
    }
  }
});

test("the same input gives the same plan", () => {
  for (const strategy of all) {
    const [one, two] = [1, 2].map(() => planMemory(chain, { strategy, frame: "pushed" }));
    assert.deepEqual(one, two);
  }
});

test("a layer in place may share the ring of what it overwrites, row for row", () => {
  const text =
    "in 37x23x3 | conv 3x5 8 s2x1 p1x2 | leaky | conv 3 8 d2 p3 | conv 1x7 12 p0x3 | tanh | conv 3 24 s3 | elu | " +
    "pad 1,1,1,1 | conv 3 10 | avgpool 7x8";
  const plan = planMemory(byteNet(text, "stream"), { strategy: "stream", frame: "pushed" });
  const ring = plan.rings.get("3.conv2d")!;
  assert.equal(ring.rows, 3);
  assert.deepEqual({ ...ring, tensor: "4.activation" }, plan.rings.get("4.activation"));
  assert.equal(plan.arenaBytes, 2774);
});
