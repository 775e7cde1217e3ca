import assert from "node:assert/strict";
import { test } from "node:test";
import { cortexM0plusTiming } from "../../src/core/cortex-m0plus.ts";
import { cortexM3Timing } from "../../src/core/cortex-m3.ts";
import { cortexM33Timing } from "../../src/core/cortex-m33.ts";
import { cortexM4Timing } from "../../src/core/cortex-m4.ts";
import { cortexM7Timing } from "../../src/core/cortex-m7.ts";
import { hazard3Timing } from "../../src/core/hazard3.ts";
import type { Row } from "../../src/core/instruction.ts";
import { sifiveE31Timing } from "../../src/core/sifive-e31.ts";

/** Asserts every row of a table: a row that is not listed here fails, and so does one that is gone. */
function manual(
  title: string,
  timing: Readonly<Record<string, Row>>,
  cycles: Readonly<Record<string, number>>,
): void {
  for (const name of new Set([...Object.keys(timing), ...Object.keys(cycles)])) {
    test(`${title}: ${name} takes ${cycles[name]} cycles`, () => {
      assert.equal(timing[name]?.cycles, cycles[name]);
      assert.ok(timing[name]!.source.length > 10);
    });
  }
}

manual("Cortex-M0+, DDI 0484C table 3-1", cortexM0plusTiming, {
  alu: 1,
  muls: 1,
  ldr: 2,
  str: 2,
  branchTaken: 2,
  branchNotTaken: 1,
  bl: 3,
  push2: 1 + 2,
  push5: 1 + 5,
  push9: 1 + 9,
  pop2: 1 + 2,
  pop5: 3 + 5,
  pop9: 3 + 9,
  idivCall: Math.round(75 * 1.25),
  faddCall: 60 * 1.25,
  fmulCall: 116 * 1.25,
  fcmpCall: Math.round(31 * 1.25),
  fdivCall: Math.round(377 * 1.25),
});

manual("Cortex-M3, DDI 0337I table 3-1", cortexM3Timing, {
  alu: 1,
  it: 0,
  mul: 1,
  mla: 2,
  smlal: (4 + 7) / 2,
  sdiv: (2 + 12) / 2,
  ldr: (2 + 1) / 2,
  str: 1,
  push9: 1 + 9,
  pop9: 1 + 9 + 2,
  branchTaken: 1 + 1,
  branchNotTaken: 1,
  bl: 1 + 1,
  faddCall: 50 * 1.3,
  fmulCall: Math.round(32 * 1.3),
  fcmpCall: Math.round(33 * 1.3),
  fdivCall: Math.round(147 * 1.3),
});

manual("Cortex-M4, DDI 0439B tables 3-1 and 7-1", cortexM4Timing, {
  alu: 1,
  it: 0,
  mul: 1,
  mla: 1,
  smlal: 1,
  smuad: 1,
  sdiv: (2 + 12) / 2,
  ldr: (2 + 1) / 2,
  str: 1,
  push9: 1 + 9,
  pop9: 1 + 9 + 2,
  branchTaken: 1 + 1,
  branchNotTaken: 1,
  bl: 1 + 1,
  vadd: 1,
  vmul: 1,
  vmulThenAdd: 1 + 1 + 1,
  vcmp: 1,
  vmrs: 1,
  vmovIf: 1,
  vdiv: 14,
  vmov: 1,
  fpIt: 1,
});

manual("Cortex-M33, as Cortex-M4 but for VSEL", cortexM33Timing, {
  ...Object.fromEntries(Object.entries(cortexM4Timing).map(([name, { cycles }]) => [name, cycles])),
  fpIt: 0,
});

manual("Cortex-M7, ARMScheduleM7.td", cortexM7Timing, {
  alu: (0.5 + 1) / 2,
  it: (0.5 + 1) / 2,
  mul: 1,
  mla: 1,
  smlal: 1,
  smuad: 1,
  sdiv: 7,
  ldr: 1,
  str: 1,
  push9: (9 + 1) / 2,
  pop9: (9 + 1) / 2 + 1,
  branchTaken: 1,
  branchNotTaken: 1,
  bl: 1,
  vadd: 1,
  vmul: 1,
  vmulThenAdd: 3,
  vcmp: 1,
  vmrs: 1,
  vmovIf: 1,
  vdiv: 16,
  vmov: 1,
  fpIt: 0,
});

manual("SiFive E31, FE310-G000 manual chapter 3", sifiveE31Timing, {
  alu: 1,
  mul: 5,
  mulh: 5,
  mulThenAdd: 5 + 1,
  div: (2 + 33) / 2,
  loadByte: (1 + 3) / 2,
  loadWord: (1 + 2) / 2,
  loadSaved: 1,
  store: 1,
  branchOver: 1,
  branchTaken: 1,
  loopBranch: 1,
  loopFallThrough: 1 + 3,
  jal: 1,
  ret: 1,
  addsf3: Math.round(69 * 1.1),
  mulsf3: Math.round(109 * 1.1 + 2 * 4),
  ltsf2: Math.round(18 * 1.1),
  divsf3: Math.round(106 * 1.1 + 4 * 16.5 + 2 * 4),
});

manual("Hazard3, instruction_timings.adoc", hazard3Timing, {
  alu: 1,
  mul: 1,
  mulh: 1,
  mulThenAdd: 2,
  div: (18 + 19) / 2,
  loadByte: (1 + 2) / 2,
  loadWord: (1 + 2) / 2,
  loadSaved: 1,
  store: 1,
  branchOver: 1,
  branchTaken: 2,
  loopBranch: 1,
  loopFallThrough: 2,
  jal: 2,
  ret: 2,
  addsf3: Math.round(69 * 1.2),
  mulsf3: Math.round(109 * 1.2),
  ltsf2: Math.round(18 * 1.2),
  divsf3: Math.round(106 * 1.2 + 4 * 17.5),
});
