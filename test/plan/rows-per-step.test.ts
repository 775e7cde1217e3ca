/** Steps of several rows, and constants in RAM. `planMemory` replays each plan itself. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Graph } from "../../src/graph/graph.ts";
import { fusePool } from "../../src/pass/fuse-pool.ts";
import { lives } from "../../src/plan/lives.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { planMemory } from "../../src/plan/plan-memory.ts";
import { replay } from "../../src/plan/replay.ts";
import { net, randomChain } from "../support/networks.ts";
import { random } from "../support/random.ts";
import { byteNet, cifar, inBytes, lenet } from "./bytes.ts";

interface Case {
  readonly name: string;
  readonly graph: Graph;
  readonly rowsPerStep: ReadonlyMap<string, number>;
  readonly plan: Plan;
}

const cases = Array.from({ length: 60 }, (_, seed): Case => {
  const generator = random(seed);
  const text =
    seed % 3 === 2
      ? "in 9x4x2 | conv 3 3 p1 | as a | conv 3 3 p1 | add a | as b | conv 3 2 | out b | flatten | linear 3"
      : randomChain(generator, { exotic: seed % 3 === 1 });
  const graph = inBytes(seed % 2 === 0 ? fusePool(net(text)) : net(text));
  const rowsPerStep = new Map(graph.nodes.map(({ name }) => [name, generator.int(1, 5)]));
  const [first] = graph.nodes;
  const plan = planMemory(graph, {
    strategy: seed % 4 === 0 ? "overlap" : "stream",
    frame: seed % 5 === 0 ? "resident" : "pushed",
    rowsPerStep,
    scratch: new Map([[first!.name, 7]]),
    resident: new Map(seed % 4 < 2 ? [["weights", 13], ["bias", 4]] : []), // prettier-ignore
  });
  return { name: `${seed}: ${text}`, graph, rowsPerStep, plan };
});

test("whatever the rows of their steps, nodes take as many steps as make their rows", () => {
  for (const { name, graph, rowsPerStep, plan } of cases) {
    for (const node of graph.nodes) {
      if (plan.accumulators.has(node.name)) continue;
      const steps = plan.events.filter((event) => event.kind === "step" && event.node === node.name);
      const { h } = graph.tensors.get(node.output)!.shape;
      assert.equal(steps.length, Math.ceil(h / rowsPerStep.get(node.name)!), `${name}: ${node.name}`);
    }
  }
});

test("the rows a step writes are clear of each other and of all else that is alive", () => {
  for (const { name, graph, plan } of cases) {
    const map = [...lives(graph, plan)].sort((a, b) => a.offset - b.offset);
    map.forEach((low, i) => {
      for (const high of map.slice(i + 1)) {
        if (high.offset >= low.offset + low.bytes) break;
        assert.ok(low.last < high.first || high.last < low.first, `${name}: ${low.owner} and ${high.owner}`);
      }
    });
    assert.ok(plan.arenaBytes >= plan.floorBytes, name);
  }
});

test("rows one step writes are not written by steps of one row: replay refuses the plan", () => {
  const { graph, plan } = cases.find(({ rowsPerStep }) =>
    [...rowsPerStep.values()].every((rows) => rows > 1),
  )!;
  assert.throws(() => replay(graph, { ...plan, rowsPerStep: new Map() }), /row|steps?/);
});

test("a ring too low for the rows one step writes is caught", () => {
  const graph = inBytes(net("in 8x2x1 | conv 3 2 p1 | conv 1 1"));
  const rowsPerStep = new Map([["0.conv2d", 2]]);
  const plan = planMemory(graph, { strategy: "stream", frame: "pushed", rowsPerStep });
  const ring = plan.rings.get("0.conv2d")!;
  assert.equal(ring.rows, 2);
  const rings = new Map([...plan.rings, ["0.conv2d", { ...ring, rows: 1 }]]);
  assert.throws(() => replay(graph, { ...plan, rings }), /is not what byte/);
});

test("rows per step of no node, or no whole number of them, are refused", () => {
  const graph = byteNet(lenet, "stream");
  const planned = (name: string, rows: number) =>
    planMemory(graph, { strategy: "stream", frame: "pushed", rowsPerStep: new Map([[name, rows]]) });
  assert.throws(() => planned("conv9", 2), /conv9: no node/);
  assert.throws(() => planned(graph.nodes[0]!.name, 1.5), /1\.5 rows/);
  assert.throws(() => planned(graph.nodes[0]!.name, 0), /0 rows/);
});

for (const [name, text, sizes] of [
  ["LeNet-5", lenet, [1016, 1248, 1560]],
  ["the CIFAR test network", cifar, [4416, 5440, 7808]],
] as const) {
  test(`${name} with 1, 2 and 4 pooled rows a step of its convolutions takes ${sizes.join(", ")} bytes`, () => {
    const graph = byteNet(text, "stream");
    const convolutions = graph.nodes.filter(({ kind }) => kind === "conv2d");
    const arenas = [1, 2, 4].map((rows) => {
      const rowsPerStep = new Map(convolutions.map((node) => [node.name, rows]));
      return planMemory(graph, { strategy: "stream", frame: "pushed", rowsPerStep }).arenaBytes;
    });
    assert.deepEqual(arenas, sizes);
  });
}

test("scratch and constants in RAM lie at multiples of 4, and int8 rows between them where they fit", () => {
  const graph = inBytes(net("in 9x3x1 | conv 3 3 p1 | conv 3 1 p1 | conv 3 3"));
  const scratch = new Map(graph.nodes.map(({ name }) => [name, 6]));
  const resident = new Map([["a", 5], ["b", 8]]); // prettier-ignore
  const plan = planMemory(graph, { strategy: "stream", frame: "pushed", scratch, resident });
  for (const { offset } of [...plan.scratch.values(), ...plan.resident.values()]) {
    assert.equal(offset % 4, 0);
  }
  assert.ok([...plan.rings.values()].some(({ offset }) => offset % 4 !== 0));
  const misplaced = new Map([...plan.resident].map(([name, piece]) => [name, { ...piece, offset: 1 }]));
  assert.throws(() => replay(graph, { ...plan, resident: misplaced }), /a: words at offset 1/);
});

test("constants in RAM cost their bytes and no more, and a row over them is caught", () => {
  const graph = byteNet(cifar, "stream");
  const resident = new Map([["weights", 1000], ["bias", 128]]); // prettier-ignore
  const plan = planMemory(graph, { strategy: "stream", frame: "pushed", resident });
  assert.deepEqual([plan.arenaBytes, plan.floorBytes], [4416 + 1128, 4288 + 1128]);
  const { offset } = plan.rings.get("input")!;
  const over = new Map([...plan.resident, ["bias", { name: "bias", bytes: 128, offset }]]);
  assert.throws(() => replay(graph, { ...plan, resident: over }), /is not what byte|constants of bias/);
});

test("constants in RAM are at multiples of 4 also where there is no scratch", () => {
  const graph = byteNet("in 3x3x1 | conv 1 3 | conv 1 1", "naive");
  for (const strategy of ["naive", "best-fit", "overlap"] as const) {
    const plan = planMemory(graph, { strategy, frame: "resident", resident: new Map([["weights", 8]]) });
    assert.equal(plan.resident.get("weights")!.offset % 4, 0, strategy);
  }
});

test("every strategy keeps constants in RAM clear of its rows and its scratch", () => {
  const graph = byteNet(cifar, "paper");
  const options = { scratch: new Map([[graph.nodes[1]!.name, 50]]), resident: new Map([["weights", 99]]) };
  for (const strategy of ["naive", "paper", "best-fit", "overlap"] as const) {
    const plain = planMemory(graph, { strategy, frame: "resident" }).arenaBytes;
    const plan = planMemory(graph, { strategy, frame: "resident", ...options });
    assert.ok(plan.arenaBytes >= plain + 99 && plan.arenaBytes < plain + 99 + 50 + 8, strategy);
  }
});
