import assert from "node:assert/strict";
import { test } from "node:test";
import type { Core } from "../../src/core/core.ts";
import { cores } from "../../src/core/cores.ts";
import { priceOf } from "../../src/core/price.ts";
import { compose, row } from "../../src/core/instruction.ts";
import type { Counts, Operation } from "../../src/loop/operation.ts";
import { operations } from "../../src/loop/operation.ts";

const core = (id: string): Core => cores.find((c) => c.id === id)!;

/** Counts that are zero but for those given. */
function counts(some: Partial<Record<Operation, number>>): Counts {
  return Object.fromEntries(operations.map((o) => [o, some[o] ?? 0])) as Record<Operation, number>;
}

const cyclesOf = (some: Partial<Record<Operation, number>>, id: string): number =>
  priceOf(counts(some), core(id));

test("the eight cores of the issues are there, each once", () => {
  assert.deepEqual(
    cores.map((c) => c.id),
    [
      "cortex-m0plus",
      "cortex-m3",
      "cortex-m4",
      "cortex-m7",
      "cortex-m33",
      "cortex-m55",
      "sifive-e31",
      "hazard3",
    ],
  );
});

for (const c of cores) {
  test(`${c.name}: every operation has a positive price and says where it comes from`, () => {
    assert.deepEqual(Object.keys(c.prices).sort(), [...operations].sort());
    for (const operation of operations) {
      assert.ok(c.prices[operation].cycles > 0, operation);
      assert.ok(c.prices[operation].source.length > 20, operation);
    }
    assert.ok(c.flash.source.length > 20);
    assert.ok(c.clockHz >= 64e6 && c.clockHz <= 480e6);
  });

  test(`${c.name}: one operation more never costs less`, () => {
    const some = counts(Object.fromEntries(operations.map((o, i) => [o, 100 + i])));
    const before = priceOf(some, c);
    for (const operation of operations) {
      assert.ok(priceOf({ ...some, [operation]: some[operation] + 1 }, c) > before, operation);
    }
  });

  test(`${c.name}: a constant costs at least what the same load of the arena costs, and wider ones no less`, () => {
    for (const [constant, arena] of [
      ["loadConst8", "load8"],
      ["loadConst32", "load32"],
      ["widenConst2", "widen2"],
    ] as const) {
      assert.ok(cyclesOf({ [constant]: 1 }, c.id) >= cyclesOf({ [arena]: 1 }, c.id));
    }
    assert.ok(c.flash.waitCycles(4) >= c.flash.waitCycles(1));
  });

  test(`${c.name}: nothing counted takes no time`, () => {
    assert.equal(priceOf(counts({}), c), 0);
  });
}

test("a composed price adds its instructions and shows them", () => {
  const table = { alu: row(1, "the table"), mla: row(2, "the table") };
  assert.deepEqual(compose(table, { alu: 3, mla: 1 }, "why"), {
    cycles: 5,
    source: "why: 3 × alu (1) + 1 × mla (2); the table",
  });
});

test("requantize is 93 cycles on Cortex-M0+: __aeabi_lmul 58, its call 3, and 32 around it", () => {
  const lmul = 30 + 6 + 2 + 6 + 3 + 3 + 8;
  assert.equal(lmul, 58);
  assert.equal(core("cortex-m0plus").prices.requantize.cycles, lmul + 3 + 26 + 2 + 2 + 0);
});

test("requantize is one SMLAL, fifteen simple instructions and a branch on Cortex-M4", () => {
  assert.equal(core("cortex-m4").prices.requantize.cycles, 1 + 15 + 2);
  assert.equal(core("cortex-m3").prices.requantize.cycles, 5.5 + 15 + 2);
});

test("a turn of a loop is ADD, CMP and a taken branch: 4 cycles on M0+, M3 and M4, 2 where one branch compares", () => {
  for (const id of ["cortex-m0plus", "cortex-m3", "cortex-m4"]) assert.equal(core(id).prices.loop.cycles, 4);
  for (const id of ["sifive-e31", "hazard3"]) assert.equal(core(id).prices.loop.cycles, 2);
});

test("a byte multiply-accumulate (two loads and a mac) costs 6 on M0+, 5 on M3, 4 on M4, 10 on E31, 5 on Hazard3", () => {
  const mac = { load8: 2, mac: 1 };
  assert.equal(cyclesOf(mac, "cortex-m0plus"), 2 + 2 + 1 + 1);
  assert.equal(cyclesOf(mac, "cortex-m3"), 3 + 2);
  assert.equal(cyclesOf(mac, "cortex-m4"), 3 + 1);
  assert.equal(cyclesOf(mac, "sifive-e31"), 4 + 6);
  assert.equal(cyclesOf(mac, "hazard3"), 3 + 2);
});

test("constants wait for flash: 2 an access on F103 and G0B1, once a line on F401, F746 and U575, 64 a byte on FE310", () => {
  const wait = (id: string, bytes: number): number => core(id).flash.waitCycles(bytes);
  assert.equal(wait("cortex-m3", 1), 2);
  assert.equal(wait("cortex-m0plus", 4), 2);
  assert.equal(wait("cortex-m4", 16), 2);
  assert.equal(wait("cortex-m7", 32), 7);
  assert.equal(wait("cortex-m33", 16), 4);
  assert.equal(wait("sifive-e31", 1), 64);
  assert.equal(wait("hazard3", 4), 0);
});

test("a vector of Helium takes two cycles where one of its loads is hidden, and 22 or more where there is none", () => {
  assert.equal(core("cortex-m55").prices.dot16.cycles, 2);
  assert.equal(core("cortex-m55").prices.load128.cycles, 1);
  for (const { id, prices } of cores)
    if (id !== "cortex-m55") assert.ok(prices.dot16.cycles + prices.load128.cycles >= 22, id);
});

test("estimate charges the wait states of constants, and only of constants", () => {
  assert.equal(cyclesOf({ load32: 8 }, "cortex-m4"), 8 * 1.5);
  assert.equal(cyclesOf({ loadConst32: 8 }, "cortex-m4"), 8 * 1.5 + 8 * 0.5);
  assert.equal(cyclesOf({ widenConst2: 1 }, "cortex-m3"), 2 * 1.5 + 2 + 2);
});

test("two products and their sum are one SMLAD where there are DSP instructions, and eight or more cycles without", () => {
  assert.equal(core("cortex-m4").prices.dot2.cycles, 1);
  assert.equal(core("cortex-m3").prices.dot2.cycles, 4 + 2 * 2);
  assert.equal(core("cortex-m0plus").prices.dot2.cycles, 4 + 2 + 2);
  assert.equal(core("hazard3").prices.dot2.cycles, 6 + 2 * 2);
  assert.equal(core("sifive-e31").prices.dot2.cycles, 6 + 2 * 6);
});
