/**
 * Cortex-M55 with Helium (MVE) and floating point: Arm publishes no table. Scalar rows are those of LLVM's schedule
 * ARMScheduleM55.td; a vector instruction takes two cycles in its pipe, and another pipe can work beside it.
 */
import type { Operation } from "../loop/operation.ts";
import type { Armv7mInstruction, DspInstruction, FpuInstruction } from "./armv7m.ts";
import { armv7mPrices, dspPrices, fpuPrices } from "./armv7m.ts";
import type { Core, Price } from "./core.ts";
import type { Timing } from "./instruction.ts";
import { compose, row } from "./instruction.ts";

const llvm = "no public table; LLVM ARMScheduleM55.td";
const beats = `${llvm}: four beats, two a cycle`;

/** Of Helium: loads, stores, sums of products, operations lane by lane. */
type Vector = "vectorLoad" | "vectorStore" | "vectorDot" | "vectorAlu";

type Timings = Timing<Armv7mInstruction | DspInstruction | FpuInstruction | Vector>;

export const cortexM55Timing: Timings = {
  alu: row(1, llvm),
  it: row(1, `${llvm}: no folding known`),
  mul: row(1, `${llvm}: one a cycle, latency 2`),
  mla: row(1, `${llvm}: one a cycle, latency 2`),
  smlal: row(1, `${llvm}: one a cycle, latency 2`),
  smuad: row(1, `${llvm}: one a cycle, latency 2`),
  sdiv: row(7, `${llvm}: 2 and more, dependent on the values; assumed as on Cortex-M4`),
  ldr: row(1, `${llvm}: one a cycle, latency 2`),
  str: row(1, llvm),
  push9: row(5.5, "no public table; assumed 1 + N / 2"),
  pop9: row(7.5, "no public table; assumed 1 + N / 2, and 2 for the return"),
  branchTaken: row(2, "no public table; 2-3, and 0 of a loop by LE, which compilers seldom make of ours"),
  branchNotTaken: row(1, llvm),
  bl: row(2, "no public table; assumed as a branch taken"),
  vadd: row(1, `${llvm}: one a cycle, latency 2`),
  vmul: row(1, `${llvm}: one a cycle, latency 2`),
  vmulThenAdd: row(3, `${llvm}: 1 and 1, and 1 because the sum needs the product at once`),
  vcmp: row(1, llvm),
  vmrs: row(1, llvm),
  vmovIf: row(1, `${llvm}: VSEL`),
  vdiv: row(14, "no public table; assumed as on Cortex-M4"),
  vmov: row(1, llvm),
  fpIt: row(0, "VSEL needs no IT"),
  vectorLoad: row(1, `${beats}, of which a product beside it hides half`),
  vectorStore: row(2, beats),
  vectorDot: row(2, beats),
  vectorAlu: row(2, beats),
};

const helium = (sequence: Parameters<typeof compose<keyof Timings>>[1], why: string): Price =>
  compose(cortexM55Timing, sequence, why);

const vectorPrices = {
  load128: helium({ vectorLoad: 1 }, "VLDRB or VLDRW"),
  loadConst128: helium({ vectorLoad: 1 }, "VLDRB or VLDRW"),
  store128: helium({ vectorStore: 1 }, "VSTRB or VSTRW"),
  dot16: helium({ vectorDot: 1 }, "VMLADAVA.S8"),
  four: helium({ vmov: 4 }, "four VMOVs to lanes"),
  scaled4: helium(
    { vectorAlu: 12 },
    "VQRDMULH; VMAX, VSHL, VMIN, VAND, VSHR, VQADD, VRSHL, VADD, VMAX, VMIN; VDUP",
  ),
  vector: helium({ vectorAlu: 1 }, "VMAX or VDUP"),
  widen8: helium({ vectorLoad: 1 }, "VLDRB.S16 or VLDRB.U16"),
  widenConst8: helium({ vectorLoad: 1 }, "VLDRB.S16 or VLDRB.U16"),
  lanes: helium({ vectorAlu: 1 }, "VADD, VSUB or VDUP"),
} as const satisfies Partial<Record<Operation, Price>>;

export const cortexM55: Core = {
  id: "cortex-m55",
  name: "Cortex-M55",
  part: "Alif Ensemble E3, high-efficiency core, 160 MHz, program and constants in tightly coupled memory",
  clockHz: 160e6,
  simulatedAs: "cortex-m55",
  features: { lanes: 16, registers: 8 },
  prices: {
    ...armv7mPrices(cortexM55Timing),
    ...dspPrices(cortexM55Timing),
    ...fpuPrices(cortexM55Timing),
    ...vectorPrices,
  },
  flash: { waitCycles: () => 0, source: "tightly coupled memory answers in the next cycle" },
};
