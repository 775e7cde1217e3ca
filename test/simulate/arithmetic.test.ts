import assert from "node:assert/strict";
import { test } from "node:test";
import { buildSimulator } from "../../src/bench/simulator.ts";
import { testbench } from "../../src/simulate/chip/testbench.ts";
import { findSimulatedCore } from "../../src/simulate/core/cores.ts";
import { readImage } from "../../src/simulate/image.ts";
import { simulate } from "../../src/simulate/simulate.ts";
import { a0, a1, a2, addi, bytesOf, exit, lui, origin, sw, t0 } from "../support/rv32.ts";

const signed = (value: number): bigint => BigInt(value | 0);
const unsigned = (value: number): bigint => BigInt(value >>> 0);
const high = (product: bigint): number => Number(BigInt.asIntN(32, product >> 32n));
const rotate = (value: number, by: number): number =>
  Number((((unsigned(value) << 32n) | unsigned(value)) >> BigInt((32 - (by & 31)) & 63)) & 0xffffffffn);

/** funct7, funct3, and the meaning: RISC-V Unprivileged 20191213, chapters 2 and 7, and Bit-Manipulation 1.0.0. */
const operations: Readonly<Record<string, readonly [number, number, (a: number, b: number) => number]>> = {
  add: [0x00, 0, (a, b) => a + b],
  sub: [0x20, 0, (a, b) => a - b],
  sll: [0x00, 1, (a, b) => a << (b & 31)],
  slt: [0x00, 2, (a, b) => Number(a < b)],
  sltu: [0x00, 3, (a, b) => Number(a >>> 0 < b >>> 0)],
  xor: [0x00, 4, (a, b) => a ^ b],
  srl: [0x00, 5, (a, b) => a >>> (b & 31)],
  sra: [0x20, 5, (a, b) => a >> (b & 31)],
  or: [0x00, 6, (a, b) => a | b],
  and: [0x00, 7, (a, b) => a & b],
  mul: [0x01, 0, (a, b) => Math.imul(a, b)],
  mulh: [0x01, 1, (a, b) => high(signed(a) * signed(b))],
  mulhsu: [0x01, 2, (a, b) => high(signed(a) * unsigned(b))],
  mulhu: [0x01, 3, (a, b) => high(unsigned(a) * unsigned(b))],
  div: [0x01, 4, (a, b) => (b === 0 ? -1 : Math.trunc(a / b))],
  divu: [0x01, 5, (a, b) => (b === 0 ? -1 : Math.floor((a >>> 0) / (b >>> 0)))],
  rem: [0x01, 6, (a, b) => (b === 0 ? a : a % b)],
  remu: [0x01, 7, (a, b) => (b === 0 ? a : (a >>> 0) % (b >>> 0))],
  sh1add: [0x10, 2, (a, b) => (a << 1) + b],
  sh2add: [0x10, 4, (a, b) => (a << 2) + b],
  sh3add: [0x10, 6, (a, b) => (a << 3) + b],
  andn: [0x20, 7, (a, b) => a & ~b],
  orn: [0x20, 6, (a, b) => a | ~b],
  xnor: [0x20, 4, (a, b) => ~(a ^ b)],
  min: [0x05, 4, (a, b) => Math.min(a, b)],
  minu: [0x05, 5, (a, b) => Math.min(a >>> 0, b >>> 0)],
  max: [0x05, 6, (a, b) => Math.max(a, b)],
  maxu: [0x05, 7, (a, b) => Math.max(a >>> 0, b >>> 0)],
  rol: [0x30, 1, rotate],
  ror: [0x30, 5, (a, b) => rotate(a, -b)],
  bclr: [0x24, 1, (a, b) => a & ~(1 << (b & 31))],
  bext: [0x24, 5, (a, b) => (a >>> (b & 31)) & 1],
  binv: [0x34, 1, (a, b) => a ^ (1 << (b & 31))],
  bset: [0x14, 1, (a, b) => a | (1 << (b & 31))],
};
const edges = [0, 1, -1, 2, -7, 31, 32, 0x7fffffff, -0x80000000, 0x12345678];
const pairs = edges.flatMap((a) => edges.map((b) => [a, b] as const));

const load = (register: number, value: number): number[] => [
  lui(register, ((value + 0x800) >>> 12) & 0xfffff),
  addi(register, register, (value << 20) >> 20),
];
const printByte = [sw(a2, t0, 0), 0x00865613]; // srli a2, a2, 8

/** Prints the result of the operation on each pair, low byte first, and ends. */
function program(funct7: number, funct3: number): number[] {
  const operation = (0x33 | (a2 << 7) | (funct3 << 12) | (a0 << 15) | (a1 << 20) | (funct7 << 25)) >>> 0;
  const each = pairs.flatMap(([a, b]) => [
    ...load(a0, a),
    ...load(a1, b),
    operation,
    ...[printByte, printByte, printByte, printByte].flat(),
  ]);
  return [lui(t0, 0xf0000), ...each, ...exit(0)];
}

test("operations on two registers mean what the manual says, at the edges too", async () => {
  const core = findSimulatedCore("hazard3-rp2350");
  const simulator = await buildSimulator(core, testbench.regions, true);
  const system = { core, regions: testbench.regions, devices: testbench.devices(core) };
  for (const [name, [funct7, funct3, meaning]] of Object.entries(operations)) {
    const image = readImage(bytesOf(program(funct7, funct3)), { fileName: name, address: origin });
    const { console } = simulate(simulator, system, image, { entry: origin });
    const results = [...new Int32Array(console.slice().buffer)];
    assert.deepEqual(
      results,
      pairs.map(([a, b]) => meaning(a, b) | 0),
      name,
    );
  }
});
