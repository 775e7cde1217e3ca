/** Written by `node dist/scripts/fe310-paper.js neural.elf --write`. */
import { rowsOf, type Comparisons } from "./comparison.ts";

export const paper: Comparisons = {
  id: "paper",
  title: "The paper's LeNet-5 on a simulated FE310",
  metric: "cycles",
  truth: { how: "cited", source: "arXiv 2007.01348: 0.26 frames/s at 352 MHz on FE310-G000" },
  found: {
    how: "estimated",
    source: "pingpool simulate --core e31 --chip fe310, the author's own machine code",
  },
  writtenBy: "node dist/scripts/fe310-paper.js neural.elf --write",
  notes: [
    "The flash's clock and command are as after reset, which nothing in its main changes; the 4 cycles a byte takes on the bus are assumed: with 0 and 8 it is 3 % less and more.",
    "The paper's figure has two digits: it stands for 1,328 to 1,380 million cycles.",
  ],
  rows: rowsOf([["e31", "LeNet-5 f32, the paper's", 1353846154, 1352568661]]),
};
