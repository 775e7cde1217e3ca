import assert from "node:assert/strict";
import { test } from "node:test";
import { chips } from "../../src/simulate/chip/chips.ts";
import { registerBlock } from "../../src/simulate/chip/registers.ts";
import { simulatedCores } from "../../src/simulate/core/cores.ts";
import type { Board } from "../../src/simulate/device.ts";
import { checkRegions } from "../../src/simulate/region.ts";

const board: Board = { write: () => undefined, exit: () => undefined, cycles: () => 0n };

test("every chip's memories are as the simulator takes them, and its devices lie beside them and each other", () => {
  for (const chip of chips) {
    checkRegions(chip.regions);
    const known = chip.cores?.map((id) => simulatedCores.find((core) => core.id === id));
    assert.ok(!known?.includes(undefined), `${chip.id}: ${String(chip.cores)}`);
    const [core] = known ?? simulatedCores;
    const spans = [...chip.regions, ...chip.devices(core!)].sort((a, b) => a.address - b.address);
    for (const [i, { name, address, bytes }] of spans.entries())
      assert.ok(address + bytes <= (spans[i + 1]?.address ?? 2 ** 32), `${chip.id}: ${name}`);
  }
});

test("registers keep what is written, and their ready bits follow", () => {
  const block = registerBlock({
    name: "RCC",
    address: 0,
    bytes: 16,
    reset: { 0: 1 },
    set: { 4: 0x80000000 },
    followers: [
      { offset: 0, from: 1 << 16, up: 1 },
      { offset: 8, from: 3, up: 2 },
    ],
  });
  assert.equal(block.load(0, 4, board), 1);
  assert.ok(block.store(0, 4, 0x10000, board));
  assert.equal(block.load(0, 4, board), 0x30000);
  assert.equal(block.load(2, 2, board), 3);
  assert.equal(block.load(4, 4, board), 0x80000000);
  block.store(8, 1, 2, board);
  assert.equal(block.load(8, 1, board), 10);
  block.store(9, 1, 0xab, board);
  assert.equal(block.load(8, 4, board), 0xab0a);
});

test("RP2040's registers have aliases that flip, set and clear bits", () => {
  const block = registerBlock({ name: "RESETS", address: 0, bytes: 0x4000, aliases: true });
  block.store(0, 4, 0b1100, board);
  block.store(0x1000, 4, 0b0101, board);
  assert.equal(block.load(0, 4, board), 0b1001);
  block.store(0x2000, 4, 0b0010, board);
  block.store(0x3000, 4, 0b1000, board);
  assert.equal(block.load(0x2000, 4, board), 0b0011);
});
