/** Written by `node dist/scripts/check-emulators.js --write`. */
import { rowsOf, type Comparisons } from "./comparison.ts";

export const rp2040js: Comparisons = {
  id: "rp2040js",
  title: "Cycles of our engines on Cortex-M0+ against rp2040js",
  metric: "cycles",
  truth: {
    how: "emulated",
    source: "rp2040js 1.4.1, which counts PUSH with LR and POP with PC a cycle short",
  },
  found: { how: "estimated", source: "pingpool simulate, the same machine code, its memory without waits" },
  writtenBy: "node dist/scripts/check-emulators.js --write",
  notes: [
    "One inference of the self-test's frame; GCC 12.2 at -O2. Each program also printed what it prints on rp2040js.",
    "The difference is that slip: the device tests hold LeNet-5's to how often these two instructions ran.",
    "rp2040js is no measurement: both follow Arm's manual, and agreeing says that it was read alike twice.",
  ],
  rows: rowsOf([
    ["cortex-m0plus", "LeNet-5, for RP2040, Cortex-M0+", 3443486, 3447244],
    ["cortex-m0plus", "LeNet-5 --core cortex-m0plus, for RP2040, Cortex-M0+", 2050261, 2050444],
    ["cortex-m0plus", "DS-CNN --core cortex-m0plus, for RP2040, Cortex-M0+", 21600425, 21617254],
    ["cortex-m0plus", "DS-CNN, for RP2040, Cortex-M0+", 30203608, 30348337],
  ]),
};
